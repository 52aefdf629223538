/** `/` searches, `j` and `k` move along the rows, Enter opens, `x` selects. */

const ROWS = "[data-row]";

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Moves the mark by `by` rows and brings that row into view. */
function move(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>(ROWS)];
  if (rows.length === 0) return;
  const now = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.min(Math.max(now + by, 0), rows.length - 1)];
  const place = next?.querySelector<HTMLElement>("summary, a[data-open], a");
  place?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

/** The page's own field if it has one, else the one in the bar. */
function searchField(): HTMLInputElement | null {
  return (
    document.querySelector<HTMLInputElement>("#page-search") ??
    document.querySelector<HTMLInputElement>("#search")
  );
}

function select(): void {
  const row = document.activeElement?.closest(ROWS);
  row?.querySelector<HTMLInputElement>("input[type=checkbox]")?.click();
}

export function bindKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = isTyping(event.target);
    if (event.key === "Escape" && typing) {
      (event.target as HTMLElement).blur();
      return;
    }
    if (typing && !(event.target instanceof HTMLInputElement && event.target.type === "checkbox")) {
      return;
    }
    const actions: Record<string, () => void> = {
      "/": () => searchField()?.focus(),
      j: () => move(1),
      k: () => move(-1),
      x: select,
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
