// Durations on the reader's own clock: from the first frame that shows the image to the first decision and to the
// commit; the time in which the page was hidden is counted apart.
export function createTiming() {
  let shown = 0, decided = null, hidden = 0, hiddenSince = null;
  document.addEventListener("visibilitychange", () => {
    const now = performance.now();
    if (document.hidden) hiddenSince = now;
    else if (hiddenSince !== null) { hidden += now - hiddenSince; hiddenSince = null; }
  });
  return {
    start(at) { shown = at; decided = null; hidden = 0; if (document.hidden) hiddenSince = at; },
    decide() { decided ??= performance.now(); },
    sinceShown: () => performance.now() - shown,
    result() {
      const now = performance.now();
      const running = hiddenSince === null ? 0 : now - hiddenSince;
      return {
        milliseconds_to_decision: Math.round((decided ?? now) - shown),
        milliseconds_to_commit: Math.round(now - shown),
        milliseconds_hidden: Math.round(hidden + running),
      };
    },
  };
}
