// Without a network: 119, the first words, and whom one could still phone.
import { byId, fill, h, telephone } from "./dom";
import { forget, kept } from "./kept";
import { ago, say } from "./words";

export function showOffline(): void {
  document.body.classList.toggle("is-offline", !navigator.onLine);
  if (navigator.onLine) {
    fill("offline");
    return;
  }
  const last = kept();
  fill(
    "offline",
    h("h2", {}, say("offline")),
    h("a", { class: "call-119 big", href: "tel:119" }, say("call_119")),
    h("ul", {}, h("li", {}, say("offline_words")), h("li", {}, say("offline_cpr"))),
    last && h("h3", {}, say("last_list", ago(last.at))),
    last?.simulated && h("p", { class: "note" }, say("simulated")),
    last &&
      h(
        "ul",
        { class: "last" },
        ...last.hospitals.map(({ name, phone }) =>
          h("li", {}, h("span", { lang: "ko" }, name), phone ? h("a", { href: telephone(phone) }, phone) : ""),
        ),
      ),
    last &&
      h("button", { type: "button", class: "plain", onclick: () => (forget(), showOffline()) }, say("forget")),
  );
  byId("offline").hidden = false;
}
