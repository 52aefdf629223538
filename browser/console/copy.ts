/** Copy buttons beside code. */

import { announce } from "./announce";

/** Shows the buttons, which are of no use without script. */
export function showCopy(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
    button.hidden = !navigator.clipboard;
  }
}

/** Copies the code beside a button when it is pressed. */
export function bindCopy(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
    const code = button?.parentElement?.querySelector("code");
    if (!code?.textContent) return;
    navigator.clipboard.writeText(code.textContent).then(
      () => announce("Copied"),
      () => announce("The browser did not allow copying"),
    );
  });
}
