// The map, loaded only when somebody asks for it: tiles by setting, else a drawn outline.
import * as maplibre from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import type { Hospital } from "./api";
import { h } from "./dom";
import { OUTLINE, TOWNS } from "./outline";
import { around, type Place } from "./place";
import { say } from "./words";

maplibre.setWorkerUrl(workerUrl);

const KOREA: [[number, number], [number, number]] = [
  [125.2, 33.0],
  [130.2, 38.7],
];

const meta = (name: string) => document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";

function style(dark: boolean): maplibre.StyleSpecification {
  const tiles = meta("er-tiles");
  const sea = dark ? "#10202e" : "#d9e7f2";
  const background: maplibre.LayerSpecification = { id: "sea", type: "background", paint: { "background-color": sea } };
  if (tiles) {
    return {
      version: 8,
      sources: { tiles: { type: "raster", tiles: [tiles], tileSize: 256, attribution: meta("er-tiles-credit"), maxzoom: 18 } },
      layers: [background, { id: "tiles", type: "raster", source: "tiles" }],
    };
  }
  const land = dark ? "#24323f" : "#f7f5ee";
  return {
    version: 8,
    sources: { land: { type: "geojson", data: OUTLINE } },
    layers: [
      background,
      { id: "land", type: "fill", source: "land", paint: { "fill-color": land } },
      { id: "coast", type: "line", source: "land", paint: { "line-color": dark ? "#5b7083" : "#9db2c3", "line-width": 1.2 } },
    ],
  };
}

function open(element: HTMLElement, withTowns: boolean): maplibre.Map {
  element.replaceChildren();
  const map = new maplibre.Map({
    container: element,
    style: style(matchMedia("(prefers-color-scheme: dark)").matches),
    bounds: KOREA,
    maxBounds: [
      [121, 31],
      [135, 41],
    ],
    attributionControl: meta("er-tiles") ? { compact: true } : false,
    dragRotate: false,
    pitchWithRotate: false,
    maxZoom: meta("er-tiles") ? 18 : 13,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  if (withTowns && !meta("er-tiles")) {
    for (const [name, longitude, latitude] of TOWNS) {
      const label = h("span", { class: "town", "aria-hidden": "true", lang: "ko" }, name);
      new maplibre.Marker({ element: label }).setLngLat([longitude, latitude]).addTo(map);
    }
  }
  return map;
}

function nameDistricts(map: maplibre.Map, place: Place): void {
  for (const district of around(place.latitude, place.longitude, 14)) {
    const name = district.name.split(" ").slice(1).join(" ");
    const label = h("span", { class: "town", "aria-hidden": "true", lang: "ko" }, name);
    new maplibre.Marker({ element: label }).setLngLat([district.longitude, district.latitude]).addTo(map);
  }
}

export async function pick(element: HTMLElement, tell: (latitude: number, longitude: number) => void): Promise<void> {
  const map = open(element, true);
  map.getCanvas().setAttribute("aria-label", say("tap_map"));
  map.on("click", ({ lngLat }) => tell(lngLat.lat, lngLat.lng));
  await map.once("load");
}

export async function show(element: HTMLElement, place: Place, hospitals: Hospital[], tell: (hpid: string) => void): Promise<void> {
  const map = open(element, false);
  map.getCanvas().setAttribute("aria-label", say("map"));
  const bounds = new maplibre.LngLatBounds([place.longitude, place.latitude], [place.longitude, place.latitude]);
  new maplibre.Marker({ element: h("span", { class: "here", title: place.name }) }).setLngLat([place.longitude, place.latitude]).addTo(map);
  for (const hospital of hospitals) {
    const pin = h(
      "button",
      { type: "button", class: `pin ${hospital.tier}`, "aria-label": hospital.name, title: hospital.name, onclick: () => tell(hospital.hpid) },
      String(hospital.rank),
    );
    new maplibre.Marker({ element: pin }).setLngLat([hospital.longitude, hospital.latitude]).addTo(map);
    bounds.extend([hospital.longitude, hospital.latitude]);
  }
  if (!meta("er-tiles")) nameDistricts(map, place);
  map.fitBounds(bounds, { padding: 48, maxZoom: 13, animate: false });
  await map.once("load");
}
