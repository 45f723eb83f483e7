// What the page says, in the language that the server chose for it.
import words from "../words.json";

export type Word = keyof typeof words;
export type Language = "ko" | "en";

export const language: Language = document.documentElement.lang === "en" ? "en" : "ko";

export function say(word: Word, ...values: (string | number)[]): string {
  return words[word][language].replace(/\{(\d)\}/g, (_, place: string) => String(values[+place]));
}

export function ago(from: string | number, now = Date.now()): string {
  const seconds = Math.max(0, (now - new Date(from).getTime()) / 1000);
  if (seconds >= 86400) return say("days_n", Math.floor(seconds / 86400));
  if (seconds >= 3600) return say("hours_n", Math.floor(seconds / 3600));
  if (seconds >= 60) return say("minutes_n", Math.floor(seconds / 60));
  return say("now");
}
