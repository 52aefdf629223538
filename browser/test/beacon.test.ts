/** What a page puts on the wire, when, and in how many pieces. */

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { withPage } from "./support/chromium";
import { python } from "./support/python";
import { page, Site } from "./support/site";

let site: Site;
before(async () => {
  site = await Site.open({
    "/": page(),
    "/next": page("<p>next</p>"),
    "/rests": page("", 'data-url="/api/event?rests"'),
    "/wrong": page("", 'data-url="/api/event?wrong"'),
    "/dev": page("", "").replace("data-capture-localhost", ""),
    "/prod-dev": page("", "data-dev"),
    "/traced": (_request, response) => {
      const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
      response.setHeader("Server-Timing", `db;dur=2, traceparent;desc="${trace}"`);
      response.setHeader("Content-Type", "text/html");
      response.end(page());
    },
    "/meta": page(
      '<meta name="traceparent" content="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01">',
    ),
  });
});
beforeEach(() => {
  site.forget();
});
after(() => site.close());

test("a visit leaves as one batch of the agreed form", async () => {
  await withPage(async (tab) => {
    await tab.goto(`${site.origin}/?utm_source=mail&secret=1#key`);
    await tab.evaluate(() => window.tallow?.track("chosen", { plan: "free" }));
  });
  await site.until((items) => items.some(({ name }) => name === "chosen"));

  const [upload] = site.uploads;
  const [batch] = site.batches;
  assert.ok(upload && batch);
  assert.match(upload.headers["content-type"] ?? "", /^text\/plain/);
  assert.equal(upload.headers.cookie, undefined);
  const { items, sent_at, trace, view, ...head } = batch;
  assert.deepEqual(head, { v: 1, app: "shop", release: "1.2.3", environment: "production" });
  assert.ok(Math.abs(sent_at - Date.now()) < 60_000);
  assert.match(trace, /^[0-9a-f]{32}$/);
  assert.match(view, /^[0-9a-f]{16}$/);
  const [first, second] = items;
  assert.ok(first && second);
  const { age_ms, ...pageview } = first;
  assert.ok(age_ms >= 0 && age_ms < 30_000);
  assert.deepEqual(pageview, {
    type: "event",
    name: "pageview",
    url: `${site.origin}/?utm_source=mail`,
    referrer: "",
    props: {},
    interactive: true,
  });
  assert.deepEqual(second["props"], { plan: "free" });
});

test("Python's end of the wire takes every item of a visit", async () => {
  await withPage(async (tab) => {
    await tab.goto(`${site.origin}/`);
    await tab.evaluate(() => {
      window.tallow?.track("bought", { plan: "free" }, { revenue: { amount: 3, currency: "EUR" } });
      window.tallow?.logger.warning("slow", { took_ms: 3 });
      window.tallow?.time("work", () => 1);
      window.tallow?.captureException(new Error("broken"));
    });
  });
  const [upload] = (await site.until((items) => items.some(({ name }) => name === "CLS"))) && site.uploads;
  const taken = python(
    "-c",
    "import sys,time\nfrom tallow.wire.beacon import decode_batch\n" +
      "batch = decode_batch(sys.stdin.buffer.read(), time.time(), 'shop.example')\n" +
      "print(batch.dropped, *sorted({type(item).__name__ for item in batch.items}))",
    upload?.body ?? "",
  );
  assert.equal(taken.trim(), "0 ErrorItem LogLine Measure PageEvent Vital");
});

test("an ordinary visit is at most three uploads and 1.5 kB", async () => {
  await withPage(async (tab) => {
    await tab.goto(`${site.origin}/`);
    await tab.click("h1");
    await tab.waitForTimeout(5600);
    await tab.goto("about:blank");
  });
  await site.until((items) => items.some(({ name }) => name === "CLS"));

  const bytes = site.uploads.reduce((sum, { body }) => sum + body.length, 0);
  assert.ok(site.uploads.length <= 3, `${site.uploads.length} uploads`);
  assert.ok(bytes <= 1500, `${bytes} bytes`);
});

test("a visit with an error is at most 4 kB", async () => {
  await withPage(async (tab) => {
    await tab.goto(`${site.origin}/`);
    await tab.evaluate(() => setTimeout(() => JSON.parse("{nope")));
    await tab.waitForTimeout(50);
    await tab.goto("about:blank");
  });
  await site.until((items) => items.some(({ type }) => type === "error"));

  const bytes = site.uploads.reduce((sum, { body }) => sum + body.length, 0);
  assert.ok(bytes <= 4000, `${bytes} bytes`);
});

test("thirty items leave without waiting for the clock", async () => {
  await withPage(async (tab) => {
    await tab.goto(`${site.origin}/`);
    await tab.evaluate(() => {
      for (let number = 0; number < 40; number++) window.tallow?.track("step", { number });
    });
    await site.until((items) => items.length >= 30, 2000);
  });
  assert.ok(site.batches.every(({ items }) => items.length <= 30));
});

test("on leaving, errors go first and no batch is over 48 kB", async () => {
  await withPage(async (tab) => {
    await tab.goto(`${site.origin}/`);
    await tab.evaluate(() => {
      for (let number = 0; number < 25; number++) {
        window.tallow?.logger.info("long line", { number, words: "lorem ipsum ".repeat(250) });
      }
      window.tallow?.captureException(new Error("late"));
    });
    await tab.goto("about:blank");
  });
  await site.until((items) => items.some(({ type }) => type === "error"));

  for (const { body } of site.uploads) assert.ok(Buffer.byteLength(body) <= 48_000);
  const [withError] = site.batches.filter(({ items }) => items.some(({ type }) => type === "error"));
  assert.equal(withError?.items[0]?.type, "error");
});

test("what a resting server refused arrives later, once", async () => {
  site.answers = { "?rests": [503] };
  await withPage(async (tab) => {
    await tab.goto(`${site.origin}/rests`);
    await tab.evaluate(() => window.tallow?.track("kept"));
    const first = await tab.evaluate(() => window.tallow?.flush());
    const second = await tab.evaluate(() => window.tallow?.flush());
    assert.deepEqual([first, second], [false, true]);
  });
  assert.equal(site.items.filter(({ name }) => name === "kept").length, 1);
});

test("what the server calls wrong is not sent again", async () => {
  site.answers = { "?wrong": [400] };
  await withPage(async (tab) => {
    await tab.goto(`${site.origin}/wrong`);
    await tab.evaluate(() => window.tallow?.flush());
    const health = await tab.evaluate(() => window.tallow?.health());
    assert.ok(health && health.lost > 0 && health.sent === 0);
  });
});

test("the page's trace is the server's, by header or by meta tag", async () => {
  await withPage(async (tab) => {
    await tab.goto(`${site.origin}/traced`);
    assert.equal(await tab.evaluate(() => window.tallow?.traceId()), "0af7651916cd43dd8448eb211c80319c");
    await tab.goto(`${site.origin}/meta`);
    // The tag stands in the body here, after the script's own: deferred scripts see it all the same.
    assert.equal(await tab.evaluate(() => window.tallow?.traceId()), "4bf92f3577b34da6a3ce929d0e0e4736");
  });
});

for (const [path, why] of [
  ["/dev", "localhost without capture"],
  ["/prod-dev", "the dev setting"],
]) {
  test(`${why} prints instead of sending`, async () => {
    const said: string[] = [];
    await withPage(async (tab) => {
      tab.on("console", (message) => said.push(message.text()));
      await tab.goto(`${site.origin}${path}`);
      await tab.evaluate(() => window.tallow?.track("tried", { plan: "free" }));
      await tab.goto("about:blank");
    });
    assert.ok(said.some((line) => line.startsWith("[tallow] event tried")), said.join("\n"));
    assert.equal(site.uploads.length, 0);
  });
}

test("nothing is kept: no cookie, no storage", async () => {
  await withPage(async (tab, context) => {
    await tab.goto(`${site.origin}/`);
    await tab.evaluate(() => window.tallow?.flush());
    assert.deepEqual(await context.cookies(), []);
    const kept = await tab.evaluate(async () => [
      localStorage.length,
      sessionStorage.length,
      (await indexedDB.databases()).length,
      (await caches.keys()).length,
    ]);
    assert.deepEqual(kept, [0, 0, 0, 0]);
  });
});

test("a second copy of the script counts nothing twice", async () => {
  await withPage(async (tab) => {
    await tab.goto(`${site.origin}/`);
    await tab.addScriptTag({ url: "/tallow/tallow.js" });
    await tab.evaluate(() => window.tallow?.flush());
  });
  assert.equal(site.items.filter(({ name }) => name === "pageview").length, 1);
});

test("requests to our own origin carry the trace, others do not", async () => {
  const other = await Site.open({
    "/data": (_request, response) => {
      response.writeHead(200, { "access-control-allow-origin": "*" }).end("{}");
    },
  });
  try {
    await withPage(async (tab) => {
      await tab.goto(`${site.origin}/`);
      const trace = await tab.evaluate(() => window.tallow?.traceId());
      await tab.evaluate(async (elsewhere) => {
        await fetch("/next", { headers: { "x-mine": "1" } });
        await new Promise((done) => {
          const request = new XMLHttpRequest();
          request.open("GET", "/next?by=xhr");
          request.onloadend = done;
          request.send();
        });
        await fetch(elsewhere);
      }, `${other.origin}/data`);
      const own = site.requests.filter(({ url }) => url?.startsWith("/next"));
      assert.equal(own.length, 2);
      for (const { headers } of own) {
        assert.match(String(headers["traceparent"]), new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
      }
      assert.equal(own[0]?.headers["x-mine"], "1");
    });
    assert.equal(other.requests.length, 1);
    assert.equal(other.requests[0]?.headers["traceparent"], undefined);
  } finally {
    other.close();
  }
});
