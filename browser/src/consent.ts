/** Whether the visitor lets us count: DNT, GPC, an opt-out, a refusal. Asked again at each send. */

import { settings } from "./settings";

interface Signals {
  doNotTrack?: string | null;
  msDoNotTrack?: string | null;
  globalPrivacyControl?: boolean;
}

let optedOut = false;

/** Stops analytics, vitals and measures until the page is left. Nothing is stored. */
export function optOut(): void {
  optedOut = true;
}

/** Whether analytics, vitals, measures and ids must stay in the page. */
export function isSilent(): boolean {
  if (optedOut || settings.consent === "denied") return true;
  const browser = navigator as Signals;
  const { respect } = settings;
  if (respect.includes("gpc") && browser.globalPrivacyControl === true) return true;
  if (respect.includes("dnt")) {
    const said = browser.doNotTrack ?? (window as Signals).doNotTrack ?? browser.msDoNotTrack;
    if (said === "1" || said === "yes") return true;
  }
  return hasIgnoreMark();
}

/** The mark Plausible's users know for leaving themselves out of the count; only ever read. */
function hasIgnoreMark(): boolean {
  try {
    return localStorage.getItem("plausible_ignore") === "true";
  } catch {
    return false;
  }
}
