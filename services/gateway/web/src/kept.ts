// What stays on this device for a day: names and phones of the last hospitals, and when.
import type { Recommendation } from "./api";

interface Kept {
  at: number;
  simulated: boolean;
  hospitals: { name: string; phone: string }[];
}

const NAME = "er-last";
const LIFE_MS = 24 * 3600 * 1000;

export function keep(list: Recommendation): void {
  const hospitals = list.hospitals
    .map(({ name, er_phone, phone }) => ({ name, phone: er_phone ?? phone ?? "" }))
    .sort((a, b) => a.name.localeCompare(b.name, "ko"));
  const kept: Kept = { at: Date.now(), simulated: list.simulated, hospitals };
  try {
    localStorage.setItem(NAME, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing: then there is nothing to show offline.
  }
}

export function kept(): Kept | null {
  try {
    const found = JSON.parse(localStorage.getItem(NAME) ?? "null") as Kept | null;
    if (found && Date.now() - found.at < LIFE_MS) return found;
    forget();
  } catch {
    // As above.
  }
  return null;
}

export function forget(): void {
  try {
    localStorage.removeItem(NAME);
  } catch {
    // As above.
  }
}
