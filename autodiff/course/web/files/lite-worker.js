// Stands before JupyterLite's service worker: a file of the site that was kept needs no network.
"use strict";
const KEPT = "autodiff-lite-VERSION";
const LENT = /\/api\/(drive|stdin|service-worker)/;  // what JupyterLite's own answers its kernel
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(
    names.filter((name) => name.startsWith("autodiff-lite-") && name !== KEPT).map((name) => caches.delete(name)),
  )));
});
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || LENT.test(url.pathname)) return;
  event.stopImmediatePropagation();
  event.respondWith(kept(event.request));
});
async function kept(request) {
  const cache = await caches.open(KEPT);
  const found = await cache.match(request, { ignoreSearch: true });
  if (found) return found;
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch {
    return new Response("not kept, and there is no network", { status: 404 });
  }
}
importScripts("service-worker-jupyterlite.js");
