// Builds the SDK and the tests, then runs them with node's own runner.
//
//   node test/run.mjs              all
//   node test/run.mjs vitals       the files whose name contains a word

import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, ".out");
const words = process.argv.slice(2);
const files = readdirSync(HERE)
  .filter((name) => name.endsWith(".test.ts") || name.endsWith(".test.tsx"))
  .filter((name) => !words.length || words.some((word) => name.includes(word)));
if (!files.length) {
  console.error("test: no file of that name");
  process.exit(2);
}

const built = spawnSync(process.execPath, [join(HERE, "..", "build.mjs"), "sdk"], {
  stdio: "inherit",
});
if (built.status !== 0) process.exit(1);

rmSync(OUT, { recursive: true, force: true });
await esbuild.build({
  absWorkingDir: HERE,
  entryPoints: files,
  outdir: ".out",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  sourcemap: "inline",
  logLevel: "warning",
});
const made = files.map((name) => join(OUT, name.replace(/\.tsx?$/, ".mjs")));
const run = spawnSync(
  process.execPath,
  ["--enable-source-maps", "--test", "--test-concurrency=2", "--test-timeout=120000", ...made],
  { stdio: "inherit" },
);
process.exit(run.status ?? 1);
