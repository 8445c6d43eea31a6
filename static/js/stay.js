// Pages on which somebody is signed in: says two minutes before it happens that the session ends. What was typed into a form
// stays on the page, and is sent after signing in again in another tab.
import { watchIdle } from "./reading/idle.js";
import { callForJson, contact, cookie } from "./reading/server.js";

const idle = document.getElementById("idle");
const ended = document.getElementById("session-over");
const { person, seconds, session } = idle.dataset;

async function isStillMine() {
  try {
    const { status, body } = await callForJson(session);
    return status === 200 && body?.user === person;
  } catch { return false; }
}

watchIdle({
  seconds: Number(seconds), dialog: idle, stay: isStillMine, isSignedOut: () => ended.open,
  over: () => ended.showModal(),
});
// A page that follows a work asks by itself, and so its session goes on as long as the work does.
addEventListener("htmx:afterOnLoad", () => { contact.at = performance.now(); });
// Somebody who comes back may have been at work, or have signed in again, in another tab.
addEventListener("focus", async () => {
  if ((idle.open || ended.open) && (await isStillMine())) [idle, ended].forEach((one) => one.close());
});
// Signing in makes a new token for forms; those that were open before have the old one.
addEventListener("submit", ({ target }) => {
  const field = target.elements.namedItem("csrfmiddlewaretoken"), token = cookie("csrftoken");
  if (field && token) field.value = token;
}, true);
