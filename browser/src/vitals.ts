/** LCP, INP, CLS, FCP and TTFB by our own observers, so that the last interaction counts too. */

import { offer, type Rating, type VitalName } from "./beacon";
import { isSampled, routeUrl } from "./context";
import { settings } from "./settings";

export interface VitalReport {
  name: VitalName;
  /** Milliseconds; for CLS a ratio. */
  value: number;
  rating: Rating;
  navigation: string;
}

interface Interaction {
  id: number;
  latency: number;
}

interface EventTiming extends PerformanceEntry {
  interactionId?: number;
}

interface LayoutShift extends PerformanceEntry {
  value: number;
  hadRecentInput: boolean;
}

type Prerendered = Document & { prerendering?: boolean; wasDiscarded?: boolean };

/** Where "good" ends and where "poor" begins. Source: web.dev/articles/vitals. */
const LIMITS: Record<VitalName, readonly [number, number]> = {
  LCP: [2500, 4000],
  INP: [200, 500],
  CLS: [0.1, 0.25],
  FCP: [1800, 3000],
  TTFB: [800, 1800],
};
const SHORTEST_INTERACTION_MS = 40;
const LONGEST_KEPT = 10;

const listeners: ((report: VitalReport) => void)[] = [];
const observers: Partial<Record<string, PerformanceObserver>> = {};

let url = "";
let navigation = "";
let hiddenAt = Infinity;
let reported: Partial<Record<VitalName, number>> = {};
let lcp = -1;
let lcpFinal = false;
let shift = { worst: 0, sum: 0, first: 0, last: 0 };
let painted = false;
let interactions: Interaction[] = [];
let interactionsBefore = 0;
let interactionIds = { least: Infinity, most: 0 };

/** Calls `listener` with each vital as it is reported; a later, changed value replaces it. */
export function onVital(listener: (report: VitalReport) => void): void {
  listeners.push(listener);
}

/** Starts all five, now or when a prerendered page is shown. */
export function startVitals(): void {
  const page = document as Prerendered;
  if (page.prerendering) page.addEventListener("prerenderingchange", start, { once: true });
  else start();
}

function start(): void {
  url = routeUrl(location.href);
  navigation = navigationType();
  hiddenAt = firstHidden();
  observe("paint", onPaint);
  observe("largest-contentful-paint", onLargestPaint);
  observe("layout-shift", onShifts);
  observe("event", onInteractions, { durationThreshold: SHORTEST_INTERACTION_MS });
  observe("first-input", onInteractions);
  for (const type of ["keydown", "click"]) {
    window.addEventListener(type, onFirstInput, { capture: true, passive: true });
  }
  // Ahead of every other listener of the same event; the beacon's comes after them all.
  window.addEventListener("visibilitychange", onHidden, true);
  window.addEventListener("pagehide", finish, true);
  window.addEventListener("pageshow", onRestore, true);
  whenLoaded(reportFirstByte);
}

function observe(
  type: string,
  handle: (entries: PerformanceEntryList) => void,
  options: Record<string, unknown> = {},
): void {
  if (!PerformanceObserver.supportedEntryTypes?.includes(type)) return;
  // The microtask: Safari may call back while `observe` still runs.
  const observer = new PerformanceObserver((list) => {
    queueMicrotask(() => handle(list.getEntries()));
  });
  observer.observe({ type, buffered: true, ...options });
  observers[type] = observer;
}

function onPaint(entries: PerformanceEntryList): void {
  for (const { name, startTime } of entries) {
    if (name !== "first-contentful-paint" || startTime >= hiddenAt) continue;
    painted = true;
    report("FCP", sinceActivation(startTime));
  }
}

function onLargestPaint(entries: PerformanceEntryList): void {
  const last = entries[entries.length - 1];
  if (last && !lcpFinal && last.startTime < hiddenAt) lcp = sinceActivation(last.startTime);
}

function onShifts(entries: PerformanceEntryList): void {
  for (const { value, hadRecentInput, startTime } of entries as LayoutShift[]) {
    if (hadRecentInput) continue;
    // One session: gaps under a second, five seconds in all.
    const goesOn = shift.sum && startTime - shift.last < 1000 && startTime - shift.first < 5000;
    shift.sum = goesOn ? shift.sum + value : value;
    if (!goesOn) shift.first = startTime;
    shift.last = startTime;
    shift.worst = Math.max(shift.worst, shift.sum);
  }
}

function onInteractions(entries: PerformanceEntryList): void {
  for (const { interactionId: id, duration } of entries as EventTiming[]) {
    if (!id) continue;
    interactionIds.least = Math.min(interactionIds.least, id);
    interactionIds.most = Math.max(interactionIds.most, id);
    const known = interactions.find((other) => other.id === id);
    if (known) known.latency = Math.max(known.latency, duration);
    else interactions.push({ id, latency: duration });
    interactions.sort((one, other) => other.latency - one.latency);
    interactions.length = Math.min(interactions.length, LONGEST_KEPT);
  }
}

/** The 98th percentile, near enough: one of the longest is forgiven for each 50 interactions. */
function interactionToNextPaint(): number {
  const count = interactionCount() - interactionsBefore;
  const at = Math.min(interactions.length - 1, Math.floor(count / 50));
  const found = interactions[at];
  // After a return from the bfcache there is no first-input: what was seen was merely short.
  if (!found) return count > 0 && navigation === "back-forward-cache" ? 8 : -1;
  return found.latency;
}

function interactionCount(): number {
  const told = (performance as { interactionCount?: number }).interactionCount;
  if (told !== undefined) return told;
  // Browsers without the count step their ids by 7.
  return interactionIds.most ? (interactionIds.most - interactionIds.least) / 7 + 1 : 0;
}

/** After a real input the browser tells no more paints; the idle time keeps INP unharmed. */
function onFirstInput(event: Event): void {
  if (!event.isTrusted || lcpFinal) return;
  const settle = (): void => {
    drain("largest-contentful-paint", onLargestPaint);
    finishPaint();
  };
  if (typeof requestIdleCallback === "function") requestIdleCallback(settle, { timeout: 1000 });
  else setTimeout(settle);
}

function onHidden(event: Event): void {
  if (document.visibilityState !== "hidden") return;
  finish();
  hiddenAt = Math.min(hiddenAt, event.timeStamp);
}

/** Reports what is known at this moment; entries not yet handed to us are taken first. */
function finish(): void {
  drain("paint", onPaint);
  drain("largest-contentful-paint", onLargestPaint);
  drain("layout-shift", onShifts);
  drain("event", onInteractions);
  drain("first-input", onInteractions);
  finishPaint();
  if (painted) report("CLS", shift.worst);
  report("INP", interactionToNextPaint());
}

function finishPaint(): void {
  report("LCP", lcp);
  lcpFinal = lcp >= 0;
}

function drain(type: string, handle: (entries: PerformanceEntryList) => void): void {
  const entries = observers[type]?.takeRecords() ?? [];
  if (entries.length) handle(entries);
}

/** A page that returns from the bfcache is a new view with vitals of its own. */
function onRestore(event: PageTransitionEvent): void {
  if (!event.persisted) return;
  navigation = "back-forward-cache";
  url = routeUrl(location.href);
  hiddenAt = Infinity;
  reported = {};
  shift = { worst: 0, sum: 0, first: 0, last: 0 };
  interactions = [];
  interactionsBefore = interactionCount();
  painted = true;
  lcpFinal = true;
  report("TTFB", 0);
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      lcp = performance.now() - event.timeStamp;
      report("FCP", lcp);
      report("LCP", lcp);
    }),
  );
}

function reportFirstByte(): void {
  const entry = navigationEntry();
  if (entry && entry.responseStart > 0) report("TTFB", sinceActivation(entry.responseStart));
}

function whenLoaded(then: () => void): void {
  if (document.readyState === "complete") setTimeout(then);
  else window.addEventListener("load", () => setTimeout(then), { once: true });
}

function report(name: VitalName, value: number): void {
  if (value < 0 || reported[name] === value || !isSampled(settings.sample.vitals)) return;
  reported[name] = value;
  const [good, poor] = LIMITS[name];
  const rating = value > poor ? "poor" : value > good ? "needs-improvement" : "good";
  const rounded = Math.round(value * 1e4) / 1e4;
  const vital = { name, value: rounded, rating, navigation } as const;
  offer({ type: "vital", ...vital, url, device: device() });
  for (const listener of listeners) listener(vital);
}

function firstHidden(): number {
  const began = activation();
  const told = performance
    .getEntriesByType("visibility-state")
    .find(({ name, startTime }) => name === "hidden" && startTime >= began);
  return told?.startTime ?? (document.visibilityState === "hidden" ? 0 : Infinity);
}

function navigationEntry(): PerformanceNavigationTiming | undefined {
  return performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined;
}

function activation(): number {
  const entry = navigationEntry() as { activationStart?: number } | undefined;
  return entry?.activationStart ?? 0;
}

function sinceActivation(time: number): number {
  return Math.max(time - activation(), 0);
}

function navigationType(): string {
  if (activation() > 0) return "prerender";
  if ((document as Prerendered).wasDiscarded) return "restore";
  return navigationEntry()?.type.replace(/_/g, "-") ?? "navigate";
}

/** As coarse as it can be: nothing here tells one visitor from another. */
export function device(): "desktop" | "mobile" | "tablet" {
  const hints = (navigator as { userAgentData?: { mobile?: boolean } }).userAgentData;
  if (hints?.mobile || /Mobi/.test(navigator.userAgent)) return "mobile";
  const touch = matchMedia("(pointer: coarse)").matches;
  return touch && Math.max(screen.width, screen.height) < 1400 ? "tablet" : "desktop";
}
