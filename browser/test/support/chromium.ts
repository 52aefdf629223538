/** A real Chromium, one a test file. */

import { after } from "node:test";
import { type Browser, type BrowserContext, chromium, type LaunchOptions, type Page } from "playwright-core";

const PROGRAM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

let running: Promise<Browser> | undefined;

/** The browser of this file; the first call decides how it is started. */
export function browser(options: LaunchOptions = {}): Promise<Browser> {
  running ??= chromium.launch({ executablePath: PROGRAM, args: ["--no-sandbox"], ...options });
  return running;
}

after(async () => (await running)?.close());

/** Leaves as people do, by going elsewhere: what is on its way when its context ends may never arrive. */
async function leave(page: Page): Promise<void> {
  if (page.isClosed()) return;
  await page.goto("about:blank");
  await page.waitForTimeout(100);
}

/** Runs `visit` with a page of its own; `before` prepares it, before any script. */
export async function withPage(
  visit: (page: Page, context: BrowserContext) => Promise<void>,
  before?: () => void,
): Promise<void> {
  const context = await (await browser()).newContext();
  try {
    if (before) await context.addInitScript(before);
    const page = await context.newPage();
    await visit(page, context);
    await leave(page);
  } finally {
    await context.close();
  }
}
