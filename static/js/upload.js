// Sends a large file piece by piece before its form: a lost connection costs one piece, and a page that is opened again
// goes on where it stopped. Without this script the form sends the file itself.
const form = document.querySelector("form[data-uploads]");
const RETRIES = 8;
const LONGEST_WAIT = 30_000;

class Refused extends Error {}

function token() {
  return form.querySelector("[name=csrfmiddlewaretoken]").value;
}

async function call(method, address, body, type) {
  const headers = { "X-CSRFToken": token(), Accept: "application/json" };
  if (type) headers["Content-Type"] = type;
  const response = await fetch(address, { method, headers, body, credentials: "same-origin" });
  if (response.status >= 500) throw new Error(String(response.status));
  const answer = await response.json();
  // A piece that is not the next one: the server says which is, and that is asked for again.
  if (!response.ok && answer.code !== "wrong_offset") throw new Refused(answer.problems?.[0]?.message || answer.message);
  return response.ok ? answer : null;
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
      if (error instanceof Refused || attempt >= RETRIES) throw error;
      show.waiting();
      await wait(Math.min(LONGEST_WAIT, 1000 * 2 ** attempt));
    }
  }
}

async function send(file, show, paused) {
  const about = JSON.stringify({ name: file.name, size: file.size, modified: String(file.lastModified) });
  let upload = await patiently(() => call("POST", form.dataset.uploads, about, "application/json"), show);
  const address = `${form.dataset.uploads}${upload.id}/`;
  while (upload.received < file.size) {
    show.progress(upload.received, file.size);
    await paused();
    const start = upload.received;
    const piece = file.slice(start, start + upload.piece_bytes);
    const put = () => call("PUT", `${address}?offset=${start}`, piece, "application/octet-stream");
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
  let resume = null;
  button.addEventListener("click", () => {
    const stop = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(stop));
    if (!stop && resume) { resume(); resume = null; }
  });
  return {
    open() { box.hidden = false; button.focus(); },
    close() { box.hidden = true; },
    progress(done, total) {
      bar.max = total;
      bar.value = done;
      // A screen reader hears every tenth, and not every piece.
      const tenths = `${10 * Math.floor((10 * done) / total)} %`;
      if (words.textContent !== tenths) words.textContent = tenths;
    },
    waiting() { words.textContent = words.dataset.waiting; },
    failed(message) { words.textContent = message || words.dataset.failed; },
    paused() {
      if (button.getAttribute("aria-pressed") !== "true") return Promise.resolve();
      words.textContent = words.dataset.paused;
      return new Promise((done) => { resume = done; });
    },
  };
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
    form.elements.upload.value = await send(file, show, show.paused);
    input.value = "";
    removeEventListener("beforeunload", leaving);
    form.submit();
  } catch (error) {
    removeEventListener("beforeunload", leaving);
    submit.disabled = false;
    show.failed(error instanceof Refused ? error.message : "");
  }
}

if (form) {
  const show = panel();
  form.addEventListener("submit", (event) => submitted(event, show));
}
