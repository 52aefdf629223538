/** Page views, events and funnels, without cookies, ids or anything kept. */

import { offer } from "./beacon";
import { addBreadcrumb, campaignUrl, newView, pathOf, referrerOrigin, routePath, routeUrl } from "./context";
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

const JOURNEY = 20;
const MB = 1_048_576;
const SIZES: readonly [number, string][] = [
  [MB, "< 1 MB"],
  [10 * MB, "1-10 MB"],
  [100 * MB, "10-100 MB"],
  [1024 * MB, "100 MB-1 GB"],
];
const DURATIONS: readonly [number, string][] = [
  [100, "< 100 ms"],
  [1000, "100 ms-1 s"],
  [10_000, "1-10 s"],
  [60_000, "10-60 s"],
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
  fileSent(size: number, type: string, method: string): void {
    track("file_sent", { size: rangeOf(size, SIZES, "> 1 GB"), type, method });
  },
  fileReceived(size: number, type: string, method: string): void {
    track("file_received", { size: rangeOf(size, SIZES, "> 1 GB"), type, method });
  },
  transferFailed(reason: string, method: string): void {
    track("transfer_failed", { reason, method });
  },
  connectionEstablished(type: string, durationMs: number): void {
    track("connection_established", { type, duration: rangeOf(durationMs, DURATIONS, "> 1 min") });
  },
  featureUsed(feature: string): void {
    track("feature_used", { feature });
  },
  settingChanged(setting: string): void {
    track("setting_changed", { setting });
  },
};

function rangeOf(value: number, ranges: readonly [number, string][], beyond: string): string {
  return ranges.find(([limit]) => value < limit)?.[1] ?? beyond;
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
  if (next) offer({ type: "event", ...next });
}
