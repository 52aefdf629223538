/** Our vitals beside the web-vitals library in the same page: the same values, and INP where it has none. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import type { Page } from "playwright-core";
import { browser } from "./support/chromium";
import { PACKAGE, page, sdk, Site } from "./support/site";

interface Theirs {
  name: string;
  value: number;
  rating: string;
  navigationType: string;
}

const LIBRARY = readFileSync(join(PACKAGE, "node_modules/web-vitals/dist/web-vitals.iife.js"), "utf8");
/** Both in one page. The library keeps what it says for the next page, for nothing else is sure on leaving. */
const BOTH = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Vitals</title>
<script src="/web-vitals.js"></script>
<script>for (const name of ["LCP", "INP", "CLS", "FCP", "TTFB"]) {
  webVitals["on" + name](({name, value, rating, navigationType}) => sessionStorage.setItem(name, JSON.stringify({name, value, rating, navigationType})));
}</script>${sdk()}</head><body>
<h1 style="font-size:60px">A heading that paints</h1><div id="top"></div><p style="height:400px;background:#ddd">What is below moves.</p>
<button id="slow">slow</button>
<script>
  new PerformanceObserver(() => { document.title = "interacted"; }).observe({ type: "event", durationThreshold: 40 });
  slow.onclick = () => { const end = performance.now() + 120; while (performance.now() < end); };
  setTimeout(() => { top.document.querySelector("#top").style.height = "150px"; }, 250);
</script></body></html>`;

let site: Site;
before(async () => {
  site = await Site.open({
    "/": BOTH,
    "/away": page("<p>away</p>"),
    "/web-vitals.js": (_request, response) => {
      response.writeHead(200, { "content-type": "text/javascript" }).end(LIBRARY);
    },
  });
  await browser({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });
});
beforeEach(() => site.forget());
after(() => site.close());

/** Opens the page, lets `visit` use it, leaves, and returns what each side said last by name. */
async function measured(visit: (tab: Page) => Promise<void>): Promise<[Map<string, Theirs>, Map<string, Theirs>]> {
  const theirs = new Map<string, Theirs>();
  const context = await (await browser()).newContext();
  try {
    const tab = await context.newPage();
    await tab.goto(`${site.origin}/`);
    await visit(tab);
    await tab.goto(`${site.origin}/away`);
    await site.until((items) => items.some(({ name }) => name === "CLS"));
    const said = await tab.evaluate(() => Object.values(sessionStorage) as string[]);
    for (const one of said.map((text) => JSON.parse(text) as Theirs)) theirs.set(one.name, one);
  } finally {
    await context.close();
  }
  const ours = new Map<string, Theirs>();
  for (const { name, value, rating, navigation } of site.of("vital").filter(({ url }) => url === `${site.origin}/`)) {
    ours.set(name, { name, value: value as number, rating: rating as string, navigationType: navigation as string });
  }
  return [ours, theirs];
}

/** Clicks where the button stays: before the page has moved, what is clicked may have gone. */
async function click(tab: Page): Promise<void> {
  await tab.waitForFunction(() => document.querySelector<HTMLElement>("#top")?.style.height === "150px");
  await tab.click("#slow");
}

/** Clicks until the page was told of it: of a click while it still loads it need not be. */
async function interact(tab: Page): Promise<void> {
  for (let left = 5; left > 0; left--) {
    await click(tab);
    const told = tab.waitForFunction(() => document.title === "interacted", null, { polling: 100, timeout: 5000 });
    if (await told.then(() => true, () => false)) return;
  }
  throw new Error("the page was never told of a click");
}

for (let run = 1; run <= 3; run++) {
  test(`all five are those of the library, visit ${run}`, async () => {
    const [ours, theirs] = await measured(async (tab) => {
      await tab.waitForTimeout(500 + 100 * run);
      await interact(tab);
      // The library drops an INP younger than its idle callback, which may be a second late.
      await tab.waitForTimeout(1300);
    });
    for (const name of ["LCP", "INP", "CLS", "FCP", "TTFB"]) {
      const [our, their] = [ours.get(name), theirs.get(name)];
      assert.ok(our && their, `${name}: ours ${our?.value}, theirs ${their?.value}`);
      assert.ok(Math.abs(our.value - their.value) <= (name === "CLS" ? 0.005 : 1), `${name}: ${our.value}, ${their.value}`);
      assert.deepEqual([our.rating, our.navigationType], [their.rating, their.navigationType]);
    }
    assert.ok((ours.get("CLS")?.value ?? 0) > 0.01, "the page was made to shift");
  });
}

for (const [pause, when] of [[100, "100 ms"], [300, "300 ms"], [900, "900 ms"]] as const) {
  test(`an interaction ${when} before leaving has its INP`, async () => {
    const [ours] = await measured(async (tab) => {
      await tab.waitForTimeout(300);
      await click(tab);
      await tab.waitForTimeout(pause);
    });
    const inp = ours.get("INP")?.value ?? -1;
    assert.ok(inp >= 100, `INP ${inp}`);
  });
}

test("a page that was never touched has no INP and a CLS of its own", async () => {
  const [ours] = await measured(async (tab) => tab.waitForTimeout(100));
  assert.equal(ours.has("INP"), false);
  assert.equal(ours.has("CLS"), true);
});

test("a page back from the bfcache is a new view with new vitals", async () => {
  const context = await (await browser()).newContext();
  try {
    const tab = await context.newPage();
    await tab.goto(`${site.origin}/away`);
    await tab.waitForTimeout(300);
    await tab.goto(`${site.origin}/`);
    await site.until((items) => items.some(({ name }) => name === "CLS"));
    site.forget();
    // A restored page fires no load event, which is what `goBack` would wait for.
    await tab.evaluate(() => history.back());
    await tab.waitForURL(`${site.origin}/away`, { waitUntil: "commit" });
    await tab.waitForFunction(() => performance.now() > 0, null, { polling: 100 });
    await tab.waitForTimeout(300);
    await tab.evaluate(() => window.tallow?.flush());
    const items = await site.until((all) => all.some(({ navigation }) => navigation === "back-forward-cache"));
    const restored = items.filter(({ url }) => url === `${site.origin}/away`);
    assert.deepEqual(restored.filter(({ type }) => type === "event").map(({ name }) => name), ["pageview"]);
    const vitals = restored.filter(({ navigation }) => navigation === "back-forward-cache");
    assert.deepEqual(vitals.map(({ name }) => name).sort(), ["FCP", "LCP", "TTFB"]);
  } finally {
    await context.close();
  }
});

test("nothing in the SDK keeps a page out of the bfcache", async () => {
  const context = await (await browser()).newContext();
  try {
    const tab = await context.newPage();
    await tab.goto(`${site.origin}/away`);
    await tab.evaluate(() => Object.assign(window, { marked: true }));
    await tab.goto(`${site.origin}/`);
    await tab.evaluate(() => history.back());
    await tab.waitForURL(`${site.origin}/away`, { waitUntil: "commit" });
    assert.equal(await tab.evaluate(() => (window as { marked?: boolean }).marked), true);
  } finally {
    await context.close();
  }
});
