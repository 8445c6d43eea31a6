// The reading screen: shows a case, takes a decision and a confidence, keeps the answer and shows the next case.
import { createViewer } from "../viewer.js";
import { exposure, showAid } from "./aid.js";
import { createAnswering } from "./answer_form.js";
import { wireControls } from "./controls.js";
import { OVER, heard, heldBack, isGivenAlready, isStillToCome, sequenceFor, viewOf } from "./course.js";
import { watchIdle } from "./idle.js";
import "./key_change.js";
import { SignedOut, adopt, drop, keepOnly, pictureFor, prefetch } from "./prefetch.js";
import { openQueue } from "./queue.js";
import { GUARD, LATER, PATIENT, RETRY, filled, form, pane, pause, say, setBusy, setReady, showKept, text, tool, unsay } from "./room.js";
import { takeSeat } from "./seat.js";
import { showSecondLook } from "./second_look.js";
import { createSender } from "./sender.js";
import { callForJson } from "./server.js";
import { askToSignIn, whoIsSignedIn } from "./sign_in.js";
import { createTiming } from "./timing.js";

const MOVED_ON = new Set(["out_of_order", "not_revisable"]);
const viewer = createViewer(pane);
const timing = createTiming();
const revisable = text.revisable === "yes";
const owner = `${text.reader}:${text.enrolment}`;
const queue = await openQueue(owner);
const elsewhere = document.getElementById("elsewhere");
const idle = document.getElementById("idle");
let screen = heard(JSON.parse(document.getElementById("screen").textContent), 0);
// `turn` counts the cases shown: what waits for an image gives up when another case has been shown meanwhile.
let view = null, current = null, busy = true, revising = false, leaving = false, seated = false, turn = 0, brought = 0, late = 0;
let committing = false, waiting = 0;

const inFull = (position) => ({ number: position.number, total: screen.total });

function occupy(value) {
  busy = value;
  setBusy(value);
}

const imagesAhead = () => screen.images_ahead ?? [];

async function look() {
  const parcels = await queue.all();
  view = viewOf(screen, parcels, { revisable });
  document.getElementById("bar").value = view.done;
  keepOnly([current, view.next, view.last, ...view.ahead, ...imagesAhead()].filter(Boolean));
}

// Resolves with the moment of the first frame that shows the image of the position; null when it is wanted no more.
async function display(image, position, isWanted) {
  while (isWanted()) {
    const slow = setTimeout(() => { if (isWanted()) say(text.textLoading); }, PATIENT);
    try {
      const picture = await pictureFor(image).finally(() => clearTimeout(slow));
      if (!isWanted()) break;
      return await viewer.show(picture, filled(text.textAlt, inFull(position)));
    } catch (error) {
      drop(image.id);
      if (!isWanted()) break;
      say(navigator.onLine ? text.textImage : text.textWaitingForConnection, "warning");
      if (!(error instanceof SignedOut)) await pause(RETRY);
      else if (!(await askToSignIn())) await pause(LATER);
    }
  }
  return null;
}

async function show(position, { change = false, note = "" } = {}) {
  const mine = (turn += 1), asked = performance.now(), isFirst = current === null;
  occupy(true);
  setReady(null);
  [current, revising] = [position, change];
  answering.reset();
  form.elements.position.value = position.id;
  showSecondLook(position, bring);
  showAid({});
  const shown = await display(position, position, () => mine === turn);
  if (shown === null || mine !== turn) return;
  showAid(position);
  timing.start(shown, { asked, again: change || isFirst });
  document.getElementById("place").textContent = filled(text.textPlace, inFull(position));
  say(change ? text.textTakenBack : note || (position.first_answer ? text.textAgain : ""), change ? "change" : "");
  await look();
  await pause(GUARD - timing.sinceShown());
  if (mine !== turn) return;
  occupy(false);
  setReady(position.number);
  prepare();
}

// Not before the case itself is on the screen: fetching and decoding what follows would keep it waiting.
function prepare() {
  offerUndo();
  prefetch([...view.ahead, ...imagesAhead()]);
}

function offerUndo() {
  tool("undo").disabled = revising ? !view.next : !view.last;
}

const answering = createAnswering({ isBusy: () => busy, onDecided: () => timing.decide(), commit });

// Another image of the same case. Resolves with whether it is the one that is shown: over a slow line another one may have
// been asked for meanwhile, or the case been answered, and what comes too late is not put in place of what is looked at.
async function bring(image) {
  if (busy) return false;
  const position = current, mine = (brought += 1);
  const shown = await display(image, position, () => position === current && mine === brought);
  if (shown !== null) unsay(text.textLoading, text.textImage, text.textWaitingForConnection);
  return shown !== null;
}

function answer() {
  const times = timing.result();
  return {
    position: current.id, level: current.level ?? 1, revise: revising, zooms: Math.min(viewer.zooms, 32767), language: text.language,
    ...answering.body(), ...times, ...exposure(current, times),
  };
}

// The answer is on this computer's disk before anything is sent; the next case does not wait for the server.
async function commit() {
  if (busy || !answering.isComplete()) return;
  occupy(true);
  setReady(null);
  committing = true;
  waiting += 1; // leaving asks from now on, not only once the answer is on the disk
  const body = answer(), held = sender.stopped === "held", parcels = await queue.all();
  body.revise ||= isGivenAlready(body, parcels);
  const parcel = { key: crypto.randomUUID(), sequence: sequenceFor(parcels, { held }), body };
  if (!body.revise) screen = heldBack(screen, [...parcels, parcel], performance.now());
  const { next } = viewOf(screen, [...parcels, parcel], { revisable });
  if (next) pictureFor(next).catch(() => {}); // meanwhile, for the browser may have forgotten what it had decoded
  await queue.add(parcel);
  committing = false;
  if (held) sender.resume();
  else sender.run();
  if (isSignedOut()) signInAgain();
  await goOn();
}

async function goOn(note = "") {
  if (!seated || leaving) return;
  await look();
  if (view.next) return show(view.next, { note });
  turn += 1;
  current = null;
  revising = false;
  occupy(true);
  setReady(null);
  offerUndo();
  // All is done, a break is due, or the next session opens later: the page that follows says which.
  if (!screen.next && !(await queue.all()).length) return leave();
  const mine = turn;
  await pause(PATIENT); // what follows is nearly always there before anybody could read that it is waited for
  if (mine === turn) say(text.textWaitingForConnection);
}

// The server has moved on: the case on the screen stays if it is still the one to be answered.
async function follow(note = "") {
  if (committing || !seated) return;
  await look();
  const expected = revising ? view.last : view.next;
  if (!current || current.id !== expected?.id) goOn(note);
  else if (!busy) prepare();
}

const sender = createSender(text.answers, queue, {
  state(now) {
    waiting = now.waiting;
    showKept(now);
  },
  stored(_parcel, body) { screen = heard(body, performance.now()); },
  async refused(parcel, body) {
    if (OVER.has(body.code)) late += 1;
    if (MOVED_ON.has(body.code)) screen = heard(body, performance.now());
    else await renew();
    return body.code === "out_of_order" && isStillToCome(parcel, body);
  },
  async moved(kind, body) {
    if (kind === "stored") follow();
    else if (!OVER.has(body.code)) follow(MOVED_ON.has(body.code) ? text.textElsewhere : text.textRefused);
    else if (!(await queue.all()).length) leave();
  },
  stopped: () => signInAgain(),
});
const isSignedOut = () => ["signed-out", "somebody-else"].includes(sender.stopped);

async function renew() {
  const { status, body } = await callForJson(text.next).catch(() => ({}));
  if (status === 200 && body) screen = heard(body, performance.now());
}

// Where the reader is signed in after all only the token had run out, which asking has renewed.
async function signInAgain({ isCertain = false } = {}) {
  const who = isCertain ? "nobody" : await whoIsSignedIn();
  if (!seated) return;
  if (who === "mine" || who === null) await pause(RETRY);
  else if (!(await askToSignIn(who === "somebody-else" ? text.textSomebodyElse : ""))) return;
  if (isSignedOut()) sender.resume();
}

function leave() {
  leaving = true;
  location.assign(late ? `${text.finished}?late=${late}` : text.finished);
}

function undo() {
  if ((busy && current) || tool("undo").disabled) return;
  if (revising) goOn();
  else show(view.last, { change: true });
}

wireControls({ viewer, answering, isBusy: () => busy, commit, more: { undo } });
addEventListener("beforeunload", (event) => { if ((committing || waiting) && !leaving) event.preventDefault(); });
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
document.getElementById("sign-in-again").addEventListener("click", signInAgain);
watchIdle({
  seconds: Number(text.idle), dialog: idle, stay: whoIsSignedIn, isSignedOut: () => isSignedOut() || !seated,
  over() { if (seated) signInAgain({ isCertain: true }); },
});

function giveUpSeat() {
  seated = false;
  turn += 1;
  occupy(true);
  setReady(null);
  sender.stop("elsewhere");
  elsewhere.showModal();
}

async function begin({ force = false } = {}) {
  if (!(await takeSeat(owner, { force, onLost: giveUpSeat }))) return elsewhere.showModal();
  seated = true;
  if (force) await renew();
  sender.resume();
  current = null;
  await look();
  const change = text.change && !force && view.last;
  return change ? show(view.last, { change: true }) : goOn();
}
elsewhere.addEventListener("cancel", (event) => event.preventDefault());
elsewhere.addEventListener("close", () => begin({ force: true }));
adopt(form.elements.position.value, pane.querySelector("img"));
begin();
