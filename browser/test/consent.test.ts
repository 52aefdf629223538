/** Visitors who ask not to be counted are not; and what nobody should see never leaves. */

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { withPage } from "./support/chromium";
import { page, Site } from "./support/site";

let site: Site;
before(async () => {
  site = await Site.open({
    "/": page('<button id="b">go</button>'),
    "/strict": page("", 'data-essential-errors="false"'),
    "/denied": page("", 'data-consent="denied"'),
    "/deaf": page("", 'data-respect=""'),
  });
});
beforeEach(() => site.forget());
after(() => site.close());

const SIGNALS: [string, () => void][] = [
  ["DNT", () => Object.defineProperty(navigator, "doNotTrack", { get: () => "1" })],
  ["GPC", () => Object.defineProperty(navigator, "globalPrivacyControl", { get: () => true })],
  ["Plausible's ignore mark", () => localStorage.setItem("plausible_ignore", "true")],
];

for (const [signal, give] of SIGNALS) {
  test(`under ${signal} an ordinary visit uploads nothing`, async () => {
    await withPage(async (tab) => {
      await tab.goto(`${site.origin}/`);
      await tab.click("#b");
      await tab.evaluate(async () => {
        window.tallow?.track("tried");
        window.tallow?.time("work", () => 1);
        window.tallow?.logger.warning("slow");
        history.pushState({}, "", "/other");
        await window.tallow?.flush();
      });
      await tab.goto("about:blank");
      await tab.waitForTimeout(150);
    }, give);
    assert.deepEqual(site.uploads, []);
  });

  test(`under ${signal} an error still leaves, without ids`, async () => {
    await withPage(async (tab) => {
      await tab.goto(`${site.origin}/`);
      await tab.evaluate(() => window.tallow?.captureException(new Error("broken")));
      await tab.evaluate(() => window.tallow?.flush());
    }, give);
    const [batch] = site.batches;
    assert.deepEqual(site.items.map(({ type }) => type), ["error"]);
    assert.deepEqual([batch?.trace, batch?.view], ["", ""]);
    assert.equal(batch?.items[0]?.["event"].contexts.trace, undefined);
  });
}

test("errors are silent too where the page says so", async () => {
  await withPage(async (tab) => {
    await tab.goto(`${site.origin}/strict`);
    await tab.evaluate(() => window.tallow?.captureException(new Error("broken")));
    await tab.evaluate(() => window.tallow?.flush());
  }, SIGNALS[0]?.[1]);
  assert.deepEqual(site.uploads, []);
});

test("a refusal silences like DNT", async () => {
  await withPage(async (tab) => {
    await tab.goto(`${site.origin}/denied`);
    await tab.evaluate(() => window.tallow?.flush());
  });
  assert.deepEqual(site.uploads, []);
});

test("a page may choose not to heed DNT", async () => {
  await withPage(async (tab) => {
    await tab.goto(`${site.origin}/deaf`);
    await tab.evaluate(() => window.tallow?.flush());
  }, SIGNALS[0]?.[1]);
  assert.equal(site.of("event").length, 1);
});

test("a mind changed after the view but before the send counts", async () => {
  await withPage(async (tab) => {
    await tab.goto(`${site.origin}/`);
    await tab.evaluate(async () => {
      window.tallow?.optOut();
      await window.tallow?.flush();
    });
    await tab.goto("about:blank");
    await tab.waitForTimeout(150);
  });
  assert.deepEqual(site.uploads, []);
});

test("secrets planted in every input of a page never leave it", async () => {
  const planted = {
    email: "ann.canary@mail.example.org",
    card: "4111 1111 1111 1111",
    jwt: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlY2FuYXJ5",
    address: "203.0.113.77",
    github: "ghp_" + "a1B2c3D4e5".repeat(3) + "F6g7H8",
    fragment: "kEy0fTheFragment7",
    typed: "what I typed is mine",
    password: "hunter2canary",
  };
  await withPage(async (tab) => {
    await tab.goto(`${site.origin}/?email=${planted.email}&token=${planted.github}#${planted.fragment}`);
    await tab.evaluate(async (secret) => {
      const box = document.createElement("input");
      box.value = secret.typed;
      document.body.append(box);
      box.click();
      console.error(`mail to ${secret.email} failed`, { password: secret.password });
      await fetch(`/account/${secret.email}?jwt=${secret.jwt}`).catch(() => undefined);
      window.tallow?.addBreadcrumb("login", `from ${secret.address}`, { password: secret.password });
      window.tallow?.track(`paid ${secret.card}`, { who: secret.email, card: secret.card });
      window.tallow?.logger.error(`no route to ${secret.address}`, {
        password: secret.password,
        authorization: `Bearer ${secret.jwt}`,
        body: JSON.stringify({ user: { email: secret.email } }),
      });
      history.pushState({}, "", `/u/${secret.email}/files?key=${secret.github}#${secret.fragment}`);
      const error = new TypeError(`cannot mail ${secret.email} from ${secret.address} by ${secret.jwt}`, {
        cause: new Error(`token ${secret.github} refused`),
      });
      setTimeout(() => {
        throw error;
      });
      void Promise.reject({ message: `card ${secret.card} declined`, card: secret.card });
    }, planted);
    await tab.waitForTimeout(100);
    await tab.goto("about:blank");
  });
  await site.until((items) => items.filter(({ type }) => type === "error").length >= 2);

  const left = site.uploads.map(({ body, headers }) => body + JSON.stringify(headers)).join("\n");
  for (const [kind, secret] of Object.entries(planted)) {
    for (const form of [secret, encodeURIComponent(secret), secret.replace(/ /g, "")]) {
      assert.ok(!left.includes(form), `${kind} left the page: ${left.slice(left.indexOf(form) - 200, left.indexOf(form) + 80)}`);
    }
  }
});
