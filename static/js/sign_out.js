// Signing out wipes what this browser has stored of the site, for the next person at a shared computer. Answers that the
// server does not have yet are never wiped: their reader is asked first, and those of others stay without a word.
import { waitingOwners } from "./reading/queue.js";

const form = document.querySelector("[data-sign-out]");
const unsent = document.getElementById("unsent"); // on readers' pages; nobody else has answers to send
const noConnection = document.getElementById("no-connection");
let decided = false;

function leave({ wipe }) {
  decided = true;
  form.elements.wipe.value = wipe ? "yes" : "";
  form.requestSubmit();
}

// A window in which somebody reads holds a lock; it may put an answer away at any moment.
async function nobodyReads() {
  const { held, pending } = await navigator.locks.query();
  return held.length + pending.length === 0;
}

function ask(owner) {
  const send = unsent.querySelector("[data-send]");
  send.href = unsent.dataset.reading.replace("enrolment", owner.slice(owner.indexOf(":") + 1));
  unsent.showModal();
}

async function signOut() {
  // The browser's own page about a lost connection would not say that the session goes on.
  if (!navigator.onLine) {
    noConnection.showModal();
    return;
  }
  const owners = await waitingOwners();
  const own = owners.find((owner) => owner.startsWith(`${form.dataset.signOut}:`));
  if (own && unsent) ask(own);
  else leave({ wipe: !owners.length && (await nobodyReads()) });
}

form.addEventListener("submit", (event) => {
  if (decided) return;
  event.preventDefault();
  signOut().catch(() => leave({ wipe: false }));
});
unsent?.addEventListener("close", () => { if (unsent.returnValue === "sign-out") leave({ wipe: false }); });
addEventListener("pageshow", () => { decided = false; });
