// Light or dark: the person's choice, else the system's. Loaded in the head, so that no page flashes.
const KEY = "theme";
const root = document.documentElement;

function apply(theme) {
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
}

function isDark() {
  if (root.dataset.theme) return root.dataset.theme === "dark";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

function toggle(button) {
  const theme = isDark() ? "light" : "dark";
  apply(theme);
  try { localStorage.setItem(KEY, theme); } catch { /* a browser that stores nothing still switches */ }
  button.setAttribute("aria-pressed", String(theme === "dark"));
  document.dispatchEvent(new CustomEvent("themechange"));
}

try { apply(localStorage.getItem(KEY)); } catch { /* the system's choice stays */ }

document.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("[data-theme-toggle]");
  if (!button) return;
  button.hidden = false;
  button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => toggle(button));
});
