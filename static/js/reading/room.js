// The page of the reading screen: its form, its status line and what is remembered of the reader's wishes.
const room = document.getElementById("room");
const state = document.getElementById("state");
const keysOn = document.getElementById("keys-on");
const WISH = "reader-study-keys";

export const text = room.dataset;
export const levels = Number(text.levels);
export const form = document.getElementById("answers");
export const pane = document.getElementById("pane");

export const filled = (pattern, { number, total }) => pattern.replace("{number}", number).replace("{total}", total);
export const chosen = (name) => form.querySelector(`input[name="${name}"]:checked`);
export const tool = (command) => room.querySelector(`[data-command="${command}"]`);
export const tools = () => room.querySelectorAll("[data-command]");

export function choose(name, value) {
  form.querySelector(`input[name="${name}"][value="${value}"]`).checked = true;
}

export function say(message, kind = "") {
  state.textContent = message;
  state.dataset.kind = kind;
}

export function sayWithLink(message, href) {
  say("", "warning");
  const link = document.createElement("a");
  link.href = href;
  link.textContent = message;
  state.append(link);
  return link;
}

export function setBusy(value) { room.toggleAttribute("data-busy", value); }
export function setReady(number) {
  if (number === null) delete text.ready;
  else text.ready = number;
}

// Single-character shortcuts can be switched off (WCAG 2.1.4); the wish outlives the page.
export const keysAreOn = () => keysOn.checked;
keysOn.checked = localStorage.getItem(WISH) !== "off";
keysOn.addEventListener("change", () => localStorage.setItem(WISH, keysOn.checked ? "on" : "off"));
room.toggleAttribute("data-live", true);
