/** Nothing personal leaves: the twin of Python's `tallow.scrub`, by the same rules and vectors. */

import { scrubAddress } from "./scrub/urls";
import { DROPPED, Walker } from "./scrub/walk";

export { explain, type Finding } from "./scrub/explain";
export { hashUserId } from "./scrub/identity";

/** `text` with a marker in place of everything personal or secret. */
export function scrubPii(text: string): string {
  return String(new Walker().walk(text));
}

/** Whether `scrubPii` would change `text`. */
export function containsPii(text: string): boolean {
  let found = false;
  new Walker(() => (found = true)).walk(text);
  return found;
}

/** Any value as plain data with keys and values scrubbed; it never throws. */
export function scrubObject(value: unknown): unknown {
  return new Walker().walk(value);
}

/** `url` without credentials, fragment and all but the allowed query parameters. */
export function scrubUrl(url: string): string {
  try {
    return scrubAddress(url, scrubPii);
  } catch {
    return DROPPED;
  }
}

/** The properties of an event, scrubbed. */
export function sanitizeProps(props: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const scrubbed = scrubObject(props);
  return typeof scrubbed === "object" ? (scrubbed as Record<string, unknown>) : {};
}
