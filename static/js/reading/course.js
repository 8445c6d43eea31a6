// Where the reader is: the server's word, moved on by the answers that still wait.

// What an answer is refused with that comes after the end.
export const OVER = new Set(["study_not_open", "not_active"]);

export function viewOf(screen, parcels, { revisable }) {
  const given = new Set(parcels.filter((parcel) => !parcel.body.revise).map((parcel) => parcel.body.position));
  const upcoming = [screen.next, ...screen.ahead].filter(Boolean);
  const answered = upcoming.filter((position) => given.has(position.id));
  const [next = null, ...ahead] = upcoming.filter((position) => !given.has(position.id));
  const done = screen.done + answered.length;
  // Before a break no case is shown, not even for a moment: the page of the break comes with the server's word.
  const isHeld = done >= (screen.pause_after ?? Infinity);
  return {
    done, total: screen.total, next: isHeld ? null : next, ahead: isHeld && next ? [next, ...ahead] : ahead,
    last: revisable ? answered.at(-1) ?? screen.last : null,
  };
}

// The server's word, with the moment on this computer's clock from which on an answer brings a break.
export function heard(body, now) {
  return { ...body, pauseAt: now + 1000 * (body.pause_in ?? Infinity) };
}

// A break after so much time comes with the answer that is given then.
export function heldBack(screen, parcels, now) {
  if (now < screen.pauseAt) return screen;
  return { ...screen, pause_after: Math.min(screen.pause_after ?? Infinity, viewOf(screen, parcels, {}).done) };
}

// Where in the queue a new answer belongs: at its end; before everything that waits for this very answer.
export function sequenceFor(parcels, { held }) {
  if (!parcels.length) return 1;
  return held ? parcels[0].sequence - 1 : parcels.at(-1).sequence + 1;
}

// An answer out of order whose case is still to come waits until the cases before it are answered.
export function isStillToCome(parcel, screen) {
  return Boolean(screen.ahead?.some((position) => position.id === parcel.body.position));
}

// A page that was left while it wrote an answer may have written it after the next page had looked: what is given then
// changes that answer, where the protocol allows it.
export function isGivenAlready(body, parcels) {
  return parcels.some((parcel) => parcel.body.position === body.position && parcel.body.level === body.level);
}
