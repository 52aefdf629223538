/** Keeps a live page fresh: htmx fetches the inside of `main` and morphs it, so nothing jumps. */

import htmx from "htmx.org";

const VIEW = "#view";
let lastGood = Date.now();
let failing = false;
let asking = false;
let dragging = false;

/** Fetches the page again now; does nothing while another fetch is under way. */
export function refreshNow(): void {
  if (asking) return;
  asking = true;
  htmx
    .ajax("GET", location.pathname + location.search, { target: VIEW, swap: "innerMorph" })
    .catch(() => undefined)
    .finally(() => {
      asking = false;
    });
}

/** Whether the person is doing something that new data would get in the way of. */
function isBusy(): boolean {
  const chosen = getSelection();
  const view = document.querySelector(VIEW);
  const reading = chosen && !chosen.isCollapsed && view?.contains(chosen.anchorNode);
  return dragging || Boolean(reading) || document.querySelector("details[data-menu][open]") !== null;
}

function say(): void {
  const place = document.querySelector<HTMLElement>("[data-stale]");
  document.body.classList.toggle("is-stale", failing);
  if (!place) return;
  place.hidden = !failing;
  if (failing) {
    const at = new Date(lastGood).toLocaleTimeString();
    place.textContent = `The console does not answer. What you see is from ${at}; it goes on by itself.`;
  }
}

function settle(good: boolean): void {
  if (good) lastGood = Date.now();
  if (failing === !good) return;
  failing = !good;
  say();
}

/** `improve` runs after each swap. */
export function bindRefresh(improve: () => void): void {
  // A details element the reader opened stays open: the server does not know of it.
  htmx.registerExtension("keep-open", {
    htmx_before_morph_attr: (element: Element, detail: { attrName: string }) =>
      !(element.tagName === "DETAILS" && detail.attrName === "open"),
  });
  document.addEventListener("htmx:after:swap", () => improve());
  document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = (event as CustomEvent<{ ctx?: { response?: { raw?: Response } } }>).detail;
    // Signed out meanwhile: the answer is the sign-in page, which belongs in no other.
    if (!ctx?.response?.raw?.redirected) return;
    event.preventDefault();
    location.reload();
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = (event as CustomEvent<{ ctx?: { response?: { status: number } } }>).detail;
    const status = ctx?.response?.status ?? 0;
    settle(status > 0 && status < 500);
  });
  document.addEventListener("htmx:error", () => settle(false));
  document.addEventListener("pointerdown", (event) => {
    dragging = event.target instanceof Element && event.target.closest(".u-over") !== null;
  });
  document.addEventListener("pointerup", () => {
    dragging = false;
  });
  const every = Number(document.body.dataset["refresh"] ?? 0);
  if (every <= 0) return;
  setInterval(() => {
    if (!document.hidden && !isBusy()) refreshNow();
  }, every * 1000);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refreshNow();
  });
}
