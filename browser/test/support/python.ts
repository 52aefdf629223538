/** Python of this checkout, for what both languages have to agree on. */

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE } from "./site";

const VENV = join(PACKAGE, "../.venv/bin/python");
const PROGRAM = process.env["PYTHON"] ?? (existsSync(VENV) ? VENV : "python3");

/** Runs Python with the words before the last, which is what it reads; returns what it says. */
export function python(...words: string[]): string {
  const input = words.pop() ?? "";
  return execFileSync(PROGRAM, words, {
    input,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    timeout: 100_000,
    env: { ...process.env, PYTHONPATH: join(PACKAGE, "../src") },
  });
}
