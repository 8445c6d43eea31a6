// Sends what waits, in the order in which it was given, one request at a time, until the server has it. Every try of an
// answer carries the same idempotency key. An answer is forgotten only when the server has stored or finally refused it.
import { callForJson } from "./server.js";

const REFUSED = new Set([400, 409, 422]);
const STOPPED = { 401: "signed-out", 403: "signed-out", 404: "somebody-else" };
const FIRST_WAIT = 400;
const LONGEST_WAIT = 8000;
const WAKING = ["online", "focus"];

async function post(url, parcel) {
  const { status, body } = await callForJson(url, {
    method: "POST", body: JSON.stringify(parcel.body),
    headers: { "Content-Type": "application/json", "Idempotency-Key": parcel.key },
  });
  // A network's own sign-in page answers 200 too.
  if ((status === 200 || status === 201) && body?.position === parcel.body.position) return { kind: "stored", body };
  if (REFUSED.has(status) && body?.code) return { kind: "refused", body };
  return { kind: STOPPED[status] ?? "unreachable", body };
}

// The server's word comes first (`on.stored`, `on.refused`, which says whether the answer is to be kept), then the answer is
// forgotten, then `on.moved` is called. `on.stopped` is told why nothing is sent until `resume`, `on.state` what waits.
export function createSender(url, queue, on) {
  let running = false, stopped = "", unreachable = false, wake = () => {};

  async function tell() {
    const waiting = (await queue.all()).length;
    on.state({ waiting, unreachable: unreachable || !navigator.onLine, stopped });
    return waiting;
  }

  function pause(tries) {
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries) * (0.7 + 0.6 * Math.random());
    return new Promise((done) => { wake = done; setTimeout(done, wait); });
  }

  async function handle(parcel, { kind, body }) {
    unreachable = kind === "unreachable";
    if (kind === "stored" || kind === "refused") {
      const isKept = await on[kind](parcel, body);
      if (isKept) stopped ||= "held";
      else await queue.remove(parcel.key);
      on.moved(kind, body);
    } else if (!unreachable && !stopped) {
      stopped = kind;
      on.stopped();
    }
  }

  async function run() {
    if (running || stopped) return;
    running = true;
    for (let tries = 0; !stopped; tries += 1) {
      const [parcel] = await queue.all();
      if (!parcel) break;
      await handle(parcel, await post(url, parcel).catch(() => ({ kind: "unreachable" })));
      await tell();
      if (unreachable) await pause(tries);
      else tries = -1;
    }
    running = false;
    await tell();
  }

  for (const name of WAKING) addEventListener(name, () => { wake(); run(); tell(); });
  addEventListener("offline", tell);

  return {
    run: async () => { await tell(); wake(); run(); },
    stop(reason) { stopped = reason; wake(); },
    resume() { stopped = ""; return run(); },
    get stopped() { return stopped; },
    tell,
  };
}
