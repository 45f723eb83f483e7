// At most one question at a time above the list, and the talk beneath it.
import type { Consent } from "./api";
import { Chat, type Turn } from "./chat";
import { fill, h } from "./dom";
import type { Place } from "./place";
import { say } from "./words";

interface Listener {
  answered(turn: Turn): void;
}

export class Talk {
  private chat = new Chat();
  private lines: { role: "me" | "er"; text: string }[] = [];
  private sending = false;

  constructor(private readonly listener: Listener) {}

  clear(): void {
    this.close();
    this.lines = [];
    fill("question");
    fill("chat");
  }

  close(): void {
    this.chat.close();
    this.chat = new Chat();
  }

  async open(text: string, place: Place | null, consent: Consent): Promise<void> {
    const chat = this.chat;
    if (!(await chat.open(place, consent)) || chat !== this.chat) return;
    await this.turn(() => chat.say(text), null);
  }

  async move(place: Place): Promise<void> {
    if (this.chat.isOpen) await this.turn(() => this.chat.move(place), null);
  }

  private async turn(ask: () => Promise<Turn>, mine: string | null): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    if (mine) this.lines.push({ role: "me", text: mine });
    try {
      const turn = await ask();
      if (this.chat.resumed) this.lines.push({ role: "er", text: say("resumed") });
      this.lines.push({ role: "er", text: turn.message });
      this.show(turn);
      this.listener.answered(turn);
    } catch {
      this.lines.push({ role: "er", text: say("not_sent") });
      this.show(null);
    } finally {
      this.sending = false;
    }
  }

  private answer(text: string): void {
    const words = text.trim();
    if (words) void this.turn(() => this.chat.say(words), words);
  }

  private show(turn: Turn | null): void {
    const asks = turn && !turn.finished && turn.state !== "done";
    fill(
      "question",
      asks && h("h2", {}, say("question")),
      asks && h("p", { class: "lead" }, turn.message),
      asks &&
        h(
          "div",
          { class: "quick" },
          ...(["yes", "no", "dont_know"] as const).map((word) =>
            h("button", { type: "button", class: "button", onclick: () => this.answer(say(word)) }, say(word)),
          ),
        ),
      asks && this.field("question-text"),
    );
    fill(
      "chat",
      h("h2", {}, say("chat")),
      h(
        "ol",
        { class: "lines", "aria-live": "polite" },
        ...this.lines.map(({ role, text }) => h("li", { class: role }, text)),
      ),
      !asks && this.field("chat-text"),
    );
  }

  private field(id: string): HTMLElement {
    const input = h("input", { id, type: "text", maxlength: 2000, autocomplete: "off", "aria-label": say("chat_hint"), placeholder: say("chat_hint") });
    const form = h(
      "form",
      { class: "say", onsubmit: (event) => (event.preventDefault(), this.answer(input.value)) },
      input,
      h("button", { type: "submit", class: "button primary" }, say("send")),
    );
    return form;
  }
}

