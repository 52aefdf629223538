/** Error boundaries in a real page: the rest stays, the visitor can go on, we hear of it once. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import * as esbuild from "esbuild";
import type { Page } from "playwright-core";
import { withPage } from "./support/chromium";
import { PACKAGE, page, Site, type Sent } from "./support/site";

const AXE = readFileSync(createRequire(join(PACKAGE, "package.json")).resolve("axe-core"), "utf8");

let site: Site;
before(async () => {
  const built = await esbuild.build({
    absWorkingDir: PACKAGE,
    entryPoints: ["test/pages/boundaries.tsx"],
    bundle: true,
    write: false,
    format: "iife",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const app = built.outputFiles[0]?.text ?? "";
  const root = '<main id="root"></main><script src="/app.js" defer></script>';
  site = await Site.open({
    "/": page(root),
    "/dev": page(root, "data-dev"),
    "/app.js": (_request, response) => {
      response.writeHead(200, { "content-type": "text/javascript" }).end(app);
    },
  });
});
beforeEach(() => site.forget());
after(() => site.close());

/** Opens the page, lets `visit` break it, and returns the error events that left. */
async function errorsOf(visit: (tab: Page) => Promise<unknown>): Promise<Record<string, any>[]> {
  await withPage(async (tab) => {
    await tab.goto(site.origin);
    await visit(tab);
    await tab.evaluate(() => window.tallow?.flush());
  });
  return site.of("error").map(({ event }: Sent) => event as Record<string, any>);
}

test("a feature that breaks leaves the rest of the page, and an id to quote", async () => {
  let id = "";
  const events = await errorsOf(async (tab) => {
    await tab.click("#upload");
    const alert = tab.locator("#one [role=alert]");
    await alert.waitFor();
    id = await alert.locator("code").innerText();
    assert.equal(await tab.locator("h1").innerText(), "Page");
    assert.ok(!(await alert.innerText()).includes("broke"), "the raw message is not shown");
    assert.equal(await tab.evaluate(() => document.activeElement?.getAttribute("role")), "alert");
  });
  assert.equal(events.length, 1);
  const [event] = events;
  assert.equal(event?.["event_id"], id);
  assert.equal(event?.["tags"].boundary, "upload");
  assert.deepEqual(event?.["exception"].values[0].mechanism, { type: "boundary", handled: true });
  assert.equal(event?.["exception"].values[0].value, "upload broke for [email]");
  assert.match(event?.["contexts"].react.componentStack, /at /);
});

test("trying again shows the feature anew", async () => {
  await errorsOf(async (tab) => {
    await tab.click("#upload");
    await tab.click("#one button:has-text('Try again')");
    assert.equal(await tab.locator("#upload").innerText(), "break upload");
  });
});

test("leaving for another route tries again by itself", async () => {
  await errorsOf(async (tab) => {
    await tab.click("#upload");
    await tab.locator("#one [role=alert]").waitFor();
    await tab.click("#route");
    await tab.locator("#upload").waitFor();
  });
});

test("a fallback of one's own is shown instead", async () => {
  const events = await errorsOf(async (tab) => {
    await tab.click("#list");
    assert.equal(await tab.locator("#two").innerText(), "own fallback");
  });
  assert.equal(events.length, 1);
});

for (const id of ["handler", "promise"]) {
  test(`an error of a ${id} reaches the nearest boundary`, async () => {
    const events = await errorsOf(async (tab) => {
      await tab.click(`#${id}`);
      await tab.locator("#three [role=alert]").waitFor();
    });
    assert.deepEqual(events.map(({ exception }) => exception.values[0].value), [`${id} failed`]);
  });
}

test("what no feature catches, the main boundary does", async () => {
  const events = await errorsOf(async (tab) => {
    await tab.click("#everything");
    await tab.locator("main > [role=alert]").waitFor();
  });
  assert.equal(events[0]?.["tags"].boundary, "main");
});

test("code of an older version reloads once, then offers it", async () => {
  await withPage(async (tab) => {
    await tab.goto(site.origin);
    await Promise.all([tab.waitForEvent("load"), tab.click("#late")]);
    await tab.click("#late");
    const alert = tab.locator("#three [role=alert]");
    await alert.waitFor();
    await tab.waitForTimeout(150);
    assert.match(await alert.innerText(), /has been updated/);
    assert.deepEqual(await alert.locator("button").allInnerTexts(), ["Reload page"]);
  });
});

test("in development the message and React's stack are told", async () => {
  const said: string[] = [];
  await withPage(async (tab) => {
    tab.on("console", (message) => said.push(message.text()));
    await tab.goto(`${site.origin}/dev`);
    await tab.click("#upload");
    assert.match(await tab.locator("#one pre").innerText(), /upload broke/);
  });
  assert.ok(said.some((line) => line.includes("upload broke")));
});

test("the recovery view passes axe", async () => {
  await withPage(async (tab) => {
    await tab.goto(site.origin);
    await tab.click("#upload");
    await tab.locator("#one [role=alert]").waitFor();
    await tab.evaluate(AXE);
    const violations = await tab.evaluate(async () => {
      const { axe } = window as unknown as { axe: { run(at: string): Promise<{ violations: { id: string }[] }> } };
      return (await axe.run("#one")).violations.map(({ id }) => id);
    });
    assert.deepEqual(violations, []);
  });
});
