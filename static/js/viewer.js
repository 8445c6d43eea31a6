// The image pane: wheel, drag, pinch, double tap and methods for keys. Geometry is set through CSSOM alone.
const MAX = 16;
const STEP = 1.25;

function twoFrames() {
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}

export function createViewer(pane, { onZoom = () => {} } = {}) {
  const state = { scale: 1, x: 0, y: 0, zooms: 0, image: pane.querySelector("img") };
  const pointers = new Map();
  let gesture = null;

  function limit() {
    const box = pane.getBoundingClientRect();
    const roomX = Math.max(0, (box.width * (state.scale - 1)) / 2);
    const roomY = Math.max(0, (box.height * (state.scale - 1)) / 2);
    state.x = Math.min(roomX, Math.max(-roomX, state.x));
    state.y = Math.min(roomY, Math.max(-roomY, state.y));
  }

  function paint() {
    limit();
    if (state.image) state.image.style.transform = `translate(${state.x}px, ${state.y}px) scale(${state.scale})`;
    pane.dataset.scale = state.scale.toFixed(3);
  }

  function centred(event) {
    const box = pane.getBoundingClientRect();
    return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
  }

  // Keeps the point of the image under `at` where it is.
  function zoomTo(scale, at = { x: 0, y: 0 }) {
    const next = Math.min(MAX, Math.max(1, scale));
    if (next === state.scale) return;
    const ratio = next / state.scale;
    state.x = at.x - (at.x - state.x) * ratio;
    state.y = at.y - (at.y - state.y) * ratio;
    state.scale = next;
    state.zooms += 1;
    paint();
    onZoom(state.scale);
  }

  function fit() {
    Object.assign(state, { scale: 1, x: 0, y: 0 });
    paint();
  }

  // One pixel of the photograph on one pixel of the screen.
  function actualSize() {
    if (!state.image) return;
    const box = pane.getBoundingClientRect();
    const shown = Math.min(box.width / state.image.naturalWidth, box.height / state.image.naturalHeight);
    zoomTo(1 / (shown * devicePixelRatio));
  }

  function pan(dx, dy) {
    state.x += dx;
    state.y += dy;
    paint();
  }

  pane.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomTo(state.scale * Math.exp(-event.deltaY * 0.0018), centred(event));
  }, { passive: false });

  pane.addEventListener("dblclick", (event) => (state.scale > 1 ? fit() : zoomTo(2.5, centred(event))));

  pane.addEventListener("pointerdown", (event) => {
    pane.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, centred(event));
    gesture = begin();
  });

  pane.addEventListener("pointermove", (event) => {
    if (!pointers.has(event.pointerId)) return;
    pointers.set(event.pointerId, centred(event));
    follow();
  });

  for (const end of ["pointerup", "pointercancel"]) {
    pane.addEventListener(end, (event) => {
      pointers.delete(event.pointerId);
      gesture = begin();
    });
  }

  function middle() {
    const points = [...pointers.values()];
    const x = points.reduce((sum, point) => sum + point.x, 0) / points.length;
    const y = points.reduce((sum, point) => sum + point.y, 0) / points.length;
    const apart = points.length === 2 ? Math.hypot(points[0].x - points[1].x, points[0].y - points[1].y) : 0;
    return { x, y, apart };
  }

  function begin() {
    return pointers.size ? { ...middle(), scale: state.scale } : null;
  }

  function follow() {
    if (!gesture) return;
    const now = middle();
    pan(now.x - gesture.x, now.y - gesture.y);
    if (gesture.apart && now.apart) zoomTo((gesture.scale * now.apart) / gesture.apart, now);
    gesture.x = now.x;
    gesture.y = now.y;
  }

  // Swaps the photograph for another one, which is decoded; resolves with the time of the first frame that shows it.
  async function show(fresh, alt = "") {
    fresh.alt = alt;
    fresh.draggable = false;
    state.image?.remove();
    state.image = fresh;
    state.zooms = 0;
    pane.append(fresh);
    fit();
    await twoFrames();
    return performance.now();
  }

  return {
    show, fit, actualSize, pan,
    zoomIn: () => zoomTo(state.scale * STEP),
    zoomOut: () => zoomTo(state.scale / STEP),
    get zooms() { return state.zooms; },
    get scale() { return state.scale; },
  };
}
