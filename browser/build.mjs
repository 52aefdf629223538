// Builds the browser code three times over: the SDK, the transfer page and the console's scripts.
//
//   node build.mjs                 all that exists
//   node build.mjs sdk page        only these
//
// Each target gets hashed file names, source maps beside the files (never referred to from them),
// and a manifest.json of the form {"app.js": {"file": "app-1A2B3C.js", "integrity": "sha384-…"}}.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const SOURCES = join(HERE, "..", "src");
const CORE_BUDGET_BYTES = 9000;
const SCRUBBER = /[\\/]src[\\/]scrub[\\/].*\.ts$/;
const NAME = /"[a-z]+\.[A-Z][A-Z0-9_]*"/g;
const COMPATIBILITY = /[\\/]analytics[\\/]plausible\.ts$/;

/** Where each target's entries stand and where its files go; an entry that is absent is left out. */
const TARGETS = {
  sdk: {
    out: join(SOURCES, "tallow/integrations/static"),
    bundles: [
      { name: "tallow", entry: "src/script.ts", format: "iife", stable: "tallow.js" },
      { name: "tallow-esm", entry: "src/index.ts", format: "esm" },
      { name: "tallow-react", entry: "src/react.tsx", format: "esm", external: ["react"] },
    ],
  },
  page: {
    out: join(SOURCES, "tallow_transfer/static"),
    bundles: [
      { name: "app", entry: "page/main.tsx", format: "esm" },
      { name: "app", entry: "page/main.css", css: true },
      { name: "worker", entry: "page/worker.ts", format: "iife" },
    ],
    assets: "page/assets",
  },
  console: {
    out: join(SOURCES, "tallow_console/web/static"),
    bundles: [
      { name: "console", entry: "console/main.ts", format: "iife" },
      { name: "console", entry: "console/main.css", css: true },
    ],
    assets: "console/assets",
  },
};

/** Patterns and word lists of the scrubber's checks go by numbers: their names weigh a kilobyte. */
const numbered = {
  name: "numbered",
  async setup(build) {
    const data = await readFile(join(HERE, "src/scrub/data.ts"), "utf8");
    const names = new Map(Array.from(data.matchAll(NAME), ([name], at) => [name, JSON.stringify(at.toString(36))]));
    build.onLoad({ filter: SCRUBBER }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      return { contents: source.replace(NAME, (name) => names.get(name) ?? name), loader: "ts" };
    });
  },
};

/** esbuild's options for one bundle; nothing is written, we place the files ourselves. */
function optionsOf(bundle, production) {
  return {
    absWorkingDir: HERE,
    entryPoints: { [bundle.name]: bundle.entry },
    outdir: "out",
    bundle: true,
    write: false,
    minify: true,
    target: ["es2022"],
    format: bundle.css ? undefined : bundle.format,
    external: [...(bundle.external ?? []), "/fonts/*"],
    jsx: "automatic",
    charset: "utf8",
    legalComments: "none",
    sourcemap: "external",
    define: { "process.env.NODE_ENV": JSON.stringify(production ? "production" : "development") },
    loader: { ".txt": "text", ".svg": "dataurl", ".woff2": "dataurl" },
    plugins: [numbered],
    logLevel: "warning",
  };
}

function hashOf(bytes) {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 10).toUpperCase();
}

function integrityOf(bytes) {
  return `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
}

/** Writes by rename, so that a server running beside the build never reads half a file. */
async function place(path, bytes) {
  await mkdir(dirname(path), { recursive: true });
  const half = `${path}.${process.pid}.part`;
  await writeFile(half, bytes);
  await rename(half, path);
}

/** Builds one bundle into `out` and returns its manifest rows. */
async function buildBundle(bundle, out, production) {
  const result = await esbuild.build(optionsOf(bundle, production));
  const maps = new Map();
  for (const file of result.outputFiles) {
    if (file.path.endsWith(".map")) maps.set(basename(file.path, ".map"), file.contents);
  }
  const rows = {};
  for (const file of result.outputFiles) {
    if (file.path.endsWith(".map")) continue;
    const name = basename(file.path);
    const ending = extname(name);
    const hashed = `${basename(name, ending)}-${hashOf(file.contents)}${ending}`;
    await place(join(out, hashed), file.contents);
    if (maps.has(name)) await place(join(out, `${hashed}.map`), maps.get(name));
    if (bundle.stable) await place(join(out, bundle.stable), file.contents);
    rows[name] = { file: hashed, integrity: integrityOf(file.contents) };
  }
  return rows;
}

/** Takes away what an earlier build left and this one did not make again. */
async function sweep(out, manifest, kept) {
  const current = new Set(["manifest.json", ...kept]);
  for (const { file } of Object.values(manifest)) {
    current.add(file);
    current.add(`${file}.map`);
  }
  for (const entry of await readdir(out, { withFileTypes: true })) {
    const ours = /-[0-9A-F]{10}\.(js|css)(\.map)?$/.test(entry.name);
    if (entry.isFile() && ours && !current.has(entry.name)) await rm(join(out, entry.name));
  }
}

/** Builds one target; returns its manifest, or nothing when it has no entry yet. */
async function buildTarget(name, production) {
  const { out, bundles, assets } = TARGETS[name];
  const present = bundles.filter((bundle) => existsSync(join(HERE, bundle.entry)));
  if (present.length === 0) return undefined;
  await mkdir(out, { recursive: true });
  const manifest = {};
  for (const bundle of present) {
    const rows = await buildBundle(bundle, out, production);
    Object.assign(manifest, rows);
    if (bundle.name === "tallow") await reportCore(out, rows["tallow.js"].file);
  }
  if (assets && existsSync(join(HERE, assets))) {
    await cp(join(HERE, assets), out, { recursive: true });
  }
  await place(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await sweep(out, manifest, present.flatMap((bundle) => bundle.stable ?? []));
  for (const [row, { file }] of Object.entries(manifest)) {
    await sayQuietly(row, join(out, file));
  }
  return manifest;
}

/** One line a file: its size as served. */
async function sayQuietly(name, path) {
  const bytes = await readFile(path);
  const gzip = gzipSync(bytes, { level: 9 }).length;
  const brotli = brotliCompressSync(bytes).length;
  const where = relative(join(HERE, ".."), path);
  console.log(`${name.padEnd(18)} ${bytes.length} B, gzip ${gzip}, brotli ${brotli}  ${where}`);
}

/** Says what the core weighs and what else the served file carries; fails over budget. */
async function reportCore(out, file) {
  const whole = gzipSync(await readFile(join(out, file)), { level: 9 }).length;
  const bare = await weigh(SCRUBBER);
  const core = await weigh(SCRUBBER, COMPATIBILITY);
  console.log(
    `core ${core} B gzip (budget ${CORE_BUDGET_BYTES}), window.plausible ${bare - core} B, ` +
      `scrubber with all its rules ${whole - bare} B: ${whole} B as served`,
  );
  if (core > CORE_BUDGET_BYTES) throw new Error(`the core is over its ${CORE_BUDGET_BYTES} B budget`);
}

/** Size in bytes of the SDK, gzipped, without the rooms whose paths match. */
async function weigh(...rooms) {
  const emptied = {
    name: "emptied",
    setup(build) {
      for (const filter of rooms) {
        build.onLoad({ filter }, () => ({ contents: "module.exports = {};", loader: "js" }));
      }
    },
  };
  const options = { ...optionsOf(TARGETS.sdk.bundles[0], true), sourcemap: false, plugins: [emptied, numbered] };
  const built = await esbuild.build({ ...options, logLevel: "error" });
  return gzipSync(built.outputFiles[0].contents, { level: 9 }).length;
}

const production = !process.argv.includes("--dev");
const asked = process.argv.slice(2).filter((word) => !word.startsWith("--"));
for (const name of asked) {
  if (!(name in TARGETS)) {
    console.error(`build: no target of that name; expected ${Object.keys(TARGETS).join(", ")}`);
    process.exit(2);
  }
}
for (const name of asked.length ? asked : Object.keys(TARGETS)) {
  const manifest = await buildTarget(name, production);
  if (!manifest) console.log(`${name}: nothing to build yet`);
}
