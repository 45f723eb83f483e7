// The ranked list, kept honest while time goes by and hospitals change.
import type { Change, Hospital, Recommendation } from "./api";
import { card, type Deeds, type Marks } from "./cards";
import { announce, byId, fill, h } from "./dom";
import { isGrave } from "./firstwords";
import type { Place } from "./place";
import { ago, say } from "./words";

const FIRST = 3;
const OLD_MS = 15 * 60 * 1000;
const TICK_MS = 30_000;

export class Results {
  private list: Recommendation | null = null;
  private place: Place | null = null;
  private shown = FIRST;
  private takenAt = 0;
  private hasChanged = false;
  private marks: Marks = { live: new Map(), told: new Map(), beds: new Map(), old: false };

  constructor(private readonly deeds: Deeds & { again(): void }) {
    window.setInterval(() => this.tick(), TICK_MS);
  }

  get requestId(): string | null {
    return this.list?.request_id ?? null;
  }

  clear(): void {
    this.list = null;
    fill("results");
    fill("map-panel");
  }

  /** No place yet: the ways to tell one, where the list will be. */
  askPlace(): void {
    this.list = null;
    fill(
      "results",
      h("h2", {}, say("list")),
      h("p", {}, say("need_place")),
      placeWays(),
    );
  }

  wait(): void {
    byId("results").setAttribute("aria-busy", "true");
    if (this.list) return;
    fill(
      "results",
      h("h2", {}, say("list")),
      h("p", { class: "note" }, say("searching")),
      ...[0, 1, 2].map(() => h("div", { class: "card ghost", "aria-hidden": "true" })),
    );
  }

  fail(words: string, again: () => void): void {
    byId("results").removeAttribute("aria-busy");
    const notice = h(
      "div",
      { class: "notice", role: "alert" },
      h("p", {}, words),
      h("button", { type: "button", class: "button", onclick: again }, say("retry")),
    );
    if (this.list) byId("results").prepend(notice);
    else fill("results", h("h2", {}, say("list")), notice);
  }

  show(list: Recommendation, place: Place | null): void {
    this.list = list;
    this.place = place;
    this.shown = FIRST;
    this.takenAt = Date.now();
    this.hasChanged = false;
    this.marks = { live: new Map(), told: new Map(), beds: new Map(), old: false };
    this.draw();
    announce([...list.notices.map((notice) => notice.text), say("found", list.hospitals.length)].join(" "));
  }

  note(hpid: string, words: string): void {
    if (!words) return;
    this.marks.told.set(hpid, words);
    this.redraw(hpid);
    announce(words);
  }

  tellAll(words: string): void {
    byId("results").querySelector("h2")?.after(h("p", { class: "told" }, words));
    announce(words);
  }

  changed(changes: Change[]): void {
    const listed = new Map(this.list?.hospitals.map((hospital) => [hospital.hpid, hospital]));
    const touched = new Set<string>();
    for (const change of changes) {
      const hospital = listed.get(change.hpid);
      const words = hospital && this.words(change, hospital);
      if (!words) continue;
      this.marks.live.set(change.hpid, words);
      touched.add(change.hpid);
    }
    if (!touched.size) return;
    this.hasChanged = true;
    this.draw();
    announce(say("live_changed"));
  }

  private words(change: Change, hospital: Hospital): string | null {
    if (change.field === "operating") return say(change.to === "Y" ? "live_open" : "live_closed");
    if (change.field === "messages") return say("live_notice");
    if (change.field !== "hvec") return null;
    const free = typeof change.to === "number" ? change.to : null;
    const before = this.marks.beds.get(hospital.hpid)?.free ?? hospital.beds.available;
    this.marks.beds.set(hospital.hpid, { free, reportedAt: change.reported_at });
    if (free != null && free <= 0 && (before ?? 1) > 0) return say("live_full");
    if (free != null && free > 0 && (before ?? 0) <= 0) return say("live_free", free);
    return null;
  }

  private draw(): void {
    const list = this.list;
    if (!list) return;
    const grave = isGrave(list.triage.ktas);
    const open = new Set([...byId("results").querySelectorAll("details[open]")].map((d) => d.closest<HTMLElement>("[data-hpid]")?.dataset["hpid"]));
    const entries = list.hospitals.slice(0, this.shown);
    const left = list.hospitals.length - entries.length;
    const section = fill(
      "results",
      h("h2", {}, say(grave ? "list_crew" : "list")),
      grave && h("p", { class: "note" }, say("crew_hint")),
      this.hasChanged && this.changedNotice(),
      this.marks.old && h("p", { class: "notice" }, say("old_list")),
      ...list.notices.map((notice) => h("p", { class: "notice of-list" }, notice.text)),
      needed(list),
      list.search.widened && h("p", { class: "note" }, say("widened")),
      list.compare && !this.marks.old && h("p", { class: "compare" }, h("strong", {}, say("compare")), " ", list.compare),
      h("ol", { class: "cards" }, ...entries.map((hospital) => this.card(hospital, list))),
      left > 0 &&
        h("button", { type: "button", class: "more", onclick: () => ((this.shown += 10), this.draw()) }, say("more", left)),
      this.place && this.mapButton(),
      foot(list),
    );
    section.removeAttribute("aria-busy");
    for (const details of section.querySelectorAll("details"))
      details.open = open.has(details.closest<HTMLElement>("[data-hpid]")?.dataset["hpid"]);
  }

  private card(hospital: Hospital, list: Recommendation): HTMLElement {
    return card(hospital, list, this.marks, this.deeds);
  }

  private redraw(hpid: string): void {
    const hospital = this.list?.hospitals.find((entry) => entry.hpid === hpid);
    const old = byId("results").querySelector<HTMLElement>(`[data-hpid="${CSS.escape(hpid)}"]`);
    if (!hospital || !old || !this.list) return;
    const drawn = this.card(hospital, this.list);
    old.replaceWith(drawn);
    drawn.focus({ preventScroll: true });
  }

  private changedNotice(): HTMLElement {
    return h(
      "div",
      { class: "notice is-live" },
      h("p", {}, say("live_changed")),
      h("button", { type: "button", class: "button", onclick: () => this.deeds.again() }, say("rerank")),
    );
  }

  private mapButton(): HTMLElement {
    return h("button", { type: "button", class: "quiet wide", id: "show-map", onclick: () => void this.showMap() }, say("show_map"));
  }

  private async showMap(): Promise<void> {
    if (!this.list || !this.place) return;
    const canvas = h("div", { class: "map", role: "region", "aria-label": say("map") });
    fill("map-panel", h("h2", {}, say("map")), canvas, h("p", { class: "note" }, document.querySelector('meta[name="er-tiles"]') ? "" : say("map_coarse")));
    try {
      const { show } = await import("./map");
      await show(canvas, this.place, this.list.hospitals, (hpid) => this.goTo(hpid));
      canvas.scrollIntoView({ behavior: "smooth", block: "center" });
    } catch {
      fill("map-panel", h("p", { class: "note" }, say("map_failed")));
    }
  }

  private goTo(hpid: string): void {
    this.shown = this.list?.hospitals.length ?? this.shown;
    this.draw();
    const found = byId("results").querySelector<HTMLElement>(`[data-hpid="${CSS.escape(hpid)}"]`);
    found?.scrollIntoView({ behavior: "smooth", block: "center" });
    found?.focus({ preventScroll: true });
  }

  private tick(): void {
    if (!this.list) return;
    const old = Date.now() - this.takenAt > OLD_MS;
    if (old !== this.marks.old) {
      this.marks.old = old;
      this.draw();
    }
    for (const age of byId("results").querySelectorAll<HTMLElement>("[data-since]"))
      age.textContent = say("ago", ago(age.dataset["since"] as string));
  }
}

export function placeWays(): HTMLElement {
  return h(
    "div",
    { class: "ways" },
    h("button", { type: "button", class: "quiet", onclick: () => byId("gps").click() }, say("by_gps")),
    h("button", { type: "button", class: "quiet", onclick: () => toPlace() }, say("type_place")),
  );
}

function toPlace(): void {
  byId("place").scrollIntoView({ behavior: "smooth", block: "center" });
  byId("place").focus({ preventScroll: true });
}

function needed(list: Recommendation): HTMLElement | null {
  const reasons = [...new Set(list.needs.filter((need) => need.role === "decisive").map((need) => need.reason))];
  if (!reasons.length && !list.policy.call.length) return null;
  return h(
    "div",
    { class: "needed" },
    h("h3", {}, say("needed")),
    h("ul", {}, ...[...reasons.slice(0, 3), ...list.policy.call].map((reason) => h("li", {}, reason))),
  );
}

function foot(list: Recommendation): HTMLElement {
  return h(
    "p",
    { class: "foot" },
    list.data_as_of ? `${say("as_of", ago(list.data_as_of))} · ` : "",
    say("live"),
    list.degraded.length ? ` · ${say("degraded")}` : "",
  );
}
