// The reading screen: shows a case, takes a decision and a confidence, commits, shows the next.
import { createViewer } from "../viewer.js";
import { send, remembered } from "./commit.js";
import { listen } from "./keys.js";
import { imageFor, keepOnly, prefetch } from "./prefetch.js";
import { createTiming } from "./timing.js";

const GUARD = 250; // ms after the image appears in which keys of the case before are not taken for an answer
const PAN = 80;
const room = document.getElementById("room");
const text = room.dataset;
const form = document.getElementById("answers");
const help = document.getElementById("help");
const keysOn = document.getElementById("keys-on");
const levels = Number(text.levels);
const viewer = createViewer(document.getElementById("pane"));
const timing = createTiming();
const screen = JSON.parse(document.getElementById("screen").textContent);
let current = screen.next, last = null, device = "", busy = true, revising = false;

const filled = (pattern, position) => pattern.replace("{number}", position.number).replace("{total}", screen.total);
const chosen = (name) => form.querySelector(`input[name="${name}"]:checked`);
const button = (command) => form.querySelector(`[data-command="${command}"]`);

function say(message, kind = "") {
  const state = document.getElementById("state");
  state.textContent = message;
  state.dataset.kind = kind;
}

function setBusy(value) {
  busy = value;
  room.toggleAttribute("data-busy", value);
}

async function display(position) {
  for (;;) {
    try { return await viewer.show(await imageFor(position), filled(text.textAlt, position)); } catch {
      say(text.textImage, "warning");
      await new Promise((done) => setTimeout(done, 2000));
    }
  }
}

async function show(position, { change = false } = {}) {
  setBusy(true);
  delete room.dataset.ready;
  current = position;
  revising = change;
  form.reset();
  form.elements.position.value = position.id;
  const shownAt = await display(position);
  timing.start(shownAt);
  document.getElementById("place").textContent = filled(text.textPlace, position);
  document.getElementById("bar").value = screen.done;
  button("undo").disabled = !last || change || text.revise !== "last";
  say(change ? text.textTakenBack : screen.done && last ? text.textSaved : "");
  keepOnly([position, ...(last ? [last] : []), ...screen.ahead]);
  prefetch(screen.ahead);
  await new Promise((done) => setTimeout(done, GUARD - timing.sinceShown()));
  setBusy(false);
  room.dataset.ready = position.number;
}

function decide(value, by) {
  if (busy) return;
  form.querySelector(`input[name="decision"][value="${value}"]`).checked = true;
  device = by;
  timing.decide();
  if (!levels) commit();
}

function confide(level, by) {
  if (busy || !chosen("decision")) return;
  form.querySelector(`input[name="confidence"][value="${level}"]`).checked = true;
  device = by;
  commit();
}

function answer() {
  const confidence = levels ? Number(chosen("confidence").value) : null;
  const body = {
    position: current.id, decision: chosen("decision").value, confidence, revise: revising, zooms: Math.min(viewer.zooms, 32767),
    input_device: device, language: text.language, ...timing.result(),
  };
  return { key: crypto.randomUUID(), body };
}

async function commit() {
  if (busy || !chosen("decision") || (levels && !chosen("confidence"))) return;
  setBusy(true);
  await deliver(answer());
}

async function deliver(parcel) {
  const waiting = () => say(navigator.onLine ? text.textWaiting : text.textOffline, "warning");
  const result = await send(text.answers, parcel, { onWaiting: waiting });
  if (result.kind === "signed-out") return signedOut();
  if (result.kind === "refused") return location.assign(text.finished);
  Object.assign(screen, result.body);
  if (!screen.next) return location.assign(text.finished);
  last = parcel.body.position === current?.id ? current : null;
  return show(screen.next);
}

function signedOut() {
  say("", "warning");
  const link = document.createElement("a");
  link.href = text.signIn;
  link.textContent = text.textSignedOut;
  document.getElementById("state").append(link);
}

function undo() {
  if (busy || button("undo").disabled) return;
  show(last, { change: true });
}

const commands = {
  positive: (by) => decide("biopsy / further treatment", by),
  negative: (by) => decide("no further treatment", by),
  undo,
  help: () => help.showModal(),
  zoomIn: viewer.zoomIn, zoomOut: viewer.zoomOut, fit: viewer.fit, actualSize: viewer.actualSize,
  left: () => viewer.pan(PAN, 0), right: () => viewer.pan(-PAN, 0), up: () => viewer.pan(0, PAN), down: () => viewer.pan(0, -PAN),
};
for (let level = 1; level <= levels; level += 1) commands[`confidence-${level}`] = (by) => confide(level, by);

for (const tool of form.querySelectorAll("[data-command]")) {
  tool.hidden = false;
  tool.addEventListener("click", () => commands[tool.dataset.command]("mouse"));
}

// A click of a pointer answers at once; the click that arrow keys cause inside the group (detail 0) only chooses.
form.addEventListener("click", (event) => {
  const input = event.target.closest('input[type="radio"]');
  if (!input) return;
  if (busy) return event.preventDefault();
  const by = event.detail ? event.pointerType || "mouse" : "keyboard";
  if (input.name === "decision") return decide(input.value, by);
  if (event.detail) return confide(Number(input.value), by);
  device = by;
});
form.addEventListener("submit", (event) => { event.preventDefault(); commit(); });
listen({ levels, isOn: () => keysOn.checked, run: (command, by) => commands[command](by) });
addEventListener("beforeunload", (event) => { if (remembered()) event.preventDefault(); });

const kept = remembered();
if (kept) deliver(kept);
else show(current);
