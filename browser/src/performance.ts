/** How long things take in the page: marks, measures, blocked frames, slow resources. */

import { offer } from "./beacon";
import { isSampled } from "./context";
import { settings } from "./settings";

interface AnimationFrame extends PerformanceEntry {
  blockingDuration?: number;
}

const marks = new Map<string, number>();
const MOST_MARKS = 100;
const TASK_BUDGET_MS = 50;
const RESOURCE_KINDS = new Set(["script", "css", "link", "img", "fetch", "xmlhttprequest"]);

let blockedMs = 0;
let slowest: Record<string, number> = {};

/** Remembers this moment under a name. */
export function mark(name: string): void {
  if (marks.size >= MOST_MARKS) marks.clear();
  marks.set(name, performance.now());
}

/** Reports the time since the mark `since` under `name`, in milliseconds; -1 without such a mark. */
export function measure(name: string, since: string = name): number {
  const began = marks.get(since);
  if (began === undefined) return -1;
  return record(name, performance.now() - began);
}

/** Runs `work`, which may be asynchronous, and reports how long it took, also when it fails. */
export function time<T>(name: string, work: () => T): T {
  const began = performance.now();
  const done = (): void => void record(name, performance.now() - began);
  try {
    const result = work();
    if (result instanceof Promise) result.then(done, done);
    else done();
    return result;
  } catch (error) {
    done();
    throw error;
  }
}

/** Reports a duration measured elsewhere. */
export function record(name: string, durationMs: number): number {
  const rounded = Math.round(durationMs * 10) / 10;
  if (isSampled(settings.sample.measures)) offer({ type: "measure", name, duration_ms: rounded });
  return durationMs;
}

/** Watches blocked frames and resources; tells one sum and one maximum a kind when hidden. */
export function startPerformance(): void {
  const types = PerformanceObserver.supportedEntryTypes ?? [];
  const frames = types.includes("long-animation-frame") ? "long-animation-frame" : "longtask";
  if (types.includes(frames)) {
    new PerformanceObserver((list) => list.getEntries().forEach(onFrame)).observe({
      type: frames,
      buffered: true,
    });
  }
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) onResource(entry as PerformanceResourceTiming);
  }).observe({ type: "resource", buffered: true });
  window.addEventListener("visibilitychange", onHidden, true);
  window.addEventListener("pagehide", tell, true);
}

function onFrame(entry: AnimationFrame): void {
  blockedMs += entry.blockingDuration ?? Math.max(entry.duration - TASK_BUDGET_MS, 0);
}

function onResource({ initiatorType: kind, duration }: PerformanceResourceTiming): void {
  if (RESOURCE_KINDS.has(kind)) slowest[kind] = Math.max(slowest[kind] ?? 0, duration);
}

function onHidden(): void {
  if (document.visibilityState === "hidden") tell();
}

function tell(): void {
  if (blockedMs >= 1) record("blocked", blockedMs);
  blockedMs = 0;
  const [kind, duration] = Object.entries(slowest).sort((a, b) => b[1] - a[1])[0] ?? [];
  if (kind && duration !== undefined && duration >= 1000) record(`slow ${kind}`, duration);
  slowest = {};
}
