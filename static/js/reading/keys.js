// The one table of keys. Position keys go by event.code, so that they lie under the same fingers on every keyboard.
const BY_CODE = { KeyF: "positive", KeyJ: "negative", KeyU: "undo", Backspace: "undo" };
const BY_KEY = {
  "+": "zoomIn", "=": "zoomIn", "-": "zoomOut", "0": "fit", "9": "actualSize", "?": "help",
  ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down",
};
// Only looking closer goes on while a key is held down; an answer never does.
const REPEATABLE = new Set(["zoomIn", "zoomOut", "left", "right", "up", "down"]);
// Typing, and choosing with arrows inside a group of radio buttons, stay what they are.
const OWN_ARROWS = "input, select, textarea";

export function commandOf(event, levels) {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return null;
  if (event.key.startsWith("Arrow") && event.target.closest?.(OWN_ARROWS)) return null;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  if (digit && !event.shiftKey && Number(digit[1]) <= levels) return `confidence-${digit[1]}`;
  return BY_KEY[event.key] ?? (event.shiftKey ? null : BY_CODE[event.code]) ?? null;
}

export function listen({ levels, isOn, run }) {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || !isOn()) return;
    const command = commandOf(event, levels);
    if (!command) return;
    event.preventDefault();
    if (!event.repeat || REPEATABLE.has(command)) run(command, "keyboard");
  });
}
