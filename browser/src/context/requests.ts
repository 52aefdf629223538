/** Requests and clicks of the page, as breadcrumbs; and the trace on requests to our own origin. */

import { addBreadcrumb, parseUrl, randomHex, routeUrl, traceId } from "../context";
import { settings } from "../settings";

const CLICKABLE = "a,button,summary,[role=button],input[type=submit],input[type=checkbox]";

/** Wraps `fetch`, `XMLHttpRequest` and listens for clicks. */
export function startRequests(): void {
  wrapFetch();
  wrapXhr();
  wrapConsole();
  window.addEventListener("click", onClick, { capture: true, passive: true });
}

function wrapFetch(): void {
  const plain = window.fetch;
  window.fetch = async function (input, init) {
    const url = input instanceof Request ? input.url : String(input);
    if (isOurs(url)) return plain.call(window, input, init);
    const method = init?.method ?? (input instanceof Request ? input.method : "GET");
    const began = performance.now();
    try {
      const answer = await plain.call(window, ...traced(url, input, init));
      note("fetch", method, url, answer.status, began);
      return answer;
    } catch (error) {
      note("fetch", method, url, 0, began);
      throw error;
    }
  };
}

type Call = [input: RequestInfo | URL, init?: RequestInit | undefined];

/** The same call with the trace in its headers, where the trace may go. */
function traced(url: string, input: RequestInfo | URL, init?: RequestInit): Call {
  const trace = mayTrace(url) ? traceId() : "";
  if (!trace || init?.mode === "no-cors") return [input, init];
  const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}));
  if (!headers.has("traceparent")) headers.set("traceparent", `00-${trace}-${randomHex(16)}-01`);
  return [input, { ...init, headers }];
}

function wrapXhr(): void {
  const methods = XMLHttpRequest.prototype;
  const { open, send } = methods;
  const calls = new WeakMap<XMLHttpRequest, { method: string; url: string }>();
  methods.open = function (this: XMLHttpRequest, ...call: unknown[]) {
    calls.set(this, { method: String(call[0]), url: String(call[1]) });
    return (open as (...call: unknown[]) => void).apply(this, call);
  };
  methods.send = function (body) {
    const call = calls.get(this);
    if (call && !isOurs(call.url)) {
      const trace = mayTrace(call.url) ? traceId() : "";
      if (trace) this.setRequestHeader("traceparent", `00-${trace}-${randomHex(16)}-01`);
      const began = performance.now();
      this.addEventListener("loadend", () => note("xhr", call.method, call.url, this.status, began));
    }
    return send.call(this, body);
  };
}

/** Warnings and errors the page says on its console are steps too. */
function wrapConsole(): void {
  for (const level of ["warn", "error"] as const) {
    const plain = console[level];
    console[level] = function (...said: unknown[]) {
      const words = said.filter((word) => typeof word === "string" || word instanceof Error);
      addBreadcrumb("console", words.join(" "), undefined, level === "warn" ? "warning" : level);
      plain.apply(console, said);
    };
  }
}

function note(kind: string, method: string, url: string, status: number, began: number): void {
  addBreadcrumb(
    kind,
    undefined,
    { method, url: routeUrl(url), status_code: status, duration_ms: Math.round(performance.now() - began) },
    status >= 400 || !status ? "error" : undefined,
  );
}

function isOurs(url: string): boolean {
  return parseUrl(url)?.href === parseUrl(settings.url)?.href;
}

/** Our own origin and those named in the settings: elsewhere ids would leak and force preflights. */
function mayTrace(url: string): boolean {
  const origin = parseUrl(url)?.origin;
  return origin !== undefined && [location.origin, ...settings.traceOrigins].includes(origin);
}

/** Only tag, id and classes: texts, names and labels may be somebody's. */
function onClick(event: Event): void {
  const target = event.target instanceof Element ? event.target.closest(CLICKABLE) : null;
  if (!target) return;
  const id = target.id && `#${target.id}`;
  const classes = Array.from(target.classList, (name) => `.${name}`).slice(0, 3).join("");
  addBreadcrumb("ui.click", `${target.localName}${id}${classes}`);
}
