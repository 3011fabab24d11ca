// What a page keeps, in a browser that may close the database under it or have no room left.
import assert from "node:assert/strict";
import test from "node:test";

import { openStore } from "../../healthcode/doors/static/js/store.js";

/** As much of IndexedDB as the store asks for: one shelf in memory, whose connections can be closed from outside. */
function browser(t, { hasRoom = true } = {}) {
  const rows = new Map();
  const connections = [];
  const failure = (name) => Object.assign(new Error(name), { name });
  class Connection {
    isClosed = false;
    transaction() {
      if (this.isClosed) throw failure("InvalidStateError");
      const transaction = { objectStore: () => ({ get, put }) };
      queueMicrotask(() => transaction.oncomplete?.());
      return transaction;
    }
  }
  const get = (key) => ({ result: rows.get(key) });
  const put = (value, key) => {
    if (!hasRoom) throw failure("QuotaExceededError");
    rows.set(key, value);
    return { result: key };
  };
  globalThis.indexedDB = {
    open() {
      const opening = { result: new Connection() };
      connections.push(opening.result);
      queueMicrotask(() => opening.onsuccess());
      return opening;
    },
  };
  t.after(() => { delete globalThis.indexedDB; });
  return { connections };
}

test("a database that the browser closed is opened once more, by all who ask together", async (t) => {
  const { connections } = browser(t);
  const store = await openStore("page", { facts: null });
  await store.put("facts", 7, "offset");
  connections[0].isClosed = true;
  assert.deepEqual(await Promise.all([store.get("facts", "offset"), store.get("facts", "offset")]), [7, 7]);
  assert.equal(connections.length, 2);
});

test("a database that closes again at once is given up", async (t) => {
  const { connections } = browser(t);
  const store = await openStore("page", { facts: null });
  const { push } = connections;
  connections.push = (connection) => push.call(connections, Object.assign(connection, { isClosed: true }));
  connections[0].isClosed = true;
  await assert.rejects(store.get("facts", "offset"), { name: "InvalidStateError" });
  assert.equal(connections.length, 2);
});

test("without room a fact is not kept, and nobody is kept waiting for it", async (t) => {
  browser(t, { hasRoom: false });
  const store = await openStore("page", { facts: null });
  await assert.rejects(store.put("facts", 7, "offset"), { name: "QuotaExceededError" });
  await store.jot("facts", 7, "offset");
});
