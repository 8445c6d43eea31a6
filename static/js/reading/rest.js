// What still waits when every case is answered: the change of the last answer, from a window that was closed too early.
import { openQueue } from "./queue.js";
import { createSender } from "./sender.js";

const { owner, answers } = document.getElementById("rest").dataset;
const queue = await openQueue(owner);
const nothing = () => {};
const silent = { state: nothing, stored: nothing, refused: nothing, moved: nothing, stopped: nothing };
if ((await queue.all()).length) createSender(answers, queue, silent).run();
