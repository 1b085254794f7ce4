// Once JupyterLite is open, this brings the rest of its files, one by one: then it works offline.
"use strict";
const home = new URL(".", document.currentScript.src);
const files = [/* FILES */];
window.addEventListener("load", () => setTimeout(async () => {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.ready;
  const cache = await caches.open("autodiff-lite-VERSION");
  for (const name of files) {
    const address = new URL(name, home);
    if (await cache.match(address, { ignoreSearch: true })) continue;
    await cache.add(new Request(address, { cache: "no-cache" })).catch(() => {});
  }
  document.body.dataset.offline = "ready";
}, 5000));
