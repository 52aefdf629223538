/** Page views and events: what counts as one, and what `window.plausible` makes of it. */

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Page } from "playwright-core";
import { withPage } from "./support/chromium";
import { page, sdk, Site, type Sent } from "./support/site";

const EARLY = `<script>
window.plausible = window.plausible || function() { (plausible.q = plausible.q || []).push(arguments) };
plausible("Early", {props: {plan: "pro"}});
</script>`;
const INIT = `<script>
window.plausible = window.plausible || function() { (plausible.q = plausible.q || []).push(arguments) };
plausible.init = plausible.init || function(o) { plausible.o = o || {} };
plausible.init({
  outboundLinks: true, fileDownloads: true, formSubmissions: true, customProperties: {team: "blue"},
  transformRequest: (payload) => payload.n === "Secret" ? null : {...payload, u: payload.u + "?kept=no"},
});
</script>`;
const TAGGED = `<button id="tag" class="plausible-event-name=Sign+up plausible-event-plan--free">Sign up</button>
<a id="out" href="https://elsewhere.example/page?key=1#x" onclick="return false">out</a>
<a id="file" href="/report.pdf?key=1" onclick="return false">file</a>
<form id="form" onsubmit="return false"><button id="submit">send</button></form>`;

let site: Site;
let real: Site;
before(async () => {
  real = await Site.open({
    "/js/script.js": (_request, response) => {
      const said = "window.plausible.q.forEach((call) => window.heard.push(Array.from(call)));";
      const later = "window.plausible = (...call) => window.heard.push(call);";
      response.writeHead(200, { "content-type": "text/javascript" });
      response.end(`window.heard = []; window.heardOptions = window.plausible.o; ${said}${later}`);
    },
  });
  site = await Site.open({
    "/": page("<a href='/t/one'>one</a>"),
    "/routed": page("", 'data-routes="/files/:name /t/:code"'),
    "/hash": page("", "data-hash-routing"),
    "/manual": page("", 'data-auto-pageviews="false"'),
    "/late": page("", "data-manual"),
    "/queued": page().replace("<head>", `<head>${EARLY}`),
    "/tuned": page(TAGGED).replace("<head>", `<head>${INIT}`),
    "/with-script": `<!doctype html>${sdk(`data-plausible-script="${real.origin}/js/script.js" data-plausible-domain="shop.example"`)}`,
  });
});
beforeEach(() => site.forget());
after(() => {
  site.close();
  real.close();
});

/** The events a visit to `path` sends. */
async function eventsOf(path: string, visit: (tab: Page) => Promise<unknown>): Promise<Sent[]> {
  await withPage(async (tab) => {
    await tab.goto(site.origin + path);
    await visit(tab);
    await tab.waitForTimeout(30);
    await tab.evaluate(() => window.tallow?.flush());
  });
  return site.of("event");
}

const paths = (events: Sent[]): string[] =>
  events.filter(({ name }) => name === "pageview").map(({ url }) => String(url).slice(site.origin.length));

test("a page inside the page is another view, the same path again is not", async () => {
  const events = await eventsOf("/", (tab) =>
    tab.evaluate(() => {
      history.pushState({}, "", "/a");
      history.pushState({}, "", "/a?sort=up");
      history.pushState({}, "", "/a#part");
      history.replaceState({}, "", "/b");
      history.pushState({}, "", "/c");
    }),
  );
  assert.deepEqual(paths(events), ["/", "/a", "/c"]);
});

test("Back inside the page is another view", async () => {
  const events = await eventsOf("/", async (tab) => {
    await tab.evaluate(() => history.pushState({}, "", "/a"));
    await tab.evaluate(() => history.back());
    await tab.waitForTimeout(100);
  });
  assert.deepEqual(paths(events), ["/", "/a", "/"]);
});

test("each view has an id of its own, kept nowhere", async () => {
  await withPage(async (tab) => {
    await tab.goto(site.origin);
    const ids = await tab.evaluate(() => {
      const first = window.tallow?.viewId();
      history.pushState({}, "", "/a");
      return [first, window.tallow?.viewId()];
    });
    assert.notEqual(ids[0], ids[1]);
  });
});

test("routes stand for paths, by template or by shape", async () => {
  const events = await eventsOf("/routed", (tab) =>
    tab.evaluate(() => {
      history.pushState({}, "", "/files/tax return of ann.pdf");
      history.pushState({}, "", "/orders/8812345/items");
      history.pushState({}, "", "/room/7f9c24e8-3b12-4fef-91e0-56a2d5a3c001");
      history.pushState({}, "", "/r/7-lamp-otter-reef");
      history.pushState({}, "", "/blog/ten-things-to-know");
    }),
  );
  assert.deepEqual(paths(events).slice(1), [
    "/files/:name",
    "/orders/:id/items",
    "/room/:id",
    "/r/:id",
    "/blog/ten-things-to-know",
  ]);
});

test("hash routers count their routes, without what follows the question mark", async () => {
  const events = await eventsOf("/hash", (tab) =>
    tab.evaluate(async () => {
      location.hash = "#/inbox?key=1";
      await new Promise((next) => setTimeout(next, 30));
    }),
  );
  assert.deepEqual(paths(events), ["/hash", "/hash#/inbox"]);
});

test("the referrer leaves as an origin, our own not at all", async () => {
  const other = await Site.open({ "/": `<a href="${site.origin}/">go</a>` });
  try {
    await withPage(async (tab) => {
      await tab.goto(`${other.origin}/`);
      await tab.click("a");
      await tab.waitForURL(`${site.origin}/`);
      await tab.evaluate(() => window.tallow?.flush());
      await tab.click("a");
      await tab.waitForTimeout(50);
    });
  } finally {
    other.close();
  }
  await site.until((items) => items.some(({ name }) => name === "pageview"));
  assert.equal(site.of("event")[0]?.["referrer"], other.origin);
});

test("a page can count by itself", async () => {
  const events = await eventsOf("/manual", (tab) =>
    tab.evaluate(() => {
      history.pushState({}, "", "/a");
      window.tallow?.pageview("/virtual?utm_medium=mail&x=1", { kind: "modal" });
    }),
  );
  assert.deepEqual(paths(events), ["/virtual?utm_medium=mail"]);
  assert.deepEqual(events[0]?.["props"], { kind: "modal" });
});

test("what is said before init leaves after it", async () => {
  const events = await eventsOf("/late", (tab) =>
    tab.evaluate(() => {
      window.tallow?.track("before");
      window.tallow?.init({ app: "late", captureLocalhost: true });
    }),
  );
  assert.deepEqual(events.map(({ name }) => name), ["before", "pageview"]);
});

test("transfer events carry ranges, never exact sizes or times", async () => {
  const events = await eventsOf("/manual", (tab) =>
    tab.evaluate(() => {
      window.tallow?.analytics.fileSent(5_300_000, "document", "direct");
      window.tallow?.analytics.fileReceived(1_048_576, "image", "relay");
      window.tallow?.analytics.transferFailed("peer_gone", "relay");
      window.tallow?.analytics.connectionEstablished("relay", 1.5);
      window.tallow?.analytics.featureUsed("qr");
    }),
  );
  assert.deepEqual(
    events.map(({ name, props }) => [name, props]),
    [
      ["file_sent", { size: "1-10MB", type: "document", method: "direct" }],
      ["file_received", { size: "<1MB", type: "image", method: "relay" }],
      ["transfer_failed", { reason: "peer_gone", method: "relay" }],
      ["connection_established", { type: "relay", duration: "1-10s" }],
      ["feature_used", { feature: "qr" }],
    ],
  );
});

test("a funnel counts each known step once", async () => {
  const events = await eventsOf("/manual", (tab) =>
    tab.evaluate(() => {
      const send = window.tallow?.funnel("send", ["pick", "encrypt", "done"]);
      for (const step of ["pick", "pick", "unknown", "done"]) send?.step(step);
    }),
  );
  assert.deepEqual(events.map(({ props }) => props), [
    { funnel: "send", step: "pick", number: 1 },
    { funnel: "send", step: "done", number: 3 },
  ]);
});

test("calls queued for Plausible before we came are heard, after the page view", async () => {
  const events = await eventsOf("/queued", (tab) =>
    tab.evaluate(
      () => new Promise((done) => window.plausible?.("Later", { interactive: false, callback: done })),
    ),
  );
  assert.deepEqual(
    events.map(({ name, props, interactive }) => [name, props, interactive]),
    [
      ["pageview", {}, true],
      ["Early", { plan: "pro" }, true],
      ["Later", {}, false],
    ],
  );
});

test("plausible.init's options are taken: links, files, forms, tags, properties, transform", async () => {
  const events = await eventsOf("/tuned", async (tab) => {
    for (const id of ["#tag", "#out", "#file", "#submit"]) await tab.click(id);
    await tab.evaluate(() => window.plausible?.("Secret"));
  });
  assert.deepEqual(
    events.map(({ name, props }) => [name, props]),
    [
      ["pageview", { team: "blue" }],
      ["Sign up", { team: "blue", plan: "free" }],
      ["Outbound Link: Click", { team: "blue", url: "https://elsewhere.example/page" }],
      ["File Download", { team: "blue", url: `${site.origin}/report.pdf` }],
      ["Form: Submission", { team: "blue", path: "/tuned" }],
    ],
  );
  assert.ok(events.every(({ url }) => url === `${site.origin}/tuned`), "a transform's address is cleaned too");
});

test("a real Plausible script is fed our cleaned events and counts nothing by itself", async () => {
  await withPage(async (tab) => {
    await tab.goto(`${site.origin}/with-script?email=ann@example.org#key`);
    await tab.waitForFunction(() => "heard" in window, null, { polling: 100 });
    const [heard, options, domain] = await tab.evaluate(() => {
      window.tallow?.track("chosen", { plan: "free" });
      const page = window as unknown as { heard: unknown[]; heardOptions: Record<string, unknown> };
      const tag = document.querySelector<HTMLScriptElement>("script[data-domain]");
      return [page.heard, page.heardOptions, tag?.dataset["domain"]];
    });
    assert.deepEqual(heard, [
      ["pageview", { u: `${site.origin}/with-script`, props: {}, interactive: true }],
      ["chosen", { u: `${site.origin}/with-script`, props: { plan: "free" }, interactive: true }],
    ]);
    assert.equal((options as { autoCapturePageviews: boolean }).autoCapturePageviews, false);
    assert.equal(domain, "shop.example");
  });
});

test("a page opened in the background counts when somebody sees it", async () => {
  await withPage(
    async (tab) => {
      await tab.goto(site.origin);
      await tab.evaluate(() => window.tallow?.flush());
      assert.deepEqual(site.of("event"), []);
      await tab.evaluate(() => {
        (window as unknown as { seen: boolean }).seen = true;
        document.dispatchEvent(new Event("visibilitychange"));
        return window.tallow?.flush();
      });
      assert.deepEqual(paths(site.of("event")), ["/"]);
    },
    () => {
      Object.defineProperty(document, "visibilityState", {
        get: () => ((window as unknown as { seen?: boolean }).seen ? "visible" : "hidden"),
      });
    },
  );
});
