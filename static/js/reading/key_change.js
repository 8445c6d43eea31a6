// Changing keys, in the table of keys: press the button, then the new key.
import { change, reset } from "./keys.js";
import { showKeys } from "./key_labels.js";

const table = document.querySelector("table.keys");
const state = document.getElementById("keys-state");
const texts = state.dataset;
const nameOf = (command) => table.querySelector(`[data-name-of="${command}"]`)?.textContent.trim() ?? command;
const filled = (pattern, words) => pattern.replace(/\{(\w+)\}/g, (_, name) => words[name]);
let waiting = null;

function stop() {
  waiting?.setAttribute("aria-pressed", "false");
  waiting = null;
}

function begin(button) {
  stop();
  waiting = button;
  button.setAttribute("aria-pressed", "true");
  state.textContent = filled(texts.press, { command: nameOf(button.dataset.changeKeyOf) });
}

function take(event) {
  if (!waiting || ["Shift", "Control", "Alt", "AltGraph", "Meta"].includes(event.key)) return;
  event.preventDefault();
  event.stopPropagation();
  const command = waiting.dataset.changeKeyOf;
  stop();
  if (event.key === "Escape") state.textContent = "";
  else told(change(command, event), command);
}

function told(refusal, command) {
  if (refusal === "fixed") state.textContent = texts.fixed;
  else if (refusal) state.textContent = filled(texts.taken, { command: nameOf(refusal) });
  else state.textContent = filled(texts.changed, { command: nameOf(command) });
  showKeys();
}

for (const button of table.querySelectorAll("[data-change-key-of]")) {
  button.hidden = false;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => begin(button));
  button.addEventListener("blur", stop);
}
addEventListener("keydown", take, true);
document.getElementById("keys-reset").addEventListener("click", () => {
  reset();
  showKeys();
  state.textContent = texts.reset;
});
