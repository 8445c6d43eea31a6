// Photographs are fetched ahead into memory only; nothing of them stays on the disk of a shared PC.
const cache = new Map();

export class SignedOut extends Error {}

async function load(url) {
  const response = await fetch(url, { cache: "no-store", credentials: "same-origin" });
  if (response.redirected) throw new SignedOut();
  if (!response.ok) throw new Error(String(response.status));
  return URL.createObjectURL(await response.blob());
}

// The image's blob address; a failed fetch is forgotten, so that the next call tries again.
export function imageFor(position) {
  if (!cache.has(position.id)) {
    const loading = load(position.image_url);
    loading.catch(() => cache.delete(position.id));
    cache.set(position.id, loading);
  }
  return cache.get(position.id);
}

export function prefetch(positions) {
  for (const position of positions) imageFor(position).catch(() => {});
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
}
