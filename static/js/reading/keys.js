// The one table of keys. A letter goes by event.code, so that it lies under the same finger on every keyboard; anything
// else by event.key, what it writes. Readers may give a command another key; it is remembered in this browser.
const STANDARD = {
  positive: ["KeyF"],
  negative: ["KeyJ"],
  notAssessable: ["KeyN"],
  undo: ["KeyU", "Backspace"],
  zoomIn: ["+", "="],
  zoomOut: ["-"],
  fit: ["0"],
  actualSize: ["9"],
  fullscreen: ["KeyV"],
  pause: ["KeyP"],
  help: ["?"],
  left: ["ArrowLeft"],
  right: ["ArrowRight"],
  up: ["ArrowUp"],
  down: ["ArrowDown"],
};
const WRITTEN = { Backspace: "⌫", "-": "−", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };
// Moving the focus, closing a dialog, pressing a button and answering "how sure" stay where they are.
const FIXED = /^(Tab|Enter|Escape|Arrow.*|[1-8 ]|Shift|Control|Alt|AltGraph|Meta|CapsLock|Dead|Unidentified|F\d+)$/;
// Only looking closer goes on while a key is held down; an answer never does.
const REPEATABLE = new Set(["zoomIn", "zoomOut", "left", "right", "up", "down"]);
// Typing, and choosing with arrows inside a group of radio buttons, stay what they are.
const OWN_ARROWS = "input, select, textarea";
const TYPING = 'textarea, select, input:not([type="radio"], [type="checkbox"], [type="range"])';
const STORE = "reader-study-key-map";

// {command: {name, label}} of those that the reader has changed.
let changed = {};
try { changed = JSON.parse(localStorage.getItem(STORE)) ?? {}; } catch { /* the standard keys */ }

function keep(map) {
  changed = map;
  try { localStorage.setItem(STORE, JSON.stringify(map)); } catch { /* until the page is left */ }
}

const nameOf = (event) => (/^Key[A-Z]$/.test(event.code) ? event.code : event.key);
const namesOf = (command) => (changed[command] ? [changed[command].name] : STANDARD[command]);
const commandNamed = (name) => Object.keys(STANDARD).find((command) => namesOf(command).includes(name));

export function labelsOf(command) {
  if (changed[command]) return [changed[command].label];
  return STANDARD[command].filter((name) => name !== "=").map((name) => WRITTEN[name] ?? name.replace("Key", ""));
}

// Gives the command the key of the event: "" when done, "fixed" when the key has a meaning of its own, or the command
// that has the key already.
export function change(command, event) {
  const name = nameOf(event);
  if (FIXED.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return "fixed";
  const other = commandNamed(name);
  if (other && other !== command) return other;
  keep({ ...changed, [command]: { name, label: WRITTEN[event.key] ?? event.key.toUpperCase() } });
  return "";
}
export const reset = () => keep({});

export function commandOf(event, digits) {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.target.closest?.(TYPING)) return null;
  if (event.key.startsWith("Arrow") && event.target.closest?.(OWN_ARROWS)) return null;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  if (digit && !event.shiftKey && Number(digit[1]) <= digits) return `confidence-${digit[1]}`;
  const name = nameOf(event);
  return event.shiftKey && name === event.code ? null : commandNamed(name) ?? null;
}

export function listen({ digits, isOn, run }) {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || !isOn()) return;
    const command = commandOf(event, digits());
    if (!command) return;
    event.preventDefault();
    if (!event.repeat || REPEATABLE.has(command)) run(command, "keyboard");
  });
}
