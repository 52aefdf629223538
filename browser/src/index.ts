/** The public names; no other code. */

import { tallow } from "./start";

export type { EventOptions, Outgoing, Props } from "./analytics";
export type { Rating, VitalName } from "./beacon";
export type { ErrorContext } from "./errors";
export type { Fields, Logger } from "./logs";
export type { Consent, Level, Options, Respected, Settings } from "./settings";
export type { VitalReport } from "./vitals";
export { Counter, Gauge, Histogram } from "./metrics";
export { recordConnection, recordCryptoOperation, recordTransfer } from "./metrics";
export {
  containsPii,
  explain,
  type Finding,
  hashUserId,
  sanitizeProps,
  scrubObject,
  scrubPii,
  scrubUrl,
} from "./scrub";
export { tallow, type Tallow } from "./start";

export const {
  init,
  flush,
  close,
  optOut,
  health,
  captureException,
  captureMessage,
  addBreadcrumb,
  setTag,
  logger,
  analytics,
  track,
  pageview,
  funnel,
  mark,
  measure,
  time,
  record,
  onVital,
} = tallow;
