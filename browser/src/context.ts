/** What the page knows about itself: its route, trace, view and the steps that led here. */

import { isSilent } from "./consent";
import { scrubPii, scrubUrl } from "./scrub";
import { settings } from "./settings";

export interface Breadcrumb {
  /** Unix seconds. */
  timestamp: number;
  category: string;
  message?: string;
  level?: string;
  type?: string;
  data?: Record<string, unknown>;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
const NO_TRACE = "0".repeat(32);
const ALWAYS_KEPT = /^(utm_[a-z]{1,20}|ref|source)$/;
// Numbers, hex, UUIDs, code phrases (`7-lamp-otter-reef`) and long tokens of mixed characters;
// other words with hyphens are page names.
const ID_SHAPES =
  /^(?:[0-9]{5,}|[0-9]+(?:-[a-z]{2,12}){3}|(?=.*[0-9])[0-9a-f]{8,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=.*[0-9])[0-9a-z_]{14,}|(?=.*[0-9])(?=.*[A-Z])[\w~.=-]{18,}|[\w~.=-]{60,})$/i;

let trace = "";
let span = "";
let view = "";
let steps: Breadcrumb[] = [];

/** `count` hex digits from the browser's own randomness. */
export function randomHex(count: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(count / 2));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Reads the trace the server gave this page, by `Server-Timing` or by a meta tag, or makes one. */
export function startContext(): void {
  trace = serverTrace() || randomHex(32);
  span = randomHex(16);
  newView();
}

/** Span of this page's own work inside its trace, 16 hex digits. */
export function spanId(): string {
  return span;
}

/** Begins another page view: a navigation inside the page, or a return from the bfcache. */
export function newView(): void {
  view = randomHex(16);
}

/** Trace of this page, 32 hex digits; empty when the visitor wants no ids. */
export function traceId(): string {
  return isSilent() ? "" : trace;
}

/** This page view, 16 hex digits, in memory only; empty when the visitor wants no ids. */
export function viewId(): string {
  return isSilent() ? "" : view;
}

/** Whether this page view is in a sample of the given share; the same view always answers alike. */
export function isSampled(share: number): boolean {
  return parseInt(view.slice(0, 8), 16) < share * 2 ** 32;
}

function serverTrace(): string {
  const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const timing = entry?.serverTiming?.find(({ name }) => name === "traceparent");
  const meta = document.querySelector<HTMLMetaElement>('meta[name="traceparent"]');
  const found = TRACEPARENT.exec(timing?.description ?? meta?.content ?? "")?.[1];
  return found && found !== NO_TRACE ? found : "";
}

/** Remembers a step for the next error. Nothing leaves because of it. */
export function addBreadcrumb(
  category: string,
  message?: string,
  data?: Record<string, unknown>,
  level?: string,
): void {
  const step: Breadcrumb = { timestamp: Date.now() / 1000, category };
  if (message) step.message = message.slice(0, 500);
  if (data) step.data = data;
  if (level) step.level = level;
  steps.push(step);
  if (steps.length > settings.breadcrumbs) steps = steps.slice(-settings.breadcrumbs);
}

/** The steps so far, oldest first. */
export function breadcrumbs(): Breadcrumb[] {
  return steps.slice();
}

/** Origin and route of an address: no fragment, no credentials, no parameters. Not yet scrubbed. */
export function routeUrl(href: string): string {
  const url = parseUrl(href);
  if (!url) return "";
  if (!/^https?:$/.test(url.protocol)) return url.protocol;
  return url.origin + routePath(pathOf(url));
}

/** As `routeUrl`, with the parameters that say which campaign or page sent the visitor. */
export function campaignUrl(href: string): string {
  const kept = Array.from(parseUrl(href)?.searchParams ?? [])
    .filter(([name]) => ALWAYS_KEPT.test(name) || settings.queryKeep.includes(name))
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return routeUrl(href) + (kept.length ? `?${kept.join("&")}` : "");
}

/** A route scrubbed. Our own host is no person, even where it is an IP address. */
export function cleanUrl(route: string): string {
  const { origin } = location;
  return route.startsWith(`${origin}/`) ? origin + scrubPii(route.slice(origin.length)) : scrubUrl(route);
}

/** Where the path of a view stands: in the fragment for hash routers. */
export function pathOf(url: URL | Location): string {
  return settings.hashRouting ? url.pathname + url.hash.split("?")[0] : url.pathname;
}

/** Only the origin of the page that led here; empty for our own. */
export function referrerOrigin(): string {
  const url = parseUrl(document.referrer);
  return url && url.origin !== location.origin && url.origin !== "null" ? url.origin : "";
}

/** The template a path matches, or the path with every segment that looks like an id as `:id`. */
export function routePath(path: string): string {
  const segments = path.split("/");
  const template = settings.routes.find((route) => matches(route.split("/"), segments));
  if (template !== undefined) return template;
  return segments.map((segment) => (ID_SHAPES.test(segment) ? ":id" : segment)).join("/");
}

function matches(template: string[], segments: string[]): boolean {
  return (
    template.length === segments.length &&
    template.every((part, at) => part === segments[at] || (part.startsWith(":") && segments[at]))
  );
}

/** An address as the browser reads it, relative to the page; undefined when it is none. */
export function parseUrl(href: string): URL | undefined {
  try {
    return new URL(href, location.href);
  } catch {
    return undefined;
  }
}
