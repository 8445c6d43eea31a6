// Photographs are fetched ahead into memory only; nothing of them stays on the disk of a shared PC.
import { call } from "./server.js";

const WARM = 2; // so many of the next photographs are decoded ahead; all of them could take too much memory
const PATIENCE = 180000; // ms; six photographs at once over a slow line take their time
const cache = new Map();
const decoded = new Map();

export class SignedOut extends Error {}

async function load(url) {
  const response = await call(url, { signal: AbortSignal.timeout(PATIENCE) });
  if (response.redirected) throw new SignedOut();
  if (!response.ok) throw new Error(String(response.status));
  return URL.createObjectURL(await response.blob());
}

// The image's blob address; a failed fetch is forgotten, so that the next call tries again.
export function imageFor(position) {
  if (!cache.has(position.id)) {
    const loading = load(position.image_url);
    loading.catch(() => { if (cache.get(position.id) === loading) cache.delete(position.id); });
    cache.set(position.id, loading);
  }
  return cache.get(position.id);
}

async function warm(position) {
  const url = await imageFor(position);
  if (decoded.has(position.id)) return;
  const image = Object.assign(new Image(), { src: url });
  decoded.set(position.id, image);
  await image.decode();
}

export function prefetch(positions) {
  positions.forEach((position, index) => (index < WARM ? warm(position) : imageFor(position)).catch(() => {}));
}

// Gives back the memory of everything but these positions.
export function keepOnly(positions) {
  const wanted = new Set(positions.map((position) => position.id));
  for (const id of cache.keys()) if (!wanted.has(id)) drop(id);
}

// Forgets one image, so that it is fetched again.
export function drop(id) {
  cache.get(id)?.then((url) => URL.revokeObjectURL(url), () => {});
  cache.delete(id);
  decoded.delete(id);
}
