/** The viewer's time zone: told to the server by a cookie, so that every time is written there. */

import { refreshNow } from "./refresh";

const COOKIE = "tallow_zone";

function zoneHere(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** Keeps the zone for a year; when it changed, asks for the page's times anew. */
export function keepZone(): void {
  const zone = zoneHere();
  if (document.body.dataset["zone"] === undefined || document.body.dataset["zone"] === zone) return;
  if (document.cookie.includes(`${COOKIE}=${zone};`)) return;
  document.cookie = `${COOKIE}=${zone}; path=/; max-age=31536000; samesite=strict`;
  refreshNow();
}

/** Names the zone once, at the foot of the page. */
export function showZone(): void {
  const place = document.querySelector("[data-zone-name]");
  if (place) place.textContent = zoneHere();
}
