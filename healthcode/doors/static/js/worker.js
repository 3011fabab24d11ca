/*
 * The service worker of a page. The service puts `KEPT` in front of it: the page's name, the version and the addresses
 * to keep. Kept is only the shell, the same for everybody; what belongs to a person is asked of the service each time
 * and never passes through here.
 */
/* global KEPT */
const CACHE = `healthcode-${KEPT.page}-${KEPT.version}`;
const KEPT_ADDRESSES = new Set(KEPT.addresses);

self.addEventListener("install", (event) => {
  const fresh = KEPT.addresses.map((address) => new Request(address, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOlder().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  const isOurs = origin === location.origin && KEPT_ADDRESSES.has(pathname) && event.request.method === "GET";
  if (isOurs) event.respondWith(fromCache(pathname, event.request));
});

async function fromCache(pathname, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(pathname, { ignoreVary: true })) ?? fetch(request);
}

async function forgetOlder() {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith(`healthcode-${KEPT.page}-`) && name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
}
