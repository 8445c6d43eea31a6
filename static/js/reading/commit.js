// Sends one answer until the server has it. Every try carries the same idempotency key; the answer waits in this tab's
// session storage (opaque ids and the answer, no pixels), so that a reload or a new sign-in sends it again.
const STORE = "reader-study-answer";
const FINAL = new Set([400, 404, 409, 422]);
const SIGNED_OUT = new Set([401, 403]);

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
export function forget() {
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

// {kind: "stored" | "refused" | "signed-out", body}; network failures and server errors are tried again for ever.
export async function send(url, answer, { onWaiting }) {
  remember(answer);
  for (let tries = 0; ; tries += 1) {
    try {
      const { status, body } = await attempt(url, answer);
      if (status === 200 || status === 201) { forget(); return { kind: "stored", body }; }
      if (FINAL.has(status)) { forget(); return { kind: "refused", body }; }
      if (SIGNED_OUT.has(status)) return { kind: "signed-out", body };
    } catch { /* no connection: try again */ }
    onWaiting();
    await pause(tries);
  }
}
