// Shows the keys as they are, wherever the page names one: on the answers, in the help and in the instructions.
import { labelsOf } from "./keys.js";

export function showKeys() {
  for (const place of document.querySelectorAll("[data-keys-of]")) {
    const keys = labelsOf(place.dataset.keysOf).map((label) => Object.assign(document.createElement("kbd"), { textContent: label }));
    place.replaceChildren(...keys.flatMap((key) => [key, " "]).slice(0, -1));
  }
}
showKeys();
