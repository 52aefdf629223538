/** Light or dark: the system's choice until the switch is pressed, then kept in a cookie. */

const COOKIE = "tallow_theme";

function isDark(): boolean {
  const chosen = document.documentElement.dataset["theme"];
  if (chosen) return chosen === "dark";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Shows the switch; `redraw` runs whenever colours change. */
export function bindTheme(redraw: (again: boolean) => void): void {
  const button = document.querySelector<HTMLButtonElement>("[data-theme-switch]");
  const say = (): void => {
    button?.setAttribute("aria-pressed", String(isDark()));
    button?.setAttribute("title", isDark() ? "Dark. Switch to light" : "Light. Switch to dark");
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    say();
    redraw(true);
  });
  if (!button) return;
  button.hidden = false;
  say();
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset["theme"] = theme;
    document.cookie = `${COOKIE}=${theme}; path=/; max-age=31536000; samesite=strict`;
    say();
    redraw(true);
  });
}
