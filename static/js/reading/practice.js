// Practice: the reading screen with cases of another set. Each answer is sent at once, and what is right is shown until the
// reader goes on. Nothing is kept on this computer: practice is no evidence of the study.
import { createViewer } from "../viewer.js";
import { createAnswering } from "./answer_form.js";
import { wireControls } from "./controls.js";
import { watchIdle } from "./idle.js";
import "./key_change.js";
import { SignedOut, drop, keepOnly, pictureFor, prefetch } from "./prefetch.js";
import { GUARD, LATER, PATIENT, RETRY, filled, form, pane, pause, say, setBusy, setReady, text } from "./room.js";
import { callForJson } from "./server.js";
import { askToSignIn, whoIsSignedIn } from "./sign_in.js";

const viewer = createViewer(pane);
const verdict = document.getElementById("verdict");
const next = document.getElementById("go-on");
const commitButton = document.getElementById("commit");
const help = document.getElementById("help");
const idle = document.getElementById("idle");
let screen = JSON.parse(document.getElementById("screen").textContent);
let current = null, busy = true, toldAt = 0;

const inFull = (position) => ({ number: position.number, total: screen.total });

function occupy(value) {
  busy = value;
  setBusy(value);
}

async function signIn() {
  if ((await whoIsSignedIn()) === "mine") return pause(RETRY);
  return (await askToSignIn()) || pause(LATER);
}

async function display(position) {
  for (;;) {
    const slow = setTimeout(() => say(text.textLoading), PATIENT);
    try {
      const picture = await pictureFor(position).finally(() => clearTimeout(slow));
      return await viewer.show(picture, filled(text.textAlt, inFull(position)));
    } catch (error) {
      drop(position.id);
      say(text.textImage, "warning");
      await (error instanceof SignedOut ? signIn() : pause(RETRY));
    }
  }
}

async function show(position) {
  occupy(true);
  current = position;
  answering.reset();
  form.elements.position.value = position.id;
  await display(position);
  document.getElementById("place").textContent = filled(text.textPlace, inFull(position));
  document.getElementById("bar").value = screen.done;
  say("");
  keepOnly([position, ...screen.ahead]);
  prefetch(screen.ahead);
  await pause(GUARD);
  occupy(false);
  setReady(position.number);
}

const answering = createAnswering({ isBusy: () => busy, onDecided() {}, commit });

// Resolves with the feedback; null where the answer is refused as it is and can be given again.
async function send(body) {
  const options = { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  for (;;) {
    const { status, body: told } = await callForJson(text.answers, options).catch(() => ({ status: 0 }));
    if ((status === 200 || status === 201) && told?.case === body.case) return told;
    if (status === 400) { say(told?.message ?? text.textRefused, "warning"); return null; }
    if (status === 401 || status === 403) await signIn();
    else if (status === 404 || status === 409) { location.assign(text.finished); return new Promise(() => {}); } // answered in another window
    else { say(text.textNotSent, "warning"); await pause(RETRY); }
  }
}

async function commit() {
  if (busy || !answering.isComplete()) return;
  occupy(true);
  const told = await send({ case: current.id, round: Number(text.practice), language: text.language, ...answering.body() });
  if (told === null) return occupy(false);
  setReady(null);
  screen = told;
  tell(told);
}

function line(words, kind) {
  return Object.assign(document.createElement("p"), { textContent: words, className: kind });
}

function tell(told) {
  const mark = Object.assign(document.createElement("span"), { textContent: told.is_right ? "✓" : "✗", ariaHidden: "true" });
  const heading = line(` ${told.is_right ? text.textRight : text.textWrong}`, "verdict");
  heading.prepend(mark);
  verdict.replaceChildren(heading, line(filled(text.textTruth, told), "truth"));
  verdict.dataset.kind = told.is_right ? "right" : "wrong";
  say("");
  document.getElementById("bar").value = told.done;
  next.textContent = told.next ? text.textNext : text.textResult;
  [next.hidden, commitButton.hidden] = [false, true];
  toldAt = performance.now();
  next.focus();
}

next.addEventListener("click", () => {
  if (performance.now() - toldAt < GUARD) return;
  if (!screen.next) return location.assign(text.finished);
  verdict.replaceChildren();
  [next.hidden, commitButton.hidden] = [true, false];
  pane.focus({ preventScroll: true });
  show(screen.next);
});

wireControls({ viewer, answering, isBusy: () => busy, commit });
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
watchIdle({
  seconds: Number(text.idle), dialog: idle, stay: whoIsSignedIn, isSignedOut: () => false,
  over() { askToSignIn(); },
});
show(screen.next);
// Who has never practised sees the keys first, on the screen that they belong to.
if (screen.round === 1 && screen.done === 0) help.showModal();
