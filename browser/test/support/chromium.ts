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

/** Runs `visit` with a page of its own; `before` prepares it, before any script. */
export async function withPage(
  visit: (page: Page, context: BrowserContext) => Promise<void>,
  before?: () => void,
): Promise<void> {
  const context = await (await browser()).newContext();
  try {
    if (before) await context.addInitScript(before);
    await visit(await context.newPage(), context);
  } finally {
    await context.close();
  }
}
