// The dialogue of the contract. Where the gateway has none, the page does without it.
import { ask, Failed, type Consent, type Opened, type Token, type Turn } from "./api";
import type { Place } from "./place";

const GONE = 410;
const RETRY_MS = 1_000;

/** One guest for the whole visit: addresses are limited in how many they may have. */
let guest: { token: string; until: number } | null = null;

async function token(): Promise<string> {
  if (!guest || Date.now() > guest.until) {
    const told = await ask<Token>("POST", "/v1/auth/guest", {});
    guest = { token: told.access_token, until: Date.now() + (told.expires_in / 2) * 1000 };
  }
  return guest.token;
}

export class Chat {
  private token = "";
  private session = "";
  private answered = false;
  resumed = false;

  get isOpen(): boolean {
    return this.session !== "";
  }

  /** With what a list is asked for that knows everything told; null before the first answer. */
  get credentials(): { session_id: string; token: string } | null {
    return this.isOpen && this.answered ? { session_id: this.session, token: this.token } : null;
  }

  /** Open a session; false where this gateway has no dialogue or it is away. */
  async open(place: Place | null, consent: Consent): Promise<boolean> {
    try {
      this.token = await token();
      const body = place ? { location: located(place), consent } : { consent };
      this.session = (await ask<Opened>("POST", "/v1/chat/sessions", body, this.token)).session_id;
      return true;
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      if (error.status === 401) guest = null;
      return false;
    }
  }

  /** One turn; the same key for the same words, however often they have to be sent. */
  async say(text: string, key: string): Promise<Turn> {
    const send = () =>
      ask<Turn>("POST", `/v1/chat/sessions/${this.session}/messages`, { text }, this.token, { "idempotency-key": key });
    return this.keepingOn(send);
  }

  async move(place: Place): Promise<Turn> {
    return this.keepingOn(() => ask<Turn>("PUT", `/v1/chat/sessions/${this.session}/location`, located(place), this.token));
  }

  close(): void {
    if (this.isOpen) ask("DELETE", `/v1/chat/sessions/${this.session}`, undefined, this.token).catch(() => undefined);
    this.session = "";
  }

  private async keepingOn(turn: () => Promise<Turn>): Promise<Turn> {
    this.resumed = false;
    const told = await this.again(turn).catch((error: unknown) => {
      const next = error instanceof Failed && error.status === GONE ? error.problem?.resume?.session_id : undefined;
      if (!next) throw error;
      // It paused too long; a new session holds what was said, so the same words go there.
      this.session = next;
      this.resumed = true;
      return this.again(turn);
    });
    this.answered = true;
    return told;
  }

  /** What failed on the way or in the system is tried once more. */
  private async again(turn: () => Promise<Turn>): Promise<Turn> {
    try {
      return await turn();
    } catch (error) {
      if (!(error instanceof Failed) || (error.status !== 0 && error.status < 500)) throw error;
      await new Promise((resolve) => window.setTimeout(resolve, RETRY_MS));
      return turn();
    }
  }
}

export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function located(place: Place): { latitude: number; longitude: number } {
  return { latitude: place.latitude, longitude: place.longitude };
}
