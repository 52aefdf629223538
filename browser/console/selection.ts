/** Many rows at once: the bar that appears when any is chosen, and the box that chooses all. */

import { announce } from "./announce";

const BOXES = "input[type=checkbox][name=issue]";

function boxes(form: HTMLFormElement): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>(BOXES)];
}

/** Brings every bulk bar in step with its rows. */
export function showSelection(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-bulk]")) {
    const all = boxes(form);
    const many = all.filter((box) => box.checked).length;
    form.classList.toggle("has-selection", many > 0);
    const words = form.querySelector("[data-bulk-count]");
    if (words) words.textContent = many === 1 ? "1 selected" : `${many} selected`;
    const every = form.querySelector<HTMLInputElement>("[data-bulk-all]");
    if (every) {
      every.checked = many > 0 && many === all.length;
      every.indeterminate = many > 0 && many < all.length;
    }
  }
}

export function bindSelection(): void {
  document.documentElement.classList.add("has-script");
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement)) return;
    const form = box.closest<HTMLFormElement>("form[data-bulk]");
    if (!form) return;
    if (box.matches("[data-bulk-all]")) {
      for (const other of boxes(form)) other.checked = box.checked;
    }
    showSelection();
    announce(form.querySelector("[data-bulk-count]")?.textContent ?? "");
  });
}
