// Sends a large file piece by piece before its form: a lost connection costs one piece, and a page that is opened again
// goes on where it stopped. Without this script the form sends the file itself.
import { contact } from "./reading/server.js";

const form = document.querySelector("form[data-uploads]");
const RETRIES = 8;
const LONGEST_WAIT = 30_000;

class Refused extends Error {
  constructor(answer) {
    super(answer.problems?.[0]?.message || answer.message);
    this.field = answer.problems?.[0]?.field;
  }
}

class Stopped extends Error {}

// Not fetch: only this tells how much of a piece is on its way, and a slow line takes half a minute for one.
function call(method, address, body, { type, progress, line = new XMLHttpRequest() } = {}) {
  return new Promise((done, fail) => {
    line.open(method, address);
    line.responseType = "json";
    line.setRequestHeader("X-CSRFToken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    line.setRequestHeader("Accept", "application/json");
    if (type) line.setRequestHeader("Content-Type", type);
    if (progress) line.upload.addEventListener("progress", (event) => progress(event.loaded));
    line.addEventListener("error", () => fail(new Error("network")));
    line.addEventListener("abort", () => fail(new Stopped()));
    line.addEventListener("load", () => {
      const fine = line.status >= 200 && line.status < 300;
      if (fine) contact.at = performance.now();
      if (line.status >= 500 || !line.response) fail(new Error(String(line.status)));
      // A piece that is not the next one: the server says which is, and that is asked for again.
      else if (!fine && line.response.code !== "wrong_offset") fail(new Refused(line.response));
      else done(fine ? line.response : null);
    });
    line.send(body);
  });
}

function wait(milliseconds) {
  return new Promise((done) => {
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true });
  });
}

async function patiently(work, show) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Stopped) { await show.paused(); attempt = -1; continue; }
      if (error instanceof Refused || attempt >= RETRIES) throw error;
      show.waiting();
      await wait(Math.min(LONGEST_WAIT, 1000 * 2 ** attempt));
    }
  }
}

async function send(file, show) {
  const about = JSON.stringify({
    name: file.name, size: file.size, modified: String(file.lastModified), set_name: form.elements.name.value,
  });
  const json = { type: "application/json" };
  let upload = await patiently(() => call("POST", form.dataset.uploads, about, json), show);
  const address = `${form.dataset.uploads}${upload.id}/`;
  while (upload.received < file.size) {
    show.progress(upload.received, file.size);
    await show.paused();
    const start = upload.received;
    const piece = file.slice(start, start + upload.piece_bytes);
    const put = () => call("PUT", `${address}?offset=${start}`, piece, {
      type: "application/octet-stream",
      progress: (sent) => show.moving(Math.min(start + sent, start + piece.size), file.size),
      line: show.line(),
    });
    upload = (await patiently(put, show)) || (await patiently(() => call("GET", address), show));
  }
  show.progress(file.size, file.size);
  return upload.id;
}

function panel() {
  const box = form.querySelector("[data-upload-panel]");
  const bar = box.querySelector("progress");
  const words = box.querySelector("[role=status]");
  const button = box.querySelector("button");
  let [stopped, resume, line] = [false, null, null];
  // A screen reader hears every tenth, and not every piece.
  const tenths = () => `${10 * Math.floor((10 * bar.value) / bar.max)} %`;
  button.addEventListener("click", () => {
    stopped = !stopped;
    button.textContent = stopped ? button.dataset.resume : button.dataset.pause;
    if (stopped) { line?.abort(); return; }
    words.textContent = tenths();
    resume?.();
    resume = null;
  });
  return {
    open() { box.hidden = false; words.textContent = ""; button.focus(); },
    line() { line = new XMLHttpRequest(); return line; },
    // What is on its way may still be lost: only what has come ends the sentence of a lost connection.
    moving(done, total) {
      bar.max = total;
      bar.value = done;
      if (![tenths(), words.dataset.waiting].includes(words.textContent)) words.textContent = tenths();
    },
    progress(done, total) {
      if (words.textContent === words.dataset.waiting) words.textContent = "";
      this.moving(done, total);
    },
    waiting() { words.textContent = words.dataset.waiting; },
    failed(message) { words.textContent = message || words.dataset.failed; },
    paused() {
      if (!stopped) return Promise.resolve();
      words.textContent = words.dataset.paused;
      return new Promise((done) => { resume = done; });
    },
  };
}

// What cannot be is told at its field, too: a name that is taken, before anything is sent.
function mark(field, words) {
  const input = form.elements.name;
  input.removeAttribute("aria-invalid");
  if (field !== "name") return;
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", `${input.id}_helptext ${words.id}`);
  input.focus();
}

// The set's name comes back with the file that it was typed for.
function remembered(file) {
  const found = [...document.querySelectorAll("[data-upload]")].find(({ dataset }) =>
    dataset.name === file?.name && dataset.size === String(file.size) && dataset.modified === String(file.lastModified));
  if (found && !form.elements.name.value) form.elements.name.value = found.dataset.setName;
}

function leaving(event) { event.preventDefault(); }

async function submitted(event, show) {
  const input = form.elements.archive;
  const file = input.files[0];
  if (!file || file.size <= Number(form.dataset.small)) return;
  event.preventDefault();
  const submit = form.querySelector("[type=submit]");
  submit.disabled = true;
  addEventListener("beforeunload", leaving);
  show.open();
  try {
    form.elements.upload.value = await send(file, show);
    input.value = "";
    removeEventListener("beforeunload", leaving);
    form.submit();
  } catch (error) {
    removeEventListener("beforeunload", leaving);
    submit.disabled = false;
    show.failed(error instanceof Refused ? error.message : "");
    mark(error.field, form.querySelector("[data-upload-panel] [role=status]"));
  }
}

if (form) {
  const show = panel();
  form.addEventListener("submit", (event) => submitted(event, show));
  form.elements.archive.addEventListener("change", ({ target }) => remembered(target.files[0]));
}
