// The page: say what is wrong, first words at once, then where to go.
import "./style.css";
import { ask, Failed, type Consent, type Hospital, type Outcome, type Recommendation, type Refusal, type Triage } from "./api";
import { byId, fill, h } from "./dom";
import { showAdvice, showFailure } from "./firstwords";
import * as places from "./place";
import { Results } from "./results";
import { Talk } from "./talk";
import { forget, keep } from "./kept";
import * as live from "./live";
import { showOffline } from "./offline";
import { language, say } from "./words";

const HANDOVER = "er-handover";
const form = byId<HTMLFormElement>("ask");
const textarea = byId<HTMLTextAreaElement>("text");

let triage: Triage | null = null;
let refused: Refusal[] = [];
let asked = 0;

const results = new Results({
  going: (hospital) => void tell(hospital, "going", say("going_told")),
  wrong: (hospital) => void tell(hospital, "data_wrong", say("wrong_told")),
  refused: (hospital) => void turnedAway(hospital),
  again: () => void search(),
});
const talk = new Talk({
  answered: (turn) => {
    // A later turn may make it graver, never milder: 119 stays once it was said.
    if (turn.advice && (turn.advice.call_119 || !triage?.advice.call_119)) showAdvice(turn.advice, triage);
    if (!turn.recommendation) return;
    triage = turn.recommendation.triage;
    // The dialogue may not know of a refusal that was told by a card's button.
    if (refused.length) void search();
    else take(turn.recommendation);
  },
});

function consent(): Consent {
  const agreed = byId<HTMLInputElement>("consent").checked;
  return { sensitive: agreed, location: agreed, external_ai: byId<HTMLInputElement>("consent-ai").checked };
}

async function submit(): Promise<void> {
  const text = textarea.value.trim();
  if (!text) {
    fill("form-note", h("p", { class: "note is-wrong" }, say("empty_text")));
    textarea.focus();
    return;
  }
  fill("form-note");
  const turn = ++asked;
  triage = null;
  refused = [];
  live.stop();
  results.clear();
  talk.clear();
  busy(true);
  const place = places.settle();
  try {
    const told = await ask<Triage>("POST", "/v1/triage", { text, consent: consent() });
    if (turn !== asked) return;
    triage = told;
    showAdvice(told.advice, told);
  } catch (error) {
    showFailure(failure(error, "failed_words"));
  } finally {
    busy(false);
  }
  document.body.classList.add("is-answered");
  window.scrollTo({ top: 0 });
  if (triage) await Promise.all([place ? search() : results.askPlace(), talk.open(text, places.chosen(), consent())]);
}

async function search(): Promise<void> {
  const place = places.chosen();
  if (!triage || !place) return;
  const turn = asked;
  results.wait();
  try {
    const list = await ask<Recommendation>("POST", "/v1/recommendations", {
      latitude: place.latitude,
      longitude: place.longitude,
      patient: triage,
      refused,
      consent: consent(),
    });
    if (turn === asked) take(list);
  } catch (error) {
    if (turn === asked) results.fail(failure(error, "failed"), () => void search());
  }
}

function take(list: Recommendation): void {
  const place = places.chosen();
  triage = list.triage;
  showAdvice(list.advice, list.triage);
  results.show(list, place);
  keep(list);
  if (!place) return;
  void live.follow(place, list.search.radius_km, list.snapshot, {
    changed: (changes) => results.changed(changes),
    lost: () => void search(),
  });
}

async function tell(hospital: Hospital, event: Outcome["event"], words: string): Promise<boolean> {
  const request = results.requestId;
  if (!request) return false;
  try {
    await ask("POST", `/v1/recommendations/${request}/outcome`, { hpid: hospital.hpid, event });
    results.note(hospital.hpid, words);
    return true;
  } catch (error) {
    results.note(hospital.hpid, error instanceof Failed && error.status ? failure(error, "not_sent") : say("not_sent"));
    return false;
  }
}

async function turnedAway(hospital: Hospital): Promise<void> {
  // The list is what matters now; the word to the system may come later, or not at all.
  void tell(hospital, "refused", "");
  refused = [...refused.filter((entry) => entry.hpid !== hospital.hpid), { hpid: hospital.hpid }];
  await search();
  results.tellAll(say("refused_told", hospital.name));
}

function failure(error: unknown, otherwise: "failed" | "failed_words" | "not_sent"): string {
  if (error instanceof Failed && error.status === 429) return say("limited", error.retryAfter || 60);
  return say(otherwise);
}

function busy(is: boolean): void {
  const button = byId<HTMLButtonElement>("go");
  button.setAttribute("aria-busy", String(is));
  button.textContent = say(is ? "going_on" : "go");
}

function leave(): void {
  forget();
  talk.close();
  textarea.value = "";
  document.body.replaceChildren();
  location.replace("about:blank");
}

/** The other language is another page of the server; what was typed goes along, once. */
function switchLanguage(event: Event): void {
  event.preventDefault();
  sessionStorage.setItem(HANDOVER, JSON.stringify({ text: textarea.value, place: places.chosen(), asked: asked > 0 }));
  location.assign((event.currentTarget as HTMLAnchorElement).href);
}

function handover(): void {
  const given = sessionStorage.getItem(HANDOVER);
  sessionStorage.removeItem(HANDOVER);
  if (!given) return;
  const { text, place, asked: wasAsked } = JSON.parse(given) as { text: string; place: places.Place | null; asked: boolean };
  textarea.value = text;
  if (place) places.choose(place);
  if (wasAsked) void submit();
}

form.noValidate = true;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void submit();
});
textarea.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit();
});
byId("exit").hidden = false;
byId("exit").addEventListener("click", leave);
byId("language").addEventListener("click", switchLanguage);
places.start();
places.whenChosen((place) => {
  if (!place || !triage) return;
  void search();
  void talk.move(place);
});
window.addEventListener("online", () => {
  showOffline();
  if (triage) void search();
});
window.addEventListener("offline", showOffline);
showOffline();
handover();
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js", { scope: "/" }).catch(() => undefined);
}
document.documentElement.dataset["ready"] = language;
