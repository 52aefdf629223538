/** What a page puts on the wire, and when. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { withPage } from "./support/chromium";
import { page, Site } from "./support/site";

let site: Site;
before(async () => {
  site = await Site.open({ "/": page(), "/next": page("<p>next</p>") });
});
after(() => site.close());

test("a visit leaves as one batch of the agreed form", async () => {
  await withPage(async (tab) => {
    await tab.goto(`${site.origin}/?utm_source=mail&email=ann@example.org#key`);
    await tab.evaluate(() => void window.tallow?.track("chosen", { plan: "free" }));
    await tab.waitForTimeout(100);
    await tab.close({ runBeforeUnload: false });
  });
  await site.until((items) => items.some(({ name }) => name === "chosen"));
  console.log(JSON.stringify(site.uploads, null, 1));
  assert.ok(true);
});
