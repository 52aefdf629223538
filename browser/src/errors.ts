/** Errors of the page: caught, built into Sentry events, capped, and offered once each. */

import { offer } from "./beacon";
import {
  addBreadcrumb,
  breadcrumbs,
  randomHex,
  routeUrl,
  spanId,
  traceId,
  viewId,
} from "./context";
import { type Frame, isForeign, parseStack } from "./errors/stack";
import { settings } from "./settings";

export interface ErrorContext {
  level?: "fatal" | "error" | "warning" | "info";
  /** Whether the page went on: a boundary or a catch. */
  handled?: boolean;
  /** Where it was caught, for the operator: `boundary`, `onerror` and so on. */
  mechanism?: string;
  tags?: Record<string, string>;
  extra?: Record<string, unknown>;
  /** React's component stack. */
  componentStack?: string;
}

const PER_MINUTE = 5;
const MINUTE_MS = 60_000;
const CHAIN = 5;
const NOISE = /^(?:Script error\.?$|ResizeObserver loop )/;

const reported = new WeakMap<object, string>();
const seen = new Map<string, { since: number; count: number; held: number }>();
let tags: Record<string, string> = {};

/** Listens for what nobody caught. */
export function startErrors(): void {
  window.addEventListener("error", onError, true);
  window.addEventListener("unhandledrejection", ({ reason }) => {
    captureException(reason, { handled: false, mechanism: "onunhandledrejection" });
  });
  document.addEventListener("securitypolicyviolation", (violation) => {
    addBreadcrumb("security", `blocked by ${violation.effectiveDirective}`, {
      blocked: routeUrl(violation.blockedURI),
    });
  });
}

/** Puts a tag on every later error. */
export function setTag(name: string, value: string): void {
  tags = { ...tags, [name]: value };
}

/** Reports an error and returns its id, 32 hex digits; empty when it is noise or held back. */
export function captureException(error: unknown, context: ErrorContext = {}): string {
  try {
    if (typeof error === "object" && error !== null) {
      const known = reported.get(error);
      if (known !== undefined) return known;
    }
    const values = valuesOf(error, context);
    const top = values[values.length - 1];
    if (!top || NOISE.test(top.value) || isForeign(top.stacktrace?.frames ?? [])) return "";
    const held = holdBack(top);
    if (held < 0) return "";
    const id = randomHex(32);
    if (typeof error === "object" && error !== null) reported.set(error, id);
    offer({ type: "error", event: eventOf(id, values, context, held) });
    addBreadcrumb("error", top.value, { event_id: id }, "error");
    return id;
  } catch {
    // Watching must never break what is watched.
    return "";
  }
}

/** Reports a message as an event of its own. */
export function captureMessage(message: string, level: ErrorContext["level"] = "info"): string {
  const id = randomHex(32);
  const event = eventOf(id, [], { level }, 0);
  delete event["exception"];
  offer({ type: "error", event: { ...event, message } });
  return id;
}

function onError(event: Event): void {
  if (event instanceof ErrorEvent) {
    const error: unknown = event.error ?? event.message;
    captureException(error, { handled: false, mechanism: "onerror" });
    return;
  }
  // Resources that fail to load do not bubble; they are steps, not errors.
  const target = event.target;
  if (target instanceof HTMLScriptElement || target instanceof HTMLImageElement) {
    addBreadcrumb("resource", `${target.localName} failed`, { url: routeUrl(target.src) }, "error");
  }
}

interface ExceptionValue {
  type: string;
  value: string;
  mechanism: { type: string; handled: boolean };
  stacktrace?: { frames: Frame[] };
}

/** The error and what caused it, the cause first, as Sentry wants it. */
function valuesOf(error: unknown, context: ErrorContext): ExceptionValue[] {
  const values: ExceptionValue[] = [];
  const waiting: unknown[] = [error];
  const met = new Set<unknown>();
  while (waiting.length && values.length < CHAIN) {
    const next = waiting.shift();
    if (met.has(next)) continue;
    met.add(next);
    const type = values.length ? "chained" : (context.mechanism ?? "generic");
    values.unshift(valueOf(next, { type, handled: context.handled ?? true }));
    if (next instanceof Error) {
      if (next.cause !== undefined) waiting.push(next.cause);
      const inner: unknown = (next as { errors?: unknown }).errors;
      if (Array.isArray(inner)) waiting.push(...inner.slice(0, CHAIN));
    }
  }
  return values;
}

function valueOf(error: unknown, mechanism: ExceptionValue["mechanism"]): ExceptionValue {
  const known = error instanceof Error || error instanceof DOMException;
  const type = known ? error.name || "Error" : kindOf(error);
  const message = known ? error.message : describe(error);
  const value: ExceptionValue = { type, value: message.slice(0, 2000), mechanism };
  const frames = parseStack(known ? error.stack : "");
  if (frames.length) value.stacktrace = { frames };
  return value;
}

function kindOf(error: unknown): string {
  return typeof error === "string" ? "Error" : `Thrown ${error === null ? "null" : typeof error}`;
}

/** What was thrown, if not an error. Of objects only the names of the fields are told. */
function describe(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  const message = (error as { message?: unknown }).message;
  if (typeof message === "string") return message;
  return `object with ${Object.keys(error).slice(0, 20).join(", ") || "no fields"}`;
}

/** How many of this kind were held back so far; -1 when this one has to wait as well. */
function holdBack({ type, value, stacktrace }: ExceptionValue): number {
  const last = stacktrace?.frames[stacktrace.frames.length - 1];
  const kind = `${type} ${value.replace(/[0-9]+/g, "0")} ${last?.filename}:${last?.lineno}`;
  const now = performance.now();
  const known = seen.get(kind);
  if (known && now - known.since < MINUTE_MS) {
    known.count += 1;
    if (known.count > PER_MINUTE) {
      known.held += 1;
      return -1;
    }
    return 0;
  }
  if (seen.size > 100) seen.clear();
  seen.set(kind, { since: now, count: 1, held: 0 });
  return known?.held ?? 0;
}

function eventOf(
  id: string,
  values: ExceptionValue[],
  context: ErrorContext,
  held: number,
): Record<string, unknown> {
  const trace = traceId();
  const route = routeUrl(location.href);
  const event: Record<string, unknown> = {
    event_id: id,
    timestamp: Date.now() / 1000,
    platform: "javascript",
    level: context.level ?? (context.handled === false ? "fatal" : "error"),
    environment: settings.environment,
    sdk: { name: "tallow.browser", version: "0.1.0" },
    exception: { values },
    breadcrumbs: { values: breadcrumbs() },
    request: { url: route },
    tags: { ...tags, ...context.tags, app: settings.app },
    contexts: {
      ...(trace && { trace: { trace_id: trace, span_id: spanId(), op: "pageload" } }),
      ...(context.componentStack && { react: { componentStack: context.componentStack } }),
      page: { view: viewId(), visible: document.visibilityState, online: navigator.onLine },
    },
  };
  if (settings.release) event["release"] = settings.release;
  const extra = { ...context.extra, ...(held && { held_back: held }) };
  if (Object.keys(extra).length) event["extra"] = extra;
  return event;
}
