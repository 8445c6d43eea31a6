// Durations on the reader's own monotonic clock: from the first frame that shows the image to the first decision and to
// the commit. Time in which the page was hidden or another window had the focus is counted apart. A flag says what may have
// disturbed them, the gravest first.
const IDLE = 120000; // ms without a touch of keys, mouse or screen
const LATE = 1000; // ms for which the reader waited for the image
const TOUCHES = ["keydown", "pointerdown", "pointermove", "wheel"];

export function createTiming() {
  let shown = 0, decided = null, away = 0, awaySince = null, touched = 0, idle = false, wasAway = false, late = false, resumed = false;

  function touch(event) {
    if (event.timeStamp - touched > IDLE) idle = true;
    touched = event.timeStamp;
  }
  function look() {
    const now = performance.now(), isAway = document.hidden || !document.hasFocus();
    if (isAway && awaySince === null) awaySince = now;
    if (!isAway && awaySince !== null) { away += now - awaySince; awaySince = null; }
    wasAway ||= isAway;
  }
  for (const name of TOUCHES) addEventListener(name, touch, { capture: true, passive: true });
  document.addEventListener("visibilitychange", look);
  for (const name of ["blur", "focus"]) addEventListener(name, look);

  function quality(now) {
    if (wasAway) return "hidden";
    if (idle || now - touched > IDLE) return "idle";
    if (resumed) return "resumed";
    if (late) return "late_image";
    return navigator.onLine ? "ok" : "offline";
  }
  return {
    // `asked` is when the image was asked for, `again` whether the case had been shown before or the page is new.
    start(at, { asked, again }) {
      [shown, decided, away, awaySince, touched] = [at, null, 0, null, at];
      [idle, wasAway, late, resumed] = [false, false, at - asked > LATE, again];
      look();
    },
    // The moment of the key or click itself, which was before the code that it led to.
    decide() { decided ??= Math.min(performance.now(), Math.max(shown, touched)); },
    sinceShown: () => performance.now() - shown,
    result() {
      const now = performance.now();
      const running = awaySince === null ? 0 : now - awaySince;
      return {
        milliseconds_to_decision: Math.round((decided ?? now) - shown),
        milliseconds_to_commit: Math.round(now - shown),
        milliseconds_hidden: Math.round(away + running),
        timing_quality: quality(now),
      };
    },
  };
}
