// The public contract, with the types that are generated from it.
import type { components } from "./contract";
import { language } from "./words";

type Schemas = components["schemas"];
export type Triage = Schemas["TriageAnswer"];
export type Advice = Schemas["Advice"];
export type Recommendation = Schemas["Recommendation"];
export type Hospital = Schemas["RankedHospital"];
export type Consent = Schemas["Consent"];
export type Refusal = Schemas["Refusal"];
export type Outcome = Schemas["OutcomeRequest"];
export type Subscription = Schemas["SubscriptionAnswer"];
export type Token = Schemas["TokenAnswer"];
export type Change = { hpid: string; field: string; from: number | string | null; to: number | string | null; reported_at: string | null };
export type Beds = { snapshot: string; generated_at: string; simulated: boolean; changes: Change[] };
export type Problem = Schemas["Problem"] & { advice?: Advice; resume?: { session_id: string } };

export class Failed extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem | null,
    readonly retryAfter: number,
  ) {
    super(`status ${status}`);
  }
}

const TIMEOUT_MS = 12_000;

export async function ask<T>(method: string, path: string, body?: unknown, token?: string): Promise<T> {
  const headers: Record<string, string> = { "accept-language": language };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (token) headers["authorization"] = `Bearer ${token}`;
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      credentials: "same-origin",
    });
  } catch {
    throw new Failed(0, null, 0);
  }
  if (!answer.ok) {
    const problem = (await answer.json().catch(() => null)) as Problem | null;
    throw new Failed(answer.status, problem, Number(answer.headers.get("retry-after") ?? 0));
  }
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}
