// What answers and what looks closer, on keys, buttons and clicks: the same in the study and in practice.
import { listen } from "./keys.js";
import { form, keysAreOn, say, text, tools } from "./room.js";

const PAN = 80;

function toggleFullscreen() {
  const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.();
  done?.catch(() => {});
}

export function wireControls({ viewer, answering, isBusy, commit, more = {} }) {
  let pointer = null;
  const commands = {
    ...answering.commands,
    ...more,
    help: () => document.getElementById("help").showModal(),
    fullscreen: toggleFullscreen,
    pause: () => document.getElementById("pause").click(),
    zoomIn: viewer.zoomIn, zoomOut: viewer.zoomOut, fit: viewer.fit, actualSize: viewer.actualSize,
    left: () => viewer.pan(PAN, 0), right: () => viewer.pan(-PAN, 0), up: () => viewer.pan(0, PAN), down: () => viewer.pan(0, -PAN),
  };

  for (const button of tools()) {
    button.hidden = false;
    button.title = button.ariaLabel;
    button.addEventListener("click", () => commands[button.dataset.command]("mouse"));
  }

  // What a click was made with is known from the event before it: the click on a label reaches the input as another one.
  document.addEventListener("pointerdown", (event) => { pointer = event.pointerType || "mouse"; }, true);
  document.addEventListener("keydown", () => { pointer = null; }, true);
  form.addEventListener("click", (event) => {
    const input = event.target.closest('input[type="radio"]');
    if (!input) return;
    if (isBusy()) return event.preventDefault();
    answering.clicked(input, pointer);
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); commit(); });
  // The page that follows could not be fetched, and this one not either once it is left.
  document.getElementById("pause").addEventListener("click", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    say(text.textNoPause, "warning");
  });
  listen({ digits: answering.digits, isOn: keysAreOn, run: (command, by) => commands[command]?.(by) });
}
