// One card per hospital: what it reports and how old that is, never a promise.
import type { Hospital, Recommendation } from "./api";
import { h, telephone } from "./dom";
import { isGrave } from "./firstwords";
import { ago, say } from "./words";

export interface Deeds {
  going(hospital: Hospital): void;
  refused(hospital: Hospital): void;
  wrong(hospital: Hospital): void;
}

export interface Marks {
  live: Map<string, string>;
  told: Map<string, string>;
  beds: Map<string, { free: number | null; reportedAt: string | null }>;
  old: boolean;
}

const SIGNS = { available: "✓", unavailable: "✕", unknown: "?" } as const;
const ALWAYS = ["hvec", "MKioskTy28"];
const SHOWN_REASONS = new Set(["refused", "closed", "open_unknown", "blocked", "cannot", "ask", "far"]);

export function card(hospital: Hospital, list: Recommendation, marks: Marks, deeds: Deeds): HTMLElement {
  const grave = isGrave(list.triage.ktas);
  const live = marks.live.get(hospital.hpid);
  const told = marks.told.get(hospital.hpid);
  const { own, other } = notices(hospital, list);
  return h(
    "li",
    { class: `card ${hospital.tier}${live ? " is-changed" : ""}`, "data-hpid": hospital.hpid, tabindex: -1 },
    h(
      "div",
      { class: "card-head" },
      !marks.old && h("span", { class: "rank", "aria-hidden": "true" }, String(hospital.rank)),
      h(
        "div",
        { class: "card-name" },
        h("h3", { lang: "ko" }, hospital.name),
        h(
          "p",
          { class: "sub" },
          h("span", { class: `tier ${hospital.tier}` }, say(hospital.tier)),
          hospital.level ? say(hospital.level) : "",
        ),
      ),
    ),
    live && h("p", { class: "live" }, live),
    facts(hospital, marks),
    decisive(hospital),
    ...hospital.reasons
      .filter((reason) => SHOWN_REASONS.has(reason.code))
      .map((reason) => h("p", { class: "reason" }, reason.text)),
    ...own.map((text) =>
      h("p", { class: "message" }, h("strong", {}, say("notice")), " ", h("span", { lang: "ko" }, text)),
    ),
    told && h("p", { class: "told" }, told),
    buttons(hospital, grave, deeds),
    h(
      "div",
      { class: "card-foot" },
      why(hospital, other),
      h("button", { type: "button", class: "plain", onclick: () => deeds.wrong(hospital) }, say("wrong")),
    ),
  );
}

function facts(hospital: Hospital, marks: Marks): HTMLElement {
  const [low, high] = hospital.eta_range_s;
  const now = marks.beds.get(hospital.hpid);
  const free = now ? now.free : hospital.beds.available;
  const reportedAt = now?.reportedAt ?? hospital.reported_at;
  const isOld = !now && (hospital.freshness === "expired" || hospital.freshness === "unknown");
  return h(
    "dl",
    { class: "facts" },
    !marks.old &&
      fact(say("km", (hospital.distance_m / 1000).toFixed(1)), say("minutes", Math.floor(low / 60), Math.ceil(high / 60))),
    fact(say("beds"), beds(free, hospital.beds.total), free != null && free <= 0 ? "is-full" : ""),
    fact(say(isOld ? "may_differ" : "reported"), reportedAt ? say("ago", ago(reportedAt)) : say("age_unknown"), isOld ? "is-old" : "", reportedAt),
  );
}

function fact(label: string, value: string, kind = "", since: string | null = null): HTMLElement {
  return h("div", { class: `fact ${kind}` }, h("dt", {}, label), h("dd", { "data-since": since }, value));
}

function beds(free: number | null, total: number | null): string {
  if (free == null) return say("beds_unknown");
  if (free < 0) return say("beds_over", -free);
  return total == null ? say("beds_free", free) : say("beds_of", free, total);
}

/** Notices that may touch this patient; what speaks of other needs stands under the reasons. */
function notices(hospital: Hospital, list: Recommendation): { own: string[]; other: string[] } {
  const fields = new Set([...ALWAYS, ...list.needs.map((need) => need.field)]);
  const own = new Set<string>();
  const other = new Set<string>();
  for (const { text, fields: about } of hospital.messages) {
    const touches = !about.length || about.some((field) => fields.has(field));
    (touches ? own : other).add(text);
  }
  return { own: [...own], other: [...other].filter((text) => !own.has(text)) };
}

function decisive(hospital: Hospital): HTMLElement | null {
  const needs = hospital.resources.filter((resource) => resource.role === "decisive");
  if (!needs.length) return null;
  return h("ul", { class: "needs" }, ...needs.map(need));
}

function need(resource: Hospital["resources"][number]): HTMLElement {
  return h(
    "li",
    { class: resource.status },
    h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[resource.status]),
    `${resource.name} · ${say(resource.status)}`,
  );
}

function buttons(hospital: Hospital, grave: boolean, deeds: Deeds): HTMLElement {
  const number = hospital.er_phone ?? hospital.phone;
  const route = `https://map.kakao.com/link/to/${encodeURIComponent(hospital.name)},${hospital.latitude},${hospital.longitude}`;
  return h(
    "div",
    { class: "deeds" },
    !grave && number && h("a", { class: "button primary", href: telephone(number) }, `${say("call_hospital")} ${number}`),
    !grave && h("a", { class: "button", href: route, rel: "noopener noreferrer external", target: "_blank" }, say("route")),
    h("button", { type: "button", onclick: () => deeds.going(hospital) }, say("going")),
    h("button", { type: "button", class: "refuse", onclick: () => deeds.refused(hospital) }, say("refused")),
  );
}

function why(hospital: Hospital, others: string[]): HTMLElement {
  const points = (value: number) => (value ? h("span", { class: "points" }, say("points", value.toFixed(1))) : null);
  return h(
    "details",
    { class: "why" },
    h("summary", {}, say("why")),
    h(
      "ul",
      {},
      ...hospital.reasons.map((reason) => h("li", {}, reason.text, " ", points(reason.points))),
      ...hospital.resources.map((resource) =>
        h("li", { class: resource.status }, `${resource.name} · ${say(resource.status)} `, points(resource.points)),
      ),
    ),
    others.length > 0 && h("p", { class: "others" }, h("strong", {}, say("other_notices"))),
    others.length > 0 && h("ul", { lang: "ko" }, ...others.map((text) => h("li", {}, text))),
    hospital.address ? h("p", { class: "address", lang: "ko" }, hospital.address) : null,
    h("p", { class: "score" }, say("score", hospital.score.toFixed(1))),
  );
}
