// Measures what the reader reads on and sends it with the light of the room. Without it the form tells the light alone.
const form = document.getElementById("room-form");
const tooSmall = document.getElementById("too-small");
const matches = (query) => matchMedia(query).matches;
const PHONE = 600; // CSS pixels: the shorter side of a touch screen below this is a telephone's
const PATIENCE = 5000; // ms: the reader wants to read, and a line that hangs must not keep them at this form

function gamut() {
  return ["rec2020", "p3", "srgb"].find((name) => matches(`(color-gamut: ${name})`)) ?? "";
}

function pointer() {
  return ["fine", "coarse", "none"].find((name) => matches(`(pointer: ${name})`)) ?? "";
}

function deviceClass() {
  if (pointer() !== "coarse") return "desktop";
  return Math.min(screen.width, screen.height) < PHONE ? "phone" : "tablet";
}

function measured() {
  return {
    viewport_width: innerWidth, viewport_height: innerHeight, device_pixel_ratio: devicePixelRatio,
    colour_gamut: gamut(), device_class: deviceClass(), pointer: pointer(),
    is_fullscreen: Boolean(document.fullscreenElement) || matches("(display-mode: fullscreen)"),
  };
}

function warn() {
  const { minimumWidth, minimumHeight } = form.dataset;
  tooSmall.hidden = innerWidth >= Number(minimumWidth) && innerHeight >= Number(minimumHeight);
}

async function send(light) {
  const response = await fetch(form.dataset.environments, {
    method: "POST",
    signal: AbortSignal.timeout(PATIENCE),
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    body: JSON.stringify({ room_light: light, ...measured() }),
  });
  if (!response.ok) throw new Error(String(response.status));
}

form.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button || form.dataset.plain) return;
  event.preventDefault();
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  try {
    await send(button.value);
    location.assign(form.dataset.next);
  } catch {
    // What cannot be measured or sent must not keep anybody from reading: the form goes its ordinary way.
    form.dataset.plain = "yes";
    form.requestSubmit(button);
  }
});
addEventListener("resize", warn);
warn();
