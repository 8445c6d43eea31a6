// Every request of the reading screen goes through here, so that it is known when the server last heard of the reader.
const PATIENCE = 20000; // ms after which a request that hangs is given up

export const contact = { at: performance.now() };

function cookie(name) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
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
