// The demonstration's login: to a fictional provider and back; what was asked before stays, until
// the account is withdrawn. Tokens live in this tab alone.
"use strict";

const PROVIDERS = ["kakao", "naver", "google"];
const at = (id) => document.getElementById(id);
const kept = (name) => JSON.parse(sessionStorage.getItem(name) || "null");
const keep = (name, value) => sessionStorage.setItem(name, JSON.stringify(value));

async function call(method, path, body) {
  const tokens = kept("tokens");
  const headers = { "content-type": "application/json" };
  if (tokens) headers.authorization = `Bearer ${tokens.access_token}`;
  const answer = await fetch(path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: "omit",
  });
  const told = answer.status === 204 ? null : await answer.json();
  return { ok: answer.ok, status: answer.status, told };
}

function tell(text) {
  at("told").textContent = text;
}

function showHistory() {
  const lines = (kept("history") || []).map(({ text, answer }) => {
    const line = document.createElement("li");
    line.textContent = `${text}: ${answer}`;
    return line;
  });
  at("history").replaceChildren(...lines);
}

async function show() {
  showHistory();
  const me = kept("tokens") ? await call("GET", "/v1/auth/me") : { ok: false };
  if (!me.ok) sessionStorage.removeItem("tokens");
  at("in").hidden = !me.ok;
  at("out").hidden = me.ok;
  if (me.ok) at("who").textContent = `${me.told.name || me.told.id} 님`;
}

// The one-time code leaves the address before anything else happens.
async function comeBack() {
  const back = new URLSearchParams(location.search);
  history.replaceState(null, "", location.pathname);
  if (back.has("error")) tell("로그인하지 않았습니다.");
  const provider = back.get("provider");
  if (!back.has("code") || !PROVIDERS.includes(provider)) return;
  const { ok, told } = await call("POST", `/v1/auth/${provider}/token`, { code: back.get("code") });
  if (ok) keep("tokens", { access_token: told.access_token, refresh_token: told.refresh_token });
  tell(ok ? "로그인했습니다." : "로그인하지 못했습니다.");
}

async function ask(event) {
  event.preventDefault();
  const text = at("text").value;
  const { ok, told } = await call("POST", "/v1/triage", { text });
  if (!ok) return tell("지금은 답할 수 없습니다. 급하면 119에 전화하세요.");
  keep("history", [...(kept("history") || []), { text, answer: told.advice.message }]);
  at("text").value = "";
  showHistory();
}

async function leave(method, path, body, words) {
  const { ok } = await call(method, path, body);
  if (!ok) return tell("하지 못했습니다. 다시 해 보세요.");
  sessionStorage.clear();
  await show();
  tell(words);
}

for (const provider of PROVIDERS) {
  const back = encodeURIComponent(location.origin + location.pathname);
  at(provider).href = `/v1/auth/${provider}/authorize?redirect_uri=${back}`;
}
at("ask").addEventListener("submit", ask);
at("logout").addEventListener("click", () =>
  leave("POST", "/v1/auth/logout", {}, "로그아웃했습니다."));
at("withdraw").addEventListener("click", () =>
  leave("DELETE", "/v1/auth/me", undefined, "탈퇴했고 모두 지웠습니다."));
comeBack().then(show);
