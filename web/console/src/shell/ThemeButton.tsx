import { useState } from "react";
import { Icon, type IconName } from "../parts/Icon";

type Theme = "system" | "light" | "dark";

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
const ICON: Record<Theme, IconName> = { system: "contrast", light: "sun", dark: "moon" };
const STORED_AS = "eduscope.theme";

function current(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

function apply(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem(STORED_AS);
    else localStorage.setItem(STORED_AS, theme);
  } catch {
    // Storage can be switched off; the choice then lasts as long as the page.
  }
}

export function ThemeButton() {
  const [theme, setTheme] = useState(current);
  const label = `Theme: ${theme}. Change to ${NEXT[theme]}`;
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      onClick={() => {
        apply(NEXT[theme]);
        setTheme(NEXT[theme]);
      }}
    >
      <Icon name={ICON[theme]} />
    </button>
  );
}
