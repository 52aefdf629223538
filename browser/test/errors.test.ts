/** Errors of a page, as they arrive. */

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { parseStack } from "../src/errors/stack";
import { withPage } from "./support/chromium";
import { page, Site, type Sent } from "./support/site";

const SCRIPT = `
function outer() { inner(); }
function inner() { throw new RangeError("too far"); }
function chained() {
  try { inner(); } catch (error) { throw new Error("could not send", { cause: error }); }
}
`;

let site: Site;
before(async () => {
  site = await Site.open({
    "/": page('<button id="go" class="big" name="ann@example.org">go</button><script src="/app.js?key=1"></script>'),
    "/app.js": SCRIPT,
  });
});
beforeEach(() => site.forget());
after(() => site.close());

type Event = Record<string, any>;

/** Runs `act` in a fresh page and returns the error events that arrived. */
async function errorsOf(act: () => unknown, enough = 1): Promise<Event[]> {
  const errors = (items: Sent[]): Sent[] => items.filter(({ type }) => type === "error");
  await withPage(async (tab) => {
    await tab.goto(`${site.origin}/`);
    await tab.click("#go");
    await tab.evaluate(act);
    await tab.waitForTimeout(80);
    await tab.evaluate(() => window.tallow?.flush());
  });
  await site.until((items) => errors(items).length >= enough);
  return errors(site.items).map(({ event }) => event as Event);
}

test("an uncaught error arrives with its stack, outermost call first", async () => {
  const [event] = await errorsOf(() => setTimeout("outer()"));
  const [value] = event?.["exception"].values;
  assert.equal(value.type, "RangeError");
  assert.equal(value.value, "too far");
  assert.deepEqual(value.mechanism, { type: "onerror", handled: false });
  assert.deepEqual(value.stacktrace.frames.slice(-2).map((frame: Event) => frame["function"]), ["outer", "inner"]);
  const last = value.stacktrace.frames.at(-1);
  assert.match(last.filename, /\/app\.js$/);
  assert.deepEqual([last.lineno, last.in_app], [3, true]);
});

test("the event says where, when and what led there", async () => {
  const [event] = await errorsOf(() => setTimeout("outer()"));
  assert.match(event?.["event_id"], /^[0-9a-f]{32}$/);
  assert.ok(Math.abs(event?.["timestamp"] - Date.now() / 1000) < 60);
  assert.equal(event?.["platform"], "javascript");
  assert.equal(event?.["level"], "fatal");
  assert.equal(event?.["release"], "1.2.3");
  assert.equal(event?.["contexts"].trace.trace_id, site.batches[0]?.trace);
  const steps = event?.["breadcrumbs"].values.map(({ category }: Event) => category);
  assert.deepEqual(steps, ["navigation", "ui.click"]);
  assert.equal(event?.["breadcrumbs"].values[1].message, "button#go.big");
});

test("a cause arrives before what it caused", async () => {
  const [event] = await errorsOf(() => setTimeout("chained()"));
  const types = event?.["exception"].values.map(({ value }: Event) => value);
  assert.deepEqual(types, ["too far", "could not send"]);
});

test("a rejected promise is an error nobody handled", async () => {
  const [event] = await errorsOf(() => void Promise.reject(new TypeError("gone")));
  const [value] = event?.["exception"].values;
  assert.deepEqual([value.type, value.value], ["TypeError", "gone"]);
  assert.deepEqual(value.mechanism, { type: "onunhandledrejection", handled: false });
});

test("a thrown object tells the names of its fields, not their values", async () => {
  const [event] = await errorsOf(() => window.tallow?.captureException({ code: 7, secret: "x-y-z" }));
  assert.equal(event?.["exception"].values[0].value, "object with code, secret");
});

test("the same error is reported once, with one id", async () => {
  const ids = await withPageResult(() => {
    const error = new Error("once");
    return [window.tallow?.captureException(error), window.tallow?.captureException(error)];
  });
  assert.equal(ids[0], ids[1]);
  assert.match(ids[0] ?? "", /^[0-9a-f]{32}$/);
});

test("one kind of error leaves five times a minute, not more", async () => {
  const events = await errorsOf(() => {
    for (let number = 0; number < 50; number++) {
      window.tallow?.captureException(new Error(`loop ${number}`));
    }
  }, 5);
  assert.equal(events.length, 5);
});

test("the noise of browsers and extensions is left out", async () => {
  const ids = await withPageResult(() => {
    const foreign = new Error("not ours");
    foreign.stack = "Error: not ours\n    at run (chrome-extension://abcdef/content.js:1:2)";
    return [
      window.tallow?.captureException("Script error."),
      window.tallow?.captureException(new Error("ResizeObserver loop completed with undelivered notifications.")),
      window.tallow?.captureException(foreign),
    ];
  });
  assert.deepEqual(ids, ["", "", ""]);
});

test("what is handed in by mistake breaks nothing", async () => {
  const outcome = await withPageResult(() => {
    const cycle: Record<string, unknown> = { name: "cycle" };
    cycle["self"] = cycle;
    const trap = new Proxy({}, { get: () => { throw new Error("trap"); }, ownKeys: () => { throw new Error("trap"); } });
    for (const odd of [undefined, null, 0, NaN, Symbol("s"), 10n, cycle, trap, () => 1, new Date(NaN)]) {
      window.tallow?.captureException(odd);
      window.tallow?.logger.info("odd", { odd });
      window.tallow?.track("odd", { odd } as never);
      window.tallow?.addBreadcrumb("odd", "odd", { odd });
    }
    return ["still here"];
  });
  assert.deepEqual(outcome, ["still here"]);
});

test("a message can be an event of its own", async () => {
  const [event] = await errorsOf(() => window.tallow?.captureMessage("quota nearly full", "warning"));
  assert.deepEqual([event?.["message"], event?.["level"]], ["quota nearly full", "warning"]);
});

async function withPageResult<T>(act: () => T): Promise<T> {
  let result: T | undefined;
  await withPage(async (tab) => {
    await tab.goto(`${site.origin}/`);
    result = await tab.evaluate(act);
  });
  return result as T;
}

const DIALECTS: [string, string, string, string, number | undefined][] = [
  ["Chromium, named", "    at send (https://a.example/x.js?k=1:10:15)", "send", "https://a.example/x.js", 10],
  ["Chromium, nameless", "    at https://a.example/x.js:10:15", "?", "https://a.example/x.js", 10],
  ["Chromium, method", "    at async Room.join [as enter] (https://a.example/x.js:1:2)", "Room.join [as enter]", "https://a.example/x.js", 1],
  ["Firefox", "send@https://a.example/x.js:10:15", "send", "https://a.example/x.js", 10],
  ["Safari, nameless", "@https://a.example/x.js:10:15", "?", "https://a.example/x.js", 10],
  ["Safari, native", "forEach@[native code]", "forEach", "[native code]", undefined],
];

for (const [dialect, line, name, filename, lineno] of DIALECTS) {
  test(`a stack line of ${dialect} is understood`, () => {
    const root = globalThis as Record<string, unknown>;
    root["location"] = new URL("https://a.example/page");
    const [frame] = parseStack(`Error: x\n${line}`).slice(-1);
    assert.deepEqual([frame?.function, frame?.filename, frame?.lineno], [name, filename, lineno]);
    assert.equal(frame?.in_app, filename.startsWith("https://a.example"));
  });
}
