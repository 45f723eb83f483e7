// Live changes of the hospitals on the list: a subscription, and the stream that it opens.
import { ask, type Beds, type Change, type Subscription } from "./api";
import type { Place } from "./place";

interface Listener {
  changed(changes: Change[], event: Beds): void;
  lost(): void;
}

const AGAIN_MS = 10_000;
let stream: EventSource | null = null;
let waiting = 0;

export function stop(): void {
  window.clearTimeout(waiting);
  stream?.close();
  stream = null;
}

/** Follow a circle from the snapshot of a list on; whatever fails is tried again by itself. */
export async function follow(place: Place, radiusKm: number, since: string, listener: Listener): Promise<void> {
  stop();
  const again = () => {
    stop();
    waiting = window.setTimeout(() => void follow(place, radiusKm, since, listener), AGAIN_MS);
  };
  let subscription: Subscription;
  try {
    subscription = await ask<Subscription>("POST", "/v1/subscriptions", {
      latitude: place.latitude,
      longitude: place.longitude,
      radius_km: Math.min(100, radiusKm),
    });
  } catch {
    return again();
  }
  const address = `/v1/events/${encodeURIComponent(subscription.id)}?since=${encodeURIComponent(since)}`;
  const opened = new EventSource(address);
  stream = opened;
  opened.addEventListener("beds", (event) => {
    const told = JSON.parse((event as MessageEvent<string>).data) as Beds;
    since = told.snapshot;
    if (told.changes.length) listener.changed(told.changes, told);
  });
  opened.addEventListener("resync", () => listener.lost());
  opened.addEventListener("error", () => {
    // The browser comes back by itself, but for an answer that is no stream.
    if (opened.readyState === EventSource.CLOSED && stream === opened) again();
  });
}
