// The dialogue beneath the answer. Where the gateway has none, the page does without it.
import { ask, Failed, type Consent, type Recommendation, type Token, type Advice } from "./api";
import type { Place } from "./place";

export interface Turn {
  session_id: string;
  state: string;
  message: string;
  missing?: string[];
  ktas?: number | null;
  advice?: Advice | null;
  finished?: boolean;
  recommendation?: Recommendation | null;
}

const GONE = 410;

export class Chat {
  private token = "";
  private session = "";
  private ended = false;
  resumed = false;

  get isOpen(): boolean {
    return this.session !== "" && !this.ended;
  }

  get credentials(): { session_id: string; token: string } | null {
    return this.isOpen ? { session_id: this.session, token: this.token } : null;
  }

  /** Open a session; false where this gateway has no dialogue or it is away. */
  async open(place: Place | null, consent: Consent): Promise<boolean> {
    try {
      this.token = (await ask<Token>("POST", "/v1/auth/guest", {})).access_token;
      const body = place ? { location: located(place), consent } : { consent };
      this.session = (await ask<Turn>("POST", "/v1/chat/sessions", body, this.token)).session_id;
      return true;
    } catch (error) {
      if (error instanceof Failed) return false;
      throw error;
    }
  }

  async say(text: string): Promise<Turn> {
    return this.keepingOn(() => ask<Turn>("POST", `/v1/chat/sessions/${this.session}/messages`, { text }, this.token));
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
    try {
      return await turn();
    } catch (error) {
      const next = error instanceof Failed && error.status === GONE ? error.problem?.resume?.session_id : undefined;
      if (!next) throw error;
      // It paused too long; a new session holds what was said, so the same words go there.
      this.session = next;
      this.resumed = true;
      return turn();
    }
  }
}

function located(place: Place): { latitude: number; longitude: number } {
  return { latitude: place.latitude, longitude: place.longitude };
}
