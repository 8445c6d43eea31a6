// The reading screen: shows a case, takes a decision and a confidence, commits, shows the next.
import { createViewer } from "../viewer.js";
import { send, remembered } from "./commit.js";
import { listen } from "./keys.js";
import { SignedOut, drop, imageFor, keepOnly, prefetch } from "./prefetch.js";
import { choose, chosen, filled, form, keysAreOn, levels, pane, say, sayWithLink, setBusy, setReady, text, tool, tools } from "./room.js";
import { createTiming } from "./timing.js";

const GUARD = 250; // ms after the image appears in which keys of the case before are not taken for an answer
const RETRY = 2000;
const PAN = 80;
const MOVED_ON = new Set(["out_of_order", "not_revisable"]);
const viewer = createViewer(pane);
const timing = createTiming();
const screen = JSON.parse(document.getElementById("screen").textContent);
let current = null, busy = true, revising = false, leaving = false, pointer = null, device = "";

const pause = (duration) => new Promise((done) => setTimeout(done, duration));
const inFull = (position) => ({ number: position.number, total: screen.total });

function occupy(value) {
  busy = value;
  setBusy(value);
}

async function display(position) {
  for (;;) {
    try {
      return await viewer.show(await imageFor(position), filled(text.textAlt, inFull(position)));
    } catch (error) {
      if (error instanceof SignedOut) sayWithLink(text.textSignedOut, text.signIn);
      else say(text.textImage, "warning");
      drop(position.id);
      await pause(RETRY);
    }
  }
}

async function show(position, { change = false, note = "" } = {}) {
  occupy(true);
  setReady(null);
  [current, revising] = [position, change];
  form.reset();
  form.elements.position.value = position.id;
  timing.start(await display(position));
  document.getElementById("place").textContent = filled(text.textPlace, inFull(position));
  document.getElementById("bar").value = screen.done;
  tool("undo").disabled = change ? !screen.next : !screen.last;
  say(change ? text.textTakenBack : note, change ? "change" : "");
  keepOnly([position, screen.next, screen.last, ...screen.ahead].filter(Boolean));
  prefetch(screen.ahead);
  await pause(GUARD - timing.sinceShown());
  occupy(false);
  setReady(position.number);
}

function decide(value, by) {
  if (busy) return;
  choose("decision", value);
  device = by;
  timing.decide();
  if (!levels && !chosenByArrows(by)) commit();
}

function confide(level, by) {
  if (busy) return;
  if (!chosen("decision")) {
    form.querySelectorAll('input[name="confidence"]').forEach((input) => { input.checked = false; });
    return say(text.textDecideFirst);
  }
  choose("confidence", level);
  device = by;
  commit();
}

// Inside a group of radio buttons the arrows only move the choice; Enter or the button commits it.
const chosenByArrows = (by) => by === "arrows";

function answer() {
  const confidence = levels ? Number(chosen("confidence").value) : null;
  const body = {
    position: current.id, decision: chosen("decision").value, confidence, revise: revising, zooms: Math.min(viewer.zooms, 32767),
    input_device: chosenByArrows(device) ? "keyboard" : device, language: text.language, ...timing.result(),
  };
  return { key: crypto.randomUUID(), body };
}

async function commit() {
  if (busy || !chosen("decision") || (levels && !chosen("confidence"))) return;
  occupy(true);
  await deliver(answer());
}

async function deliver(parcel) {
  const onWaiting = () => say(navigator.onLine ? text.textWaiting : text.textOffline, "warning");
  const { kind, body } = await send(text.answers, parcel, { onWaiting });
  if (kind === "signed-out") return ask(parcel, text.textSignedOut);
  if (kind === "somebody-else") return ask(parcel, text.textSomebodyElse, text.home);
  if (kind === "stored") return goOn(body, text.textSaved);
  return MOVED_ON.has(body?.code) ? goOn(body, text.textElsewhere) : leave();
}

async function goOn(body, note) {
  Object.assign(screen, body);
  return screen.next ? show(screen.next, { note }) : leave();
}

function leave() {
  leaving = true;
  location.assign(text.finished);
}

// The answer stays in this tab. It is sent when the reader comes back to it, signed in again here or in another tab.
function ask(parcel, message, href = text.signIn) {
  sayWithLink(message, href).addEventListener("click", () => { leaving = true; });
  addEventListener("focus", () => { if (!leaving) deliver(parcel); }, { once: true });
}

function undo() {
  if (busy || tool("undo").disabled) return;
  if (revising) show(screen.next);
  else show(screen.last, { change: true });
}

const commands = {
  positive: (by) => decide("biopsy / further treatment", by),
  negative: (by) => decide("no further treatment", by),
  undo,
  help: () => document.getElementById("help").showModal(),
  zoomIn: viewer.zoomIn, zoomOut: viewer.zoomOut, fit: viewer.fit, actualSize: viewer.actualSize,
  left: () => viewer.pan(PAN, 0), right: () => viewer.pan(-PAN, 0), up: () => viewer.pan(0, PAN), down: () => viewer.pan(0, -PAN),
};
for (let level = 1; level <= levels; level += 1) commands[`confidence-${level}`] = (by) => confide(level, by);

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
  if (busy) return event.preventDefault();
  if (input.name === "decision") return decide(input.value, pointer ?? "arrows");
  if (pointer) return confide(Number(input.value), pointer);
  device = "arrows";
  if (chosen("decision")) say(text.textEnter);
});
form.addEventListener("submit", (event) => { event.preventDefault(); commit(); });
listen({ levels, isOn: keysAreOn, run: (command, by) => commands[command](by) });
addEventListener("beforeunload", (event) => { if (remembered() && !leaving) event.preventDefault(); });

const kept = remembered();
if (kept) deliver(kept);
else if (text.change) show(screen.last, { change: true });
else show(screen.next);
