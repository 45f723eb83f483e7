// First words: the server's fixed advice, as large as it is urgent.
import type { Advice, Triage } from "./api";
import { byId, fill, h, telephone } from "./dom";
import { say } from "./words";

export const isGrave = (ktas: number | null | undefined) => ktas != null && ktas <= 2;

export function showAdvice(advice: Advice, triage: Triage | null): void {
  const section = fill(
    "first-words",
    h("h2", {}, say("first_words")),
    h("p", { class: "lead" }, advice.message),
    advice.call_119 &&
      h("a", { class: "call-119 big", href: "tel:119" }, say("call_119")),
    steps("do", advice.actions),
    steps("do_not", advice.do_not),
    phones(advice),
    triage && understood(triage),
    rewrite(),
  );
  section.className = advice.call_119 ? "first-words is-urgent" : "first-words";
}

function rewrite(): HTMLElement {
  const back = () => {
    byId("text").scrollIntoView({ behavior: "smooth", block: "center" });
    byId("text").focus({ preventScroll: true });
  };
  return h("button", { type: "button", class: "plain rewrite", onclick: back }, say("again"));
}

function steps(kind: "do" | "do_not", actions: Advice["actions"]): HTMLElement | null {
  if (!actions.length) return null;
  return h(
    "div",
    { class: `steps ${kind}` },
    h("h3", {}, say(kind)),
    h("ul", {}, ...actions.map((action) => h("li", {}, action.text))),
  );
}

function phones(advice: Advice): HTMLElement | null {
  const others = advice.phones.filter((phone) => !(advice.call_119 && phone.number === "119"));
  if (!others.length) return null;
  return h(
    "ul",
    { class: "phones", "aria-label": say("phones") },
    ...others.map((phone) =>
      h("li", {}, h("a", { href: telephone(phone.number) }, phone.number), h("span", {}, phone.reason)),
    ),
  );
}

function understood(triage: Triage): HTMLElement | null {
  const names = triage.symptoms.map((symptom) => symptom.name);
  if (!names.length && triage.ktas == null) return null;
  const level = triage.ktas == null ? say("no_urgency") : say("urgency", triage.ktas);
  return h(
    "p",
    { class: "understood" },
    names.length ? `${say("understood")}: ${names.join(", ")}` : "",
    h("span", { class: "level" }, level),
  );
}

export function showFailure(text: string): void {
  const section = fill(
    "first-words",
    h("h2", {}, say("first_words")),
    h("p", { class: "lead" }, text),
    h("a", { class: "call-119 big", href: "tel:119" }, say("call_119")),
    h("div", { class: "steps do" }, h("ul", {}, h("li", {}, say("offline_cpr")))),
  );
  section.className = "first-words is-urgent";
}
