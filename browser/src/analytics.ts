/** Page views, events and funnels, without cookies, ids or anything kept. */

import { offer } from "./beacon";
import {
  addBreadcrumb,
  campaignUrl,
  newView,
  parseUrl,
  pathOf,
  referrerOrigin,
  routePath,
  routeUrl,
} from "./context";
import { settings } from "./settings";

export type Props = Record<string, string | number | boolean | null | undefined>;

export interface EventOptions {
  /** Whether it counts against a bounce. Left out: yes. */
  interactive?: boolean;
  revenue?: { amount: number | string; currency: string };
  /** Another address than the page's; cleaned like it. */
  url?: string;
}

/** An event as it would be queued; a listener may change it, or stop it by returning nothing. */
export interface Outgoing {
  name: string;
  url: string;
  referrer: string;
  props: Props;
  interactive: boolean;
  revenue?: { amount: number | string; currency: string };
}

type Transform = (event: Outgoing) => Outgoing | null | undefined;

type Ranges = readonly [limit: number, name: string][];

const JOURNEY = 20;
const MIB = 1_048_576;
/** The same ranges as Python's, so that both sides of a transfer count alike. */
const SIZES: Ranges = [
  [MIB, "<1MB"],
  [10 * MIB, "1-10MB"],
  [100 * MIB, "10-100MB"],
  [1024 * MIB, "100MB-1GB"],
  [10_240 * MIB, "1-10GB"],
  [Infinity, ">10GB"],
];
const DURATIONS: Ranges = [
  [1, "<1s"],
  [10, "1-10s"],
  [60, "10-60s"],
  [600, "1-10min"],
  [3600, "10-60min"],
  [Infinity, ">1h"],
];

const transforms: Transform[] = [];
let lastPath: string | undefined;
let journey: string[] = [];

/** Adds a step between an event and the queue. */
export function beforeSend(transform: Transform): void {
  transforms.push(transform);
}

/** Counts the page now and after every change of path, by script or by Back. */
export function startAnalytics(): void {
  if (!settings.autoPageviews) return;
  const plain = history.pushState;
  history.pushState = function (...step) {
    plain.apply(this, step);
    onPath();
  };
  window.addEventListener("popstate", onPath);
  if (settings.hashRouting) window.addEventListener("hashchange", onPath);
  window.addEventListener("pageshow", ({ persisted }) => {
    // The bfcache gave the page back: that is another view of it.
    if (persisted) count(true);
  });
  whenShown(() => count(false));
}

/** Counts a view of the page, or of `url`. */
export function pageview(url?: string, props: Props = {}): void {
  lastPath = pathOf(location);
  const route = campaignUrl(url ?? location.href);
  journey = [...journey, routePath(lastPath)].slice(-JOURNEY);
  addBreadcrumb("navigation", undefined, { to: route });
  send({ name: "pageview", url: route, referrer: referrerOrigin(), props, interactive: true });
}

/** Counts an event by name. */
export function track(name: string, props: Props = {}, options: EventOptions = {}): void {
  const { interactive = true, revenue, url = location.href } = options;
  addBreadcrumb("event", name);
  const event = { name: name.slice(0, 120), url: routeUrl(url), referrer: "", props, interactive };
  send(revenue ? { ...event, revenue } : event);
}

/** The routes seen in this visit, oldest first; kept in memory, at most 20. */
export function journeyOf(): string[] {
  return journey.slice();
}

/** Steps on the way to a goal. A step is counted once a funnel, and only if it is known. */
export function funnel(name: string, steps: readonly string[]): { step(step: string): void } {
  const done = new Set<string>();
  return {
    step(step) {
      if (done.has(step) || !steps.includes(step)) return;
      done.add(step);
      track("Funnel", { funnel: name, step, number: steps.indexOf(step) + 1 });
    },
  };
}

/** The events an app that moves files has; sizes and times leave as ranges. */
export const analytics = {
  pageview,
  track,
  funnel,
  journey: journeyOf,
  fileSent(sizeBytes: number, type: string, method: string): void {
    track("file_sent", { size: rangeOf(sizeBytes, SIZES), type, method });
  },
  fileReceived(sizeBytes: number, type: string, method: string): void {
    track("file_received", { size: rangeOf(sizeBytes, SIZES), type, method });
  },
  transferFailed(reason: string, method = ""): void {
    track("transfer_failed", method ? { reason, method } : { reason });
  },
  connectionEstablished(type: string, durationS?: number): void {
    const props = { type };
    if (durationS === undefined) track("connection_established", props);
    else track("connection_established", { ...props, duration: rangeOf(durationS, DURATIONS) });
  },
  featureUsed(feature: string, props: Props = {}): void {
    track("feature_used", { ...props, feature });
  },
};

/** Exact sizes and times can tell one transfer from all others; ranges cannot. */
function rangeOf(value: number, ranges: Ranges): string {
  return (value >= 0 && ranges.find(([limit]) => value <= limit)?.[1]) || "unknown";
}

/** A change of query alone is no new page; nor is a path set to what it was. */
function onPath(): void {
  if (pathOf(location) !== lastPath) count(true);
}

function count(again: boolean): void {
  if (again) newView();
  pageview();
}

/** A page loaded in the background or ahead of time counts when somebody sees it. */
function whenShown(then: () => void): void {
  if (document.visibilityState === "visible") {
    then();
    return;
  }
  const look = (): void => {
    if (document.visibilityState !== "visible") return;
    document.removeEventListener("visibilitychange", look);
    then();
  };
  document.addEventListener("visibilitychange", look);
}

function send(event: Outgoing): void {
  let next: Outgoing | null | undefined = event;
  for (const transform of transforms) next = next && transform(next);
  if (!next) return;
  const { url, referrer } = next;
  // What a transform made of the address is cleaned like the original.
  const clean = { ...next, url: url === event.url ? url : campaignUrl(url) };
  offer({ type: "event", ...clean, referrer: referrer && (parseUrl(referrer)?.origin ?? "") });
}
