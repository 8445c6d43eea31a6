// The page of the reading screen: its form, its status lines and what is remembered of the reader's wishes.
const room = document.getElementById("room");
const state = document.getElementById("state");
const kept = document.getElementById("kept");
const keysOn = document.getElementById("keys-on");
const WISH = "reader-study-keys";
const CALM = 600; // ms after which an answer on its way is spoken of

export const GUARD = 250; // ms in which keys of the case before, or held down, are not taken for an answer or for going on
export const PATIENT = 700; // ms after which the reader is told what is waited for
export const RETRY = 2000;
export const LATER = 10000;
export const text = room.dataset;
export const levels = Number(text.levels);
export const form = document.getElementById("answers");
export const pane = document.getElementById("pane");

export const filled = (pattern, words) => pattern.replace(/\{(\w+)\}/g, (_, name) => words[name]);
export const pause = (duration) => new Promise((done) => setTimeout(done, duration));
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

// Takes these words back, where nothing else was said since.
export function unsay(...messages) {
  if (messages.includes(state.textContent)) say("");
}

// What became of the answers: saved, so many waiting, offline, signed out. Always on the screen.
let later = null;
export function showKept({ waiting, unreachable, stopped }) {
  const number = waiting === 1 ? text.textWaitingOne : filled(text.textWaitingMany, { number: waiting });
  const why = { "signed-out": text.textSignedOut, "somebody-else": text.textSignedOut }[stopped] ?? (unreachable ? text.textOffline : "");
  document.getElementById("sign-in-again").hidden = !["signed-out", "somebody-else"].includes(stopped);
  clearTimeout(later);
  text.waiting = waiting;
  const show = () => {
    kept.textContent = [why, waiting ? number : why ? "" : text.textSaved].filter(Boolean).join(" · ");
    kept.dataset.kind = why ? "warning" : "";
  };
  if (waiting && !why) later = setTimeout(show, CALM);
  else show();
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
