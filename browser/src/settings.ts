/** Every choice the SDK knows, with its default, and how a script tag says it. */

export type Consent = "unknown" | "granted" | "denied";
export type Respected = "dnt" | "gpc";
export type Level = "debug" | "info" | "warning" | "error" | "critical";

export interface Settings {
  /** Where batches go. The page's own origin keeps addresses from third parties. */
  url: string;
  /** Name of the application. */
  app: string;
  release: string;
  environment: string;
  /** Which signals of the browser silence analytics, vitals and measures. */
  respect: readonly Respected[];
  /** What the visitor said when asked; `denied` silences like DNT does. */
  consent: Consent;
  /** Whether errors still leave, scrubbed and without ids, when the visitor wants no analytics. */
  essentialErrors: boolean;
  /** Print to the console instead of sending. Left out: only on localhost and `file:`. */
  dev: boolean | undefined;
  /** Send from localhost too. */
  captureLocalhost: boolean;
  /** Route templates such as `/t/:id`; a path that matches none has its ids replaced by shape. */
  routes: readonly string[];
  /** Query parameters that may stay in a URL. `utm_*`, `ref` and `source` always may. */
  queryKeep: readonly string[];
  /** The fragment is the route (`#/inbox`). Otherwise fragments never leave the page. */
  hashRouting: boolean;
  /** Count page views without being asked. */
  autoPageviews: boolean;
  /** Share of page views whose signals are sent, 0 to 1. Errors are capped, never sampled. */
  sample: { vitals: number; measures: number };
  /** Least level a log line needs to leave. */
  logLevel: Level;
  /** Breadcrumbs kept for the next error. */
  breadcrumbs: number;
  /** Other origins whose requests may carry the trace. */
  traceOrigins: readonly string[];
  /** Address of a real Plausible script to load and feed with our cleaned events; empty: none. */
  plausibleScript: string;
  /** Site name the Plausible script reports for. */
  plausibleDomain: string;
}

export type Options = { [K in keyof Settings]?: Settings[K] | undefined };

const DEFAULTS: Settings = {
  url: "/api/event",
  app: "",
  release: "",
  environment: "production",
  respect: ["dnt", "gpc"],
  consent: "unknown",
  essentialErrors: true,
  dev: undefined,
  captureLocalhost: false,
  routes: [],
  queryKeep: [],
  hashRouting: false,
  autoPageviews: true,
  sample: { vitals: 1, measures: 1 },
  logLevel: "info",
  breadcrumbs: 30,
  traceOrigins: [],
  plausibleScript: "",
  plausibleDomain: "",
};

/** The choices in force. Replaced whole by `configure`. */
export let settings: Settings = DEFAULTS;

/** Lays `options` over what is in force; what is left out or undefined stays. */
export function configure(options: Options): Settings {
  const next: Record<string, unknown> = { ...settings };
  for (const [name, value] of Object.entries(options)) {
    if (name in DEFAULTS && value !== undefined) next[name] = value;
  }
  settings = next as unknown as Settings;
  return settings;
}

/** Reads `data-capture-localhost`, `data-routes="/t/:id /r/:id"` and so on; lists part at blanks. */
export function optionsOf(data: Readonly<Record<string, string | undefined>>): Options {
  const options: Record<string, unknown> = {};
  for (const [name, usual] of Object.entries(DEFAULTS)) {
    const said = data[name];
    if (said === undefined) continue;
    if (Array.isArray(usual)) options[name] = said.split(/[\s,]+/).filter(Boolean);
    else if (name === "dev" || typeof usual === "boolean") options[name] = said !== "false";
    else if (typeof usual === "number") options[name] = Number(said) || usual;
    else if (typeof usual === "string") options[name] = said;
  }
  return options as Options;
}

const LOCAL = /^(localhost|.+\.localhost|127(\.[0-9]{1,3}){3}|\[::1\]|)$/;

/** Whether items are printed for the developer instead of sent. */
export function isPrinting(): boolean {
  if (settings.dev !== undefined) return settings.dev;
  return LOCAL.test(location.hostname) && !settings.captureLocalhost;
}
