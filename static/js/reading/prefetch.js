// Photographs are fetched ahead into memory only; nothing of them stays on the disk of a shared PC.
import { call } from "./server.js";

const WARM = 2; // so many of the next photographs are decoded ahead; all of them could take too much memory
const AT_ONCE = 2; // over a slow line the next photograph comes first, and an answer finds a connection that is free
const PATIENCE = 180000; // ms; large photographs over a slow line take their time
const cache = new Map();
const decoded = new Map();
let waiting = [], loading = 0;

export class SignedOut extends Error {}

async function load(url) {
  const response = await call(url, { signal: AbortSignal.timeout(PATIENCE) });
  if (response.redirected) throw new SignedOut();
  if (!response.ok) throw new Error(String(response.status));
  return URL.createObjectURL(await response.blob());
}

// The image's blob address; a failed fetch is forgotten, so that the next call tries again.
function imageFor(position) {
  if (!cache.has(position.id)) {
    const fetched = load(position.image_url);
    fetched.catch(() => { if (cache.get(position.id) === fetched) cache.delete(position.id); });
    cache.set(position.id, fetched);
  }
  return cache.get(position.id);
}

// The photograph as an element that can be shown at once: fetched and decoded.
export async function pictureFor(position) {
  const src = await imageFor(position);
  if (!decoded.has(position.id)) decoded.set(position.id, Object.assign(new Image(), { src }));
  const picture = decoded.get(position.id);
  await picture.decode();
  return picture;
}

// The photograph that came with the page need not be fetched again.
export function adopt(id, picture) {
  cache.set(id, Promise.resolve(picture.src));
  decoded.set(id, picture);
}

async function fetchNext() {
  while (loading < AT_ONCE && waiting.length) {
    const { position, isNear } = waiting.shift();
    loading += 1;
    await (isNear ? pictureFor(position) : imageFor(position)).catch(() => {});
    loading -= 1;
  }
}

export function prefetch(positions) {
  waiting = positions.map((position, index) => ({ position, isNear: index < WARM }));
  for (let lane = 0; lane < AT_ONCE; lane += 1) fetchNext();
}

// Gives back the memory of everything but these positions.
export function keepOnly(positions) {
  const wanted = new Set(positions.map((position) => position.id));
  for (const id of [...cache.keys(), ...decoded.keys()]) if (!wanted.has(id)) drop(id);
}

// Forgets one image, so that it is fetched again.
export function drop(id) {
  cache.get(id)?.then((url) => URL.revokeObjectURL(url), () => {});
  cache.delete(id);
  decoded.delete(id);
}
