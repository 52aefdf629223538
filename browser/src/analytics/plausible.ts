/** What pages written for Plausible expect: `window.plausible`, its queue, its options, its script. */

import { beforeSend, type EventOptions, type Outgoing, pageview, type Props, track } from "../analytics";
import { isSilent } from "../consent";
import { cleanUrl } from "../context";
import { sanitizeProps, scrubPii } from "../scrub";
import { configure, isPrinting, settings } from "../settings";

interface CallOptions extends EventOptions {
  props?: Props;
  u?: string;
  callback?: (result?: { status?: number }) => void;
}

interface InitOptions {
  autoCapturePageviews?: boolean;
  hashBasedRouting?: boolean;
  captureOnLocalhost?: boolean;
  outboundLinks?: boolean;
  fileDownloads?: boolean | { fileExtensions: string[] };
  formSubmissions?: boolean;
  customProperties?: Props | ((event: string) => Props);
  transformRequest?: (payload: Payload) => Payload | null | undefined;
}

/** The body Plausible's own tracker would send; `transformRequest` is written for its names. */
interface Payload {
  n: string;
  u: string;
  r: string | null;
  p?: Props;
  i?: boolean;
  d?: string;
}

type Call = [name: string, options?: CallOptions];

interface Plausible {
  (...call: Call): void;
  q?: ArrayLike<unknown>[];
  o?: InitOptions;
  init?: (options?: InitOptions) => void;
  l?: boolean;
}

declare global {
  interface Window {
    plausible?: Plausible;
  }
}

const FILES = /\.(?:pdf|xlsx?|docx?|txt|rtf|csv|exe|key|pps|pptx?|7z|pkg|rar|gz|zip|avi|mov|mp4|mpe?g|wmv|midi?|mp3|wav|wma|dmg)$/i;

let wanted: InitOptions = {};

/**
 * Reads what the page set before we came and takes `window.plausible` over; or, with a script
 * configured, loads the real one and hands it our cleaned events. Call it before page views start.
 */
export function startPlausible(): void {
  const early = window.plausible;
  if (settings.plausibleScript) {
    loadScript();
    return;
  }
  if (early?.l) return; // The real script is here already.
  const plausible: Plausible = (...call) => answer(call);
  plausible.init = (options) => apply(options ?? {});
  plausible.l = true;
  window.plausible = plausible;
  beforeSend(withCustomProperties);
  beforeSend(transformed);
  document.addEventListener("click", onClick, true);
  document.addEventListener("auxclick", onClick, true);
  document.addEventListener("submit", onSubmit, true);
  if (early?.o) apply(early.o);
  // A call queued before the page view must not come ahead of it.
  for (const call of early?.q ?? []) setTimeout(() => answer(Array.from(call) as Call));
}

function apply(options: InitOptions): void {
  wanted = { ...wanted, ...options };
  configure({
    autoPageviews: options.autoCapturePageviews,
    hashRouting: options.hashBasedRouting,
    captureLocalhost: options.captureOnLocalhost,
  });
}

function answer([name, options = {}]: Call): void {
  const url = options.url ?? options.u;
  if (name === "pageview") pageview(url, options.props);
  else track(name, options.props, url === undefined ? options : { ...options, url });
  if (options.callback) setTimeout(options.callback, 0, { status: 202 });
}

function withCustomProperties(event: Outgoing): Outgoing {
  const { customProperties: more } = wanted;
  if (!more) return event;
  return { ...event, props: { ...(typeof more === "function" ? more(event.name) : more), ...event.props } };
}

function transformed(event: Outgoing): Outgoing | null {
  if (!wanted.transformRequest) return event;
  const { name: n, url: u, referrer: r, props: p, interactive: i } = event;
  const payload = wanted.transformRequest({ n, u, r, p, i, d: settings.app });
  if (!payload) return null;
  return {
    ...event,
    name: payload.n,
    url: payload.u,
    referrer: payload.r ?? "",
    props: payload.p ?? {},
    interactive: payload.i ?? true,
  };
}

/** Tagged elements, links that lead away, downloads. */
function onClick(event: MouseEvent): void {
  if (event.button > 1 || !(event.target instanceof Element)) return;
  const tagged = event.target.closest("[class*=plausible-event-name]");
  if (tagged && !(tagged instanceof HTMLFormElement)) trackTagged(tagged);
  const link = event.target.closest<HTMLAnchorElement>("a[href]");
  if (!link || tagged || !/^https?:$/.test(link.protocol)) return;
  if (isDownload(link.pathname)) {
    track("File Download", { url: link.origin + link.pathname });
  } else if (wanted.outboundLinks && link.host !== location.host) {
    track("Outbound Link: Click", { url: link.origin + link.pathname });
  }
}

function isDownload(path: string): boolean {
  const { fileDownloads: files } = wanted;
  if (!files) return false;
  if (files === true) return FILES.test(path);
  return files.fileExtensions.some((ending) => path.endsWith(`.${ending}`));
}

function onSubmit({ target }: Event): void {
  if (!(target instanceof HTMLFormElement)) return;
  const tagged = target.closest("[class*=plausible-event-name]");
  if (tagged) trackTagged(tagged);
  else if (wanted.formSubmissions) track("Form: Submission", { path: location.pathname });
}

/** Reads `plausible-event-name=Sign+up plausible-event-plan=free`; `--` stands for `=` too. */
function trackTagged(element: Element): void {
  const props: Record<string, string> = {};
  for (const word of Array.from(element.classList)) {
    const [, key, value] = /^plausible-event-(.+?)(?:=|--)(.+)$/.exec(word) ?? [];
    if (key && value) props[key] = value.replace(/\+/g, " ");
  }
  const { name, ...rest } = props;
  if (name) track(name, rest);
}

/**
 * The real tracker sends the address with query and fragment. Ours is asked to count nothing by
 * itself and to leave out both; each of our events, already cleaned, is handed on to it.
 */
function loadScript(): void {
  if (isSilent() || isPrinting()) return;
  const queue: ArrayLike<unknown>[] = [];
  const stub: Plausible = (...call) => void queue.push(call);
  stub.q = queue;
  stub.o = { autoCapturePageviews: false, transformRequest: withoutQuery };
  stub.init = (options) => void (stub.o = { ...stub.o, ...options });
  window.plausible ??= stub;
  const script = document.createElement("script");
  script.defer = true;
  script.src = settings.plausibleScript;
  script.dataset["domain"] = settings.plausibleDomain || location.hostname;
  document.head.append(script);
  beforeSend((event) => {
    const props = sanitizeProps(event.props) as Props;
    const { interactive } = event;
    const [name, u] = [scrubPii(event.name), cleanUrl(event.url)];
    if (!isSilent()) window.plausible?.(name, { u, props, interactive });
    return event;
  });
}

function withoutQuery(payload: Payload): Payload {
  const bare = (address: string): string => address.split(/[?#]/)[0] ?? "";
  return { ...payload, u: bare(payload.u), r: payload.r && bare(payload.r) };
}
