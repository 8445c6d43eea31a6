// Answers that the server has not acknowledged yet, on this computer's disk: {key, sequence, body}. Opaque ids and
// the answer; no pixels, no names. They are kept under their owner (reader and enrolment), so that whoever else signs in
// here neither sees nor sends them. Where IndexedDB is not to be had they are kept in this tab.
const DATABASE = "reader-study";
const STORE = "answers";
const TAB = "reader-study-answers:";
const bySequence = (one, other) => one.sequence - other.sequence;

function resultOf(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

function open() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" }).createIndex("owner", "owner");
  return resultOf(request);
}

async function inDatabase(owner) {
  const database = await open();
  // Resolves once the transaction is on the disk: what was asked for in it may still be lost before.
  const written = (change) => new Promise((done, failed) => {
    const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
    transaction.oncomplete = done;
    transaction.onabort = () => failed(transaction.error);
    change(transaction.objectStore(STORE));
  });
  return {
    all: () => resultOf(database.transaction(STORE).objectStore(STORE).index("owner").getAll(owner)),
    add: (parcel) => written((store) => store.put({ ...parcel, owner })),
    remove: (key) => written((store) => store.delete(key)),
  };
}

function inTab(owner) {
  const name = `${TAB}${owner}`;
  let parcels = [];
  try { parcels = JSON.parse(sessionStorage.getItem(name)) ?? []; } catch { /* nothing was kept */ }
  function keep(changed) {
    parcels = changed;
    try { sessionStorage.setItem(name, JSON.stringify(parcels)); } catch { /* they still live in memory */ }
  }
  return {
    all: async () => parcels,
    add: async (parcel) => keep([...parcels, parcel]),
    remove: async (key) => { if (parcels.length) keep(parcels.filter((parcel) => parcel.key !== key)); },
  };
}

export async function openQueue(owner) {
  const places = [await inDatabase(owner).catch(() => null), inTab(owner)].filter(Boolean);
  const gone = new Set(); // what a disk that fails would not forget is not sent for ever
  return {
    // In the order in which they are to be sent.
    async all() {
      const found = await Promise.all(places.map((place) => place.all().catch(() => [])));
      return found.flat().filter((parcel) => !gone.has(parcel.key)).sort(bySequence);
    },
    async add(parcel) {
      for (const place of places) {
        try { return await place.add(parcel); } catch { /* the next place takes it */ }
      }
    },
    async remove(key) {
      gone.add(key);
      await Promise.all(places.map((place) => place.remove(key).catch(() => {})));
    },
  };
}

// Whose answers wait in this browser, in the database and in this tab. Fails where the browser does not tell.
export async function waitingOwners() {
  const database = await open();
  const parcels = await resultOf(database.transaction(STORE).objectStore(STORE).getAll());
  database.close();
  const inThisTab = Object.entries(sessionStorage).filter(([name, kept]) => name.startsWith(TAB) && kept !== "[]");
  return [...parcels.map((parcel) => parcel.owner), ...inThisTab.map(([name]) => name.slice(TAB.length))];
}
