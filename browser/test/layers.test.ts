/** Who may import whom, as ARCHITECTURE.md says it for the browser. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE } from "./support/site";

/** From the top down; rooms on one step never import each other. */
const STEPS = [
  ["script", "index", "react"],
  ["start"],
  ["errors", "logs", "analytics", "vitals", "performance", "metrics"],
  ["beacon"],
  ["context"],
  ["scrub", "consent"],
  ["settings"],
];

const SOURCES = join(PACKAGE, "src");
const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((name) =>
  /\.tsx?$/.test(name),
);

function roomOf(path: string): string {
  return path.replace(/\.tsx?$/, "").split("/")[0] ?? "";
}

function stepOf(room: string): number {
  const step = STEPS.findIndex((rooms) => rooms.includes(room));
  assert.ok(step >= 0, `${room} has no step`);
  return step;
}

test("imports point downwards", () => {
  const wrong: string[] = [];
  for (const file of files) {
    const text = readFileSync(join(SOURCES, file), "utf8");
    for (const [, typed, from = ""] of text.matchAll(/^(?:import|export)( type)? [^;]*?from "(\.[^"]+)"/gm)) {
      const target = roomOf(join(file, "..", from));
      const isDown = stepOf(target) > stepOf(roomOf(file)) || target === roomOf(file);
      if (!isDown && !typed && roomOf(file) !== "index" && roomOf(file) !== "script") {
        wrong.push(`${file} imports ${target}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

test("the core needs no package, and only react.tsx knows React", () => {
  for (const file of files) {
    const text = readFileSync(join(SOURCES, file), "utf8");
    const foreign = Array.from(text.matchAll(/from "([^."][^"]*)"/g), ([, name]) => name);
    assert.deepEqual(foreign, file === "react.tsx" ? ["react"] : [], file);
  }
});

test("no file but the generated one is over 400 lines", () => {
  for (const file of files.filter((name) => name !== "scrub/data.ts")) {
    assert.ok(readFileSync(join(SOURCES, file), "utf8").split("\n").length <= 401, file);
  }
});
