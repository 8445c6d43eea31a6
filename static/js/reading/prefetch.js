// Photographs are fetched ahead into memory only; nothing of them stays on the disk of a shared PC.
const cache = new Map();

async function load(url) {
  const response = await fetch(url, { cache: "no-store", credentials: "same-origin" });
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
export async function keepOnly(positions) {
  const wanted = new Set(positions.map((position) => position.id));
  for (const [id, loading] of cache) {
    if (wanted.has(id)) continue;
    cache.delete(id);
    loading.then((url) => URL.revokeObjectURL(url), () => {});
  }
}
