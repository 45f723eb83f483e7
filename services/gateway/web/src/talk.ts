// At most one question at a time above the list, and the talk beneath it.
import { Failed, type Advice, type Consent, type Turn } from "./api";
import { Chat, newKey } from "./chat";
import { fill, h } from "./dom";
import type { Place } from "./place";
import { say, type Word } from "./words";

interface Listener {
  answered(turn: Turn): void;
  advised(advice: Advice): void;
  askedPlace(): HTMLElement;
}

interface Line {
  role: "me" | "er";
  text: string;
  again?: () => void;
}

const YES_NO: Word[] = ["yes", "no", "dont_know"];
/** Short answers to questions that are no yes-or-no ones, by the code of the question. */
const ANSWERS: Record<string, Word[]> = {
  symptoms: [],
  is_self: ["myself", "another"],
  age_years: ["dont_know"],
  age_days: ["dont_know"],
  gender: ["male", "female", "dont_know"],
  history: ["none", "dont_know"],
  location: [],
  location_city: [],
  refused_name: ["dont_know"],
  confirm: ["yes", "no"],
};

export class Talk {
  private chat = new Chat();
  private lines: Line[] = [];
  private question: Turn | null = null;
  private turns: Promise<void> = Promise.resolve();

  constructor(private readonly listener: Listener) {}

  get credentials(): { session_id: string; token: string } | null {
    return this.chat.credentials;
  }

  clear(): void {
    this.close();
    this.lines = [];
    this.question = null;
    fill("question");
    fill("chat");
  }

  close(): void {
    this.chat.close();
    this.chat = new Chat();
    this.turns = Promise.resolve();
  }

  open(text: string, place: Place | null, consent: Consent): Promise<void> {
    const chat = this.chat;
    return this.inTurn(chat, async () => {
      if (await chat.open(place, consent)) await this.turn(chat, () => chat.say(text, newKey()));
    });
  }

  move(place: Place): Promise<void> {
    const chat = this.chat;
    return this.inTurn(chat, async () => {
      if (chat.isOpen) await this.turn(chat, () => chat.move(place));
    });
  }

  private answer(text: string): void {
    const words = text.trim();
    if (!words) return;
    this.lines.push({ role: "me", text: words });
    this.send(words, newKey());
  }

  private send(words: string, key: string): void {
    const chat = this.chat;
    const again = () => this.send(words, key);
    void this.inTurn(chat, () => this.turn(chat, () => chat.say(words, key), again));
  }

  /** One after the other, and nothing of a talk that was left meanwhile. */
  private inTurn(chat: Chat, work: () => Promise<void>): Promise<void> {
    this.turns = this.turns.then(() => (chat === this.chat ? work() : undefined));
    return this.turns;
  }

  private async turn(chat: Chat, ask: () => Promise<Turn>, again?: () => void): Promise<void> {
    try {
      const turn = await ask();
      if (chat !== this.chat) return;
      this.lines = this.lines.filter((line) => !line.again);
      if (chat.resumed) this.lines.push({ role: "er", text: say("resumed") });
      this.lines.push({ role: "er", text: turn.message });
      // A place that comes between leaves the question that stands as it is.
      if (turn.asked || turn.finished || again) this.question = turn.asked ? turn : null;
      this.show();
      this.listener.answered(turn);
    } catch (error) {
      if (chat !== this.chat) return;
      this.lines = this.lines.filter((line) => !line.again);
      this.lines.push({ role: "er", text: say("not_sent"), ...(again && { again }) });
      this.show();
      const advice = error instanceof Failed ? error.problem?.advice : undefined;
      if (advice) this.listener.advised(advice);
    }
  }

  private show(): void {
    const turn = this.question;
    const code = turn?.asked;
    fill(
      "question",
      turn && code && h("h2", {}, say("question")),
      turn && code && h("p", { class: "lead" }, withoutAdvice(turn)),
      code && this.quick(ANSWERS[code] ?? YES_NO),
      code === "location" && this.listener.askedPlace(),
      code && this.field("question-text", code === "symptoms" ? "chat_hint" : "answer_hint"),
    );
    // While nothing but the first question was said, it stands above and nowhere else.
    if (code && this.lines.length < 2) return void fill("chat");
    fill(
      "chat",
      h("h2", {}, say("chat")),
      h("ol", { class: "lines", "aria-live": "polite" }, ...this.lines.map((line) => this.line(line))),
      !code && this.field("chat-text", "chat_hint"),
    );
  }

  private line({ role, text, again }: Line): HTMLElement {
    const retry = again && h("button", { type: "button", class: "plain", onclick: again }, say("retry"));
    return h("li", { class: role }, text, retry && " ", retry);
  }

  private quick(words: Word[]): HTMLElement | null {
    if (!words.length) return null;
    return h(
      "div",
      { class: "quick" },
      ...words.map((word) =>
        h("button", { type: "button", class: "button", onclick: () => this.answer(say(word)) }, say(word)),
      ),
    );
  }

  private field(id: string, hint: Word): HTMLElement {
    const input = h("input", { id, type: "text", maxlength: 2000, autocomplete: "off", "aria-label": say(hint), placeholder: say(hint) });
    const form = h(
      "form",
      { class: "say", onsubmit: (event) => (event.preventDefault(), this.answer(input.value)) },
      input,
      h("button", { type: "submit", class: "button primary" }, say("send")),
    );
    return form;
  }
}

/** The advice stands on top already; what is asked is what is left of the message. */
function withoutAdvice({ message, advice }: Turn): string {
  return (message.startsWith(advice.message) && message.slice(advice.message.length).trim()) || message;
}
