// After the first visit everything is here: pages work without a network.
"use strict";
const NAME = "autodiff-VERSION";
const FILES = [/* FILES */];
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(
    names.filter((name) => name.startsWith("autodiff-") && name !== NAME).map((name) => caches.delete(name)),
  )).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  event.respondWith(caches.match(event.request, { ignoreSearch: true }).then(
    (found) => found || fetch(event.request).then((answer) => {
      const copy = answer.clone();
      if (answer.ok) caches.open(NAME).then((cache) => cache.put(event.request, copy));
      return answer;
    }),
  ));
});
