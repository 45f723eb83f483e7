// Where somebody is: by the device, by a tap on the map, or by the centre of a typed district.
import table from "../../page/places.csv?raw";
import { byId, fill, h } from "./dom";
import { language, say } from "./words";

export interface Place {
  latitude: number;
  longitude: number;
  name: string;
}

interface District extends Place {
  keys: string[];
}

const SHORT: Record<string, string[]> = {
  전남광주통합특별시: ["광주", "광주광역시", "전남", "전라남도"],
  경상남도: ["경남"],
  경상북도: ["경북"],
  충청남도: ["충남"],
  충청북도: ["충북"],
  전북특별자치도: ["전북", "전라북도"],
  강원특별자치도: ["강원", "강원도"],
  제주특별자치도: ["제주", "제주도"],
};
const SHOWN = 8;

const squeeze = (text: string) => text.replace(/\s+/g, "").toLowerCase();

const districts: District[] = table
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => {
    const [sido = "", name = "", latitude, longitude] = line.trim().split(",");
    const short = SHORT[sido] ?? [sido.slice(0, 2)];
    const keys = [name, name.split(" ").at(-1) ?? "", ...[sido, ...short].map((front) => front + name)].map(squeeze);
    return { name: `${sido} ${name}`, latitude: Number(latitude), longitude: Number(longitude), keys };
  });

export function matching(query: string): Place[] {
  const wanted = squeeze(query);
  if (!wanted) return [];
  const rank = (district: District) => {
    if (district.keys.includes(wanted) || squeeze(district.name) === wanted) return 0;
    if (district.keys.some((key) => key.startsWith(wanted))) return 1;
    return district.keys.some((key) => key.includes(wanted)) ? 2 : 3;
  };
  return districts
    .map((district) => ({ district, at: rank(district) }))
    .filter(({ at }) => at < 3)
    .sort((a, b) => a.at - b.at)
    .map(({ district }) => district);
}

/** Names of districts around a place, for a map without names of its own. */
export function around(latitude: number, longitude: number, many: number): Place[] {
  const off = (place: Place) => Math.hypot(place.latitude - latitude, (place.longitude - longitude) * 0.8);
  return [...districts].sort((a, b) => off(a) - off(b)).slice(0, many);
}

export function inKorea(latitude: number, longitude: number): boolean {
  return latitude >= 32.9 && latitude <= 38.7 && longitude >= 124.5 && longitude <= 132;
}

let current: Place | null = null;
let listener: (place: Place | null) => void = () => {};

export const chosen = () => current;

export function choose(place: Place | null): void {
  current = place;
  const input = byId<HTMLInputElement>("place");
  if (place) input.value = place.name;
  input.setAttribute("aria-invalid", "false");
  fill("place-options");
  fill("place-note");
  byId("place-row").classList.toggle("is-chosen", Boolean(place));
  listener(place);
}

export function whenChosen(tell: (place: Place | null) => void): void {
  listener = tell;
}

function note(text: string): void {
  fill("place-note", h("p", { class: "note" }, text));
}

/** What was typed, as a place; where several fit or none does, that is said beside the field. */
export function settle(): Place | null {
  const typed = byId<HTMLInputElement>("place").value.trim();
  if (current && (current.name === typed || !typed)) return current;
  const found = matching(typed);
  const [first] = found;
  if (first && (found.length === 1 || squeeze(first.name) === squeeze(typed))) {
    choose(first);
    return first;
  }
  if (found.length) offer(found, true);
  else if (typed) {
    byId("place").setAttribute("aria-invalid", "true");
    note(say("no_place"));
  }
  return null;
}

function offer(found: Place[], asked = false): void {
  fill(
    "place-options",
    asked && h("p", { class: "note" }, say("which_place")),
    ...found.slice(0, SHOWN).map((place) =>
      h("button", { type: "button", class: "option", lang: "ko", onclick: () => choose(place) }, place.name),
    ),
  );
}

function locate(button: HTMLButtonElement): void {
  if (!("geolocation" in navigator)) return note(say("no_gps"));
  button.disabled = true;
  note(say("locating"));
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      button.disabled = false;
      if (!inKorea(coords.latitude, coords.longitude)) return note(say("not_korea"));
      choose({ latitude: coords.latitude, longitude: coords.longitude, name: say("here_gps") });
    },
    () => {
      button.disabled = false;
      note(say("no_gps"));
    },
    { enableHighAccuracy: true, timeout: 8000, maximumAge: 0 },
  );
}

async function pickOnMap(): Promise<void> {
  const panel = byId("pick-map");
  panel.hidden = false;
  fill("place-note", h("p", { class: "note" }, say("tap_map")));
  try {
    const { pick } = await import("./map");
    await pick(byId("pick-map-canvas"), (latitude, longitude) => {
      if (!inKorea(latitude, longitude)) return note(say("not_korea"));
      choose({ latitude, longitude, name: say("here_map") });
      panel.hidden = true;
    });
  } catch {
    panel.hidden = true;
    note(say("map_failed"));
  }
}

export function start(): void {
  const input = byId<HTMLInputElement>("place");
  input.removeAttribute("list");
  input.addEventListener("input", () => {
    if (current) {
      current = null;
      byId("place-row").classList.remove("is-chosen");
      listener(null);
    }
    fill("place-note");
    const found = matching(input.value);
    offer(found.length > 1 || (found[0] && found[0].name !== input.value) ? found : []);
  });
  const gps = h("button", { type: "button", class: "quiet", id: "gps" }, say("by_gps"));
  gps.addEventListener("click", () => locate(gps));
  const map = h("button", { type: "button", class: "quiet", id: "by-map" }, say("by_map"));
  map.addEventListener("click", () => void pickOnMap());
  byId("place-ways").replaceChildren(gps, map);
  document.documentElement.dataset["language"] = language;
}
