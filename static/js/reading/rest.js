// What still waits where no case is left to be shown: the change of the last answer, or answers to a study that was closed
// meanwhile, from a window that was closed too early. Their reader is told how many came too late.
import { OVER } from "./course.js";
import { openQueue } from "./queue.js";
import { createSender } from "./sender.js";

const { owner, answers } = document.getElementById("rest").dataset;
const queue = await openQueue(owner);
const nothing = () => {};
let late = 0;

function refused(_parcel, { code }) {
  if (OVER.has(code)) late += 1;
}

async function moved() {
  if (late && !(await queue.all()).length) location.replace(`?late=${late}`);
}

if ((await queue.all()).length) createSender(answers, queue, { state: nothing, stored: nothing, refused, moved, stopped: nothing }).run();
