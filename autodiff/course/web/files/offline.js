// Once a lesson was opened and this has all files, the pages work without a network.
"use strict";
const NAME = "autodiff-pages-VERSION";
const FILES = [/* FILES */];
self.addEventListener("install", (event) => {
  // no-cache asks whether what the browser has is still right: what the page just loaded does not come twice
  const wanted = FILES.map((path) => new Request(path, { cache: "no-cache" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(wanted)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(
    names.filter((name) => name.startsWith("autodiff-pages-") && name !== NAME).map((name) => caches.delete(name)),
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
