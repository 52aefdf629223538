/** The one way out of the page: one queue, one POST to the page's own origin. */

import { isSilent } from "./consent";
import { cleanUrl, traceId, viewId } from "./context";
import { sanitizeProps, scrubObject, scrubPii, scrubUrl } from "./scrub";
import { isPrinting, type Level, settings } from "./settings";

export interface EventItem {
  type: "event";
  name: string;
  url: string;
  referrer: string;
  props: Record<string, unknown>;
  interactive: boolean;
  revenue?: { amount: number | string; currency: string };
}

export type VitalName = "LCP" | "INP" | "CLS" | "FCP" | "TTFB";
export type Rating = "good" | "needs-improvement" | "poor";

export interface VitalItem {
  type: "vital";
  name: VitalName;
  value: number;
  rating: Rating;
  url: string;
  navigation: string;
  device: string;
}

export interface ErrorItem {
  type: "error";
  event: Record<string, unknown>;
}

export interface LogItem {
  type: "log";
  level: Level;
  message: string;
  context: Record<string, unknown>;
}

export interface MeasureItem {
  type: "measure";
  name: string;
  duration_ms: number;
}

export type Item = EventItem | VitalItem | ErrorItem | LogItem | MeasureItem;

interface Waiting {
  type: Item["type"];
  isEssential: boolean;
  /** As it was offered, until the page is idle or the batch leaves. */
  raw: Item | undefined;
  /** The item as JSON, clean, without its closing brace: the age is added when it leaves. */
  text: string;
  bytes: number;
  at: number;
  tries: number;
}

/** People watch a page and the console side by side: what happens is seen within two seconds. */
const FLUSH_INTERVAL_MS = 1000;
const FLUSH_ITEMS = 30;
const BATCH_BYTES = 48_000;
const ITEM_BYTES = 32_000;
const QUEUE_BYTES = 256_000;
// Browsers allow 64 KiB over all requests that outlive the page; the rest is for headers.
const QUOTA_BYTES = 64_000;
const HEAD_BYTES = 600;
const TRIES = 3;
/** Log lines that leave, without ids, even when the visitor wants no analytics. */
const GRAVE: ReadonlySet<Level> = new Set(["error", "critical"]);
const URGENCY: Record<Item["type"], number> = { error: 0, event: 1, vital: 2, log: 3, measure: 4 };

let waiting: Waiting[] = [];
let flying = 0;
let delivering = false;
let timer: ReturnType<typeof setTimeout> | undefined;
let pause = 0;
let post: typeof fetch | undefined;
let running = false;
let isIdleAsked = false;

/** What became of the items of this page; `lost` failed, was too large or did not fit. */
export const counts = { offered: 0, sent: 0, silenced: 0, lost: 0 };

/** Takes the browser's own `fetch`, before anyone wraps it. Call it first. */
export function prepareBeacon(): void {
  post = window.fetch.bind(window);
}

/**
 * Flushes when the page is hidden or left. Call it last: on leaving, Chromium says `pagehide`
 * first and `visibilitychange` after, and the vitals are final only in the latter, so ours has
 * to be the last listener of both. The window hears `visibilitychange` after the document.
 */
export function startBeacon(): void {
  running = true;
  window.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") flushNow();
  });
  window.addEventListener("pagehide", flushNow);
  if (isPrinting()) {
    for (const { raw } of waiting) if (raw) print(raw);
    waiting = [];
  } else if (waiting.length) schedule();
}

/** Stops sending for good; what waits is sent first. */
export function closeBeacon(): void {
  flushNow();
  running = false;
}

/** Takes an item; never throws. It is cleaned when the page is idle, at the latest on leaving. */
export function offer(item: Item): void {
  counts.offered += 1;
  const isEssential = item.type === "error" || (item.type === "log" && GRAVE.has(item.level));
  if (!mayLeave(isEssential)) {
    counts.silenced += 1;
    return;
  }
  // Before `init` nobody knows yet whether to print or to send.
  if (running && isPrinting()) {
    print(item);
    return;
  }
  const at = performance.now();
  waiting.push({ type: item.type, isEssential, raw: item, text: "", bytes: 0, at, tries: 0 });
  if (!running) return;
  whenIdle(settle);
  if (waiting.length >= FLUSH_ITEMS) void flush();
  else schedule();
}

function mayLeave(isEssential: boolean): boolean {
  return !isSilent() || (isEssential && settings.essentialErrors);
}

function whenIdle(act: () => void): void {
  if (isIdleAsked) return;
  isIdleAsked = true;
  if (typeof requestIdleCallback === "function") requestIdleCallback(act, { timeout: 2000 });
  else setTimeout(act, 200);
}

/** Cleans what has not been cleaned. What cannot be cleaned, or is too large, does not leave. */
function settle(): void {
  isIdleAsked = false;
  let total = 0;
  waiting = waiting.filter((entry) => {
    if (entry.raw) {
      entry.text = textOf(entry.raw);
      entry.raw = undefined;
      entry.bytes = new TextEncoder().encode(entry.text).length + 24;
    }
    const fits = entry.text !== "" && entry.bytes <= ITEM_BYTES && total + entry.bytes <= QUEUE_BYTES;
    if (fits) total += entry.bytes;
    else counts.lost += 1;
    return fits;
  });
  if (running && !delivering && total >= BATCH_BYTES) setTimeout(() => void flush());
}

function textOf(item: Item): string {
  try {
    return JSON.stringify(cleaned(item)).slice(0, -1);
  } catch {
    return "";
  }
}

function cleaned(item: Item): Item {
  switch (item.type) {
    case "event": {
      const [name, url, props] = [scrubPii(item.name), cleanUrl(item.url), sanitizeProps(item.props)];
      return { ...item, name, url, props, referrer: item.referrer && scrubUrl(item.referrer) };
    }
    case "vital":
      return { ...item, url: cleanUrl(item.url) };
    case "error":
      return { ...item, event: scrubObject(item.event) as Record<string, unknown> };
    case "log": {
      const context = scrubObject(item.context) as Record<string, unknown>;
      return { ...item, message: scrubPii(item.message), context };
    }
    case "measure":
      return { ...item, name: scrubPii(item.name) };
  }
}

function bytesOf(items: readonly Waiting[], head: number): number {
  return items.reduce((sum, { bytes }) => sum + bytes, head);
}

function schedule(): void {
  timer ??= setTimeout(() => void flush(), FLUSH_INTERVAL_MS + pause);
}

/** Sends what waits while the page lives on; what fails waits again. True: all has left. */
export async function flush(): Promise<boolean> {
  clearTimeout(timer);
  timer = undefined;
  while (running && waiting.length && !delivering) {
    const batch = take(BATCH_BYTES);
    if (batch.length && !(await deliver(batch))) break;
  }
  if (waiting.length && running) schedule();
  return waiting.length === 0;
}

/** Sends one batch by fetch and says whether it arrived. */
async function deliver(batch: Waiting[]): Promise<boolean> {
  const bytes = bytesOf(batch, HEAD_BYTES);
  const outlives = flying + bytes <= QUOTA_BYTES;
  delivering = true;
  flying += bytes;
  let status = 0;
  try {
    status = (await post?.(settings.url, request(bodyOf(batch), outlives)))?.status ?? 0;
  } catch {
    // No connection: the same as a server that is away.
  }
  flying -= bytes;
  delivering = false;
  if (status && status !== 429 && status < 500) {
    pause = 0;
    counts[status < 400 ? "sent" : "lost"] += batch.length;
    return true;
  }
  const again = batch.filter((item) => ++item.tries < TRIES);
  counts.lost += batch.length - again.length;
  waiting = [...again, ...waiting];
  pause = Math.min(60_000, Math.max(5000, pause * 2));
  return false;
}

/** Sends what waits at once, by means that outlive the page. */
function flushNow(): void {
  clearTimeout(timer);
  timer = undefined;
  while (running && waiting.length) {
    const batch = take(Math.min(BATCH_BYTES, QUOTA_BYTES - flying));
    if (!batch.length) break;
    counts.sent += batch.length;
    void depart(bodyOf(batch), bytesOf(batch, HEAD_BYTES));
  }
}

/** A beacon cannot leave the page's address out of its Referer header; fetch can, so it is first. */
async function depart(body: string, bytes: number): Promise<void> {
  flying += bytes;
  try {
    if (!("keepalive" in Request.prototype)) throw new Error("no keepalive");
    await post?.(settings.url, request(body, true));
  } catch {
    navigator.sendBeacon?.(settings.url, new Blob([body], { type: "text/plain" }));
  }
  flying -= bytes;
}

function request(body: string, keepalive: boolean): RequestInit {
  const headers = { "Content-Type": "text/plain" };
  return { method: "POST", body, keepalive, headers, referrerPolicy: "origin" };
}

/** Takes up to 30 items and `limit` bytes off the queue, the most urgent first. */
function take(limit: number): Waiting[] {
  settle();
  // Asked again here: the visitor may have changed their mind since the item was offered.
  const allowed = waiting.filter(({ isEssential }) => mayLeave(isEssential));
  counts.silenced += waiting.length - allowed.length;
  allowed.sort((one, other) => URGENCY[one.type] - URGENCY[other.type]);
  let room = limit - HEAD_BYTES;
  const batch: Waiting[] = [];
  waiting = allowed.filter((item) => {
    if (batch.length >= FLUSH_ITEMS || item.bytes > room) return true;
    room -= item.bytes;
    batch.push(item);
    return false;
  });
  return batch;
}

function bodyOf(batch: readonly Waiting[]): string {
  const { app, release, environment } = settings;
  const head = { v: 1, app, release, environment, sent_at: Date.now(), trace: traceId(), view: viewId() };
  const now = performance.now();
  const items = batch.map(({ text, at }) => `${text},"age_ms":${Math.max(0, Math.round(now - at))}}`);
  return `${JSON.stringify(head).slice(0, -1)},"items":[${items.join(",")}]}`;
}

function print(raw: Item): void {
  try {
    const item = cleaned(raw);
    const label = "name" in item ? item.name : "message" in item ? item.message : "";
    console.info(`[tallow] ${item.type} ${label}`, item);
  } catch {
    counts.lost += 1;
  }
}
