// Times the scrubber of the page on texts read as JSON, and prints the results as JSON.
//
//   node scripts/bench.mjs < {"shapes": {"name": ["64 kB", "128 kB"]}, "texts": {"name": […]}}
//
// A shape is timed in a process of its own: the first text of a page meets cold code. That first
// time is the one of the thread that scrubs, where the system tells it; the compiler has others.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as esbuild from "esbuild";

const SELF = fileURLToPath(import.meta.url);
const THREAD = `/proc/self/task/${process.pid}/schedstat`;
const BATCH = 50;

function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** CPU time of this thread in ms; a short sleep makes the system's count exact. */
function threadMs() {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    return Number(readFileSync(THREAD, "utf8").split(" ")[0]) / 1e6;
  } catch {
    return cpuMs();
  }
}

function spent(clock, act) {
  const before = clock();
  act();
  return clock() - before;
}

function median(values) {
  return values.sort((one, other) => one - other)[values.length >> 1];
}

/** Milliseconds for a shape at once and at twice the length: the first time, and when warm. */
function timeShape(scrub, [once, twice]) {
  const cold = spent(threadMs, () => scrub(once));
  const least = (text) => Math.min(...["a", "b", "c", "d"].map((end) => spent(cpuMs, () => scrub(text + end))));
  return { cold, warm: least(once), twice: least(twice) };
}

/** Microseconds for one of `values`, none of which is seen twice: the median of the later batches. */
function timeEach(scrub, values) {
  const taken = [];
  for (let at = 0; at + BATCH <= values.length; at += BATCH) {
    const batch = values.slice(at, at + BATCH);
    taken.push((spent(cpuMs, () => batch.forEach(scrub)) * 1000) / BATCH);
  }
  return median(taken.slice(taken.length >> 1));
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), "tallow-bench-"));
  const bundle = join(folder, "scrub.mjs");
  const entry = join(dirname(SELF), "..", "src/scrub.ts");
  const options = { bundle: true, minify: true, format: "esm", target: ["es2022"], charset: "utf8" };
  await esbuild.build({ ...options, entryPoints: [entry], outfile: bundle });
  const { shapes, texts } = JSON.parse(readFileSync(0, "utf8"));
  const timed = {};
  for (const [name, given] of Object.entries(shapes)) {
    const words = [SELF, "--shape", bundle];
    const { stdout } = spawnSync(process.execPath, words, { input: JSON.stringify(given), encoding: "utf8" });
    timed[name] = JSON.parse(stdout);
  }
  const { scrubObject } = await import(pathToFileURL(bundle).href);
  const each = Object.entries(texts).map(([name, values]) => [name, timeEach(scrubObject, values)]);
  rmSync(folder, { recursive: true });
  console.log(JSON.stringify({ shapes: timed, texts: Object.fromEntries(each) }));
}

if (process.argv[2] === "--shape") {
  const { scrubPii } = await import(pathToFileURL(process.argv[3]).href);
  console.log(JSON.stringify(timeShape(scrubPii, JSON.parse(readFileSync(0, "utf8")))));
} else {
  await main();
}
