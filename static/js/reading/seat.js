// One window of this browser reads at a time: whoever holds the lock. Other browsers are told apart by the server's order.
const PATIENCE = 700; // ms for which the page before this one, which is just being left, may still hold it

// Resolves with whether the seat is had. `onLost` is called when another window takes it away.
export function takeSeat(name, { force = false, onLost }) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((settle) => {
    let seated = false;
    const options = force ? { steal: true } : { signal: AbortSignal.timeout(PATIENCE) };
    navigator.locks
      .request(name, options, () => {
        seated = true;
        settle(true);
        return new Promise(() => {}); // until the window is closed or another one takes it
      })
      .catch(() => (seated ? onLost() : settle(false)));
  });
}
