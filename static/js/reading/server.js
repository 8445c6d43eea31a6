// Every request of the reading screen goes through here, so that it is known when the server last heard of the reader.
const PATIENCE = 20000; // ms after which a request that hangs is given up

export const contact = { at: performance.now() };

// Over HTTPS the names of cookies begin with __Host-, and only those are of this site for sure.
export function cookie(name) {
  const parts = document.cookie.split("; ");
  const found = [`__Host-${name}=`, `${name}=`].flatMap((whole) => parts.filter((part) => part.startsWith(whole)));
  return found.length ? decodeURIComponent(found[0].slice(found[0].indexOf("=") + 1)) : "";
}

export async function call(url, { headers = {}, ...options } = {}) {
  const response = await fetch(url, {
    credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(PATIENCE), ...options,
    headers: { Accept: "application/json", "X-CSRFToken": cookie("csrftoken"), ...headers },
  });
  if (response.ok && !response.redirected) contact.at = performance.now();
  return response;
}

// Status and body; the body is null where the answer is no JSON.
export async function callForJson(url, options) {
  const response = await call(url, options);
  return { status: response.status, body: await response.json().catch(() => null) };
}
