// Sends one answer until the server has it. Every try carries the same idempotency key; the answer waits in this tab's
// session storage (opaque ids and the answer, no pixels), so that a reload or a new sign-in sends it again. It is kept
// under the address of the enrolment's own page: whoever else signs in here never sends it.
const STORE = `reader-study-answer:${location.pathname}`;
const REFUSED = new Set([400, 409, 422]);
const KEPT = { 401: "signed-out", 403: "signed-out", 404: "somebody-else" };

function cookie(name) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

function pause(tries) {
  const wait = Math.min(8000, 400 * 2 ** tries) * (0.7 + 0.6 * Math.random());
  return new Promise((done) => {
    const timer = setTimeout(finish, wait);
    function finish() { clearTimeout(timer); removeEventListener("online", finish); done(); }
    addEventListener("online", finish);
  });
}

export function remembered() {
  try { return JSON.parse(sessionStorage.getItem(STORE)); } catch { return null; }
}
function remember(answer) {
  try { sessionStorage.setItem(STORE, JSON.stringify(answer)); } catch { /* it still lives in memory */ }
}
function forget() {
  try { sessionStorage.removeItem(STORE); } catch { /* nothing was stored */ }
}

async function attempt(url, answer) {
  const response = await fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "Idempotency-Key": answer.key, "X-CSRFToken": cookie("csrftoken") },
    body: JSON.stringify(answer.body),
  });
  return { status: response.status, body: await response.json().catch(() => null) };
}

// {kind: "stored" | "refused" | "signed-out" | "somebody-else", body}. Network failures and server errors are tried
// again for ever; after the last two kinds the answer is still kept.
export async function send(url, answer, { onWaiting }) {
  remember(answer);
  for (let tries = 0; ; tries += 1) {
    try {
      const { status, body } = await attempt(url, answer);
      if (status === 200 || status === 201) { forget(); return { kind: "stored", body }; }
      if (REFUSED.has(status)) { forget(); return { kind: "refused", body }; }
      if (status in KEPT) return { kind: KEPT[status], body };
    } catch { /* no connection: try again */ }
    onWaiting();
    await pause(tries);
  }
}
