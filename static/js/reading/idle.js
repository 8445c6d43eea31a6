// Says two minutes before it happens that the reader will be signed out. Whoever has just touched the page is not asked.
import { contact } from "./server.js";

const WARNING = 120000;
const LOOK = 1000;
const TOUCHES = ["keydown", "pointerdown", "pointermove", "wheel"];

// `stay` asks the server for anything, `over` is called once when time is up, `isSignedOut` says that nothing is left to lose.
// When time is up the server is asked for nothing: it ends the session a minute later at most, and asking would go on with it.
export function watchIdle({ seconds, dialog, stay, over, isSignedOut }) {
  const limit = seconds * 1000;
  const left = dialog.querySelector("[data-left]");
  let touched = -Infinity, isOver = false, asking = false;

  async function extend() {
    if (asking) return;
    asking = true;
    await stay();
    asking = false;
  }
  function look() {
    const now = performance.now(), rest = limit - (now - contact.at);
    left.textContent = Math.max(0, Math.ceil(rest / 1000));
    if (rest > WARNING) {
      isOver = false;
      if (dialog.open) dialog.close();
    } else if (rest <= 0) {
      if (isOver) return;
      isOver = true;
      dialog.close();
      over();
    } else if (now - touched < WARNING) extend();
    else if (!dialog.open && !isSignedOut()) dialog.showModal();
  }
  for (const name of TOUCHES) addEventListener(name, () => { touched = performance.now(); }, { capture: true, passive: true });
  dialog.addEventListener("keydown", () => dialog.close());
  dialog.addEventListener("close", () => { if (!isOver) extend(); });
  setInterval(look, LOOK);
}
