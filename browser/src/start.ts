/** Wires the parts together. However often it is loaded, a page has one SDK: the first. */

import { analytics, beforeSend, funnel, journeyOf, pageview, startAnalytics, track } from "./analytics";
import { startPlausible } from "./analytics/plausible";
import { closeBeacon, counts, flush, prepareBeacon, startBeacon } from "./beacon";
import { isSilent, optOut } from "./consent";
import { addBreadcrumb, startContext, traceId, viewId } from "./context";
import { startRequests } from "./context/requests";
import { captureException, captureMessage, setTag, startErrors } from "./errors";
import { logger } from "./logs";
import { mark, measure, record, startPerformance, time } from "./performance";
import { configure, isPrinting, type Options } from "./settings";
import { onVital, startVitals } from "./vitals";

let started = false;

/** Starts watching the page. A second call only changes settings. Never throws. */
function init(options: Options = {}): void {
  configure(options);
  if (started || typeof window === "undefined") return;
  started = true;
  prepareBeacon();
  // The order matters: context first, and the beacon's listeners after everybody's.
  const steps = [
    startContext,
    startErrors,
    startRequests,
    startPlausible,
    startAnalytics,
    startVitals,
    startPerformance,
    startBeacon,
  ];
  for (const step of steps) {
    try {
      step();
    } catch (error) {
      // One part that a browser refuses must not take the others along.
      if (isPrinting()) console.warn("[tallow]", error);
    }
  }
}

/** What became of what was offered, and whether the visitor keeps us silent. */
function health(): typeof counts & { silent: boolean } {
  return { ...counts, silent: isSilent() };
}

const own = {
  init,
  flush,
  close: closeBeacon,
  optOut,
  health,
  isPrinting,
  captureException,
  captureMessage,
  addBreadcrumb,
  setTag,
  logger,
  analytics,
  track,
  pageview,
  funnel,
  journey: journeyOf,
  beforeSend,
  mark,
  measure,
  time,
  record,
  onVital,
  traceId,
  viewId,
};

export type Tallow = typeof own;

const shared = globalThis as Record<symbol, unknown>;
const KEY = Symbol.for("tallow");

/** The SDK of this page: ours, or that of the copy that was here before. */
export const tallow: Tallow = ((shared[KEY] as Tallow | undefined) ?? (shared[KEY] = own)) as Tallow;
