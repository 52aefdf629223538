/** Light or dark: the system's choice until the switch is pressed. */

import { type ReactNode, useState } from "react";
import { HalfMoon } from "./icons";

const KEY = "tallow_theme";

function isDark(): boolean {
  const chosen = document.documentElement.dataset["theme"];
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Takes up what was chosen earlier, if the browser lets us remember. */
export function restoreTheme(): void {
  try {
    const theme = localStorage.getItem(KEY);
    if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;
  } catch {
    // Without storage the system decides.
  }
}

export function ThemeSwitch(): ReactNode {
  const [dark, setDark] = useState(isDark);
  const press = (): void => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset["theme"] = theme;
    setDark(theme === "dark");
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // It holds until the page is left.
    }
  };
  return (
    <button type="button" className="quiet" aria-pressed={dark} aria-label="Dark" onClick={press}>
      <HalfMoon />
    </button>
  );
}
