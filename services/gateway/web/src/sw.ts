// The service worker: the page opens without a network. Nothing that anybody asked or was answered
// is ever kept here.
/// <reference lib="webworker" />
export {};
const worker = self as unknown as ServiceWorkerGlobalScope;

const CACHE = "er-shell-1";
const WAIT_MS = 4000;
const isShell = (path: string) => path.startsWith("/assets/") || path === "/icon.svg" || path === "/manifest.webmanifest";

worker.addEventListener("install", (event) => {
  event.waitUntil(prepare());
});

async function prepare(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const page of ["/", "/?lang=en"]) {
    const answer = await fetch(page, { cache: "no-store" });
    const text = await answer.clone().text();
    await cache.put(page, answer);
    const named = [...text.matchAll(/"(\/assets\/[^"]+)"/g)].map((match) => match[1] as string);
    await cache.addAll([...new Set(named)]);
  }
  await cache.addAll(["/icon.svg", "/manifest.webmanifest"]);
  await worker.skipWaiting();
}

worker.addEventListener("activate", (event) => {
  event.waitUntil(worker.clients.claim());
});

worker.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === "/") event.respondWith(page(event.request, url));
  else if (isShell(url.pathname)) event.respondWith(asset(event.request));
});

async function page(request: Request, url: URL): Promise<Response> {
  const cache = await caches.open(CACHE);
  const name = url.searchParams.get("lang") === "en" ? "/?lang=en" : "/";
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(WAIT_MS) });
    if (answer.ok) {
      await cache.put(name, answer.clone());
      return answer;
    }
  } catch {
    // No network, or one that is as good as none.
  }
  return (await cache.match(name)) ?? Response.error();
}

async function asset(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const known = await cache.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}
