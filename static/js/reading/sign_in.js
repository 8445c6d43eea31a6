// Signing in again over the case: nothing on the page behind the dialog is lost.
import { callForJson } from "./server.js";
import { text } from "./room.js";

const dialog = document.getElementById("sign-in");
const form = dialog.querySelector("form");
const problem = document.getElementById("sign-in-problem");
let asking = null;

function tell(message) {
  problem.textContent = message;
  problem.hidden = !message;
}

// "mine", "nobody" or "somebody-else"; null without a connection. Asking renews the token that guards forms as well.
export async function whoIsSignedIn() {
  try {
    const { status, body } = await callForJson(text.session);
    if (status === 401) return "nobody";
    if (status !== 200 || !body) return null;
    return body.user === text.reader ? "mine" : "somebody-else";
  } catch { return null; }
}

// Whoever has a second factor is asked for its code once the password is right; the field is off until then.
function askForCode(wanted) {
  const { code, password, username } = form.elements;
  code.disabled = !wanted;
  code.closest("label").hidden = !wanted;
  password.disabled = username.disabled = wanted;
  code.value = password.value = "";
  (wanted ? code : password).focus();
}

async function send() {
  const { status, body } = await callForJson(text.session, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (status === 200 && body?.user === text.reader) return dialog.close("mine");
  askForCode(status === 202 || (status === 400 && !form.elements.code.disabled && !body?.again));
  if (status === 202) return;
  if (status === 403) await whoIsSignedIn();
  tell(status === 200 ? text.textSomebodyElse : body?.message ?? text.textTryAgain);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  tell("");
  send().catch(() => tell(text.textTryAgain));
});
// The reader may have signed in in another window.
addEventListener("focus", async () => {
  if (dialog.open && (await whoIsSignedIn()) === "mine") dialog.close("mine");
});
dialog.querySelector("[data-later]").addEventListener("click", () => dialog.close(""));

// Resolves with whether the reader of this page is signed in again.
export function askToSignIn(message = "") {
  asking ??= new Promise((settle) => {
    form.reset();
    askForCode(false);
    tell(message);
    dialog.returnValue = "";
    dialog.addEventListener("close", () => { asking = null; settle(dialog.returnValue === "mine"); }, { once: true });
    dialog.showModal();
  });
  return asking;
}
