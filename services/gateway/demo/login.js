// The demonstration's login: to a fictional provider and back. Dialogues are kept by the server: one
// of the guest from before the login, one of the user from after it; this tab holds their ids and
// the tokens of both, until somebody leaves.
"use strict";

const PROVIDERS = ["kakao", "naver", "google"];
const at = (id) => document.getElementById(id);
const kept = (name) => JSON.parse(sessionStorage.getItem(name) || "null");
const keep = (name, value) => sessionStorage.setItem(name, JSON.stringify(value));

const SESSIONS = "/v1/chat/sessions";

async function call(method, path, body, token = kept("tokens")?.access_token) {
  const headers = { "content-type": "application/json" };
  if (token) headers.authorization = `Bearer ${token}`;
  const answer = await fetch(path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: "omit",
  });
  const told = answer.status === 204 ? null : await answer.json();
  return { ok: answer.ok, status: answer.status, told };
}

const chats = () => kept("chats") || [];
const tokenOf = (chat) => (chat.isUsers ? kept("tokens")?.access_token : kept("guest"));

function tell(text) {
  at("told").textContent = text;
}

async function showHistory() {
  const lines = [];
  for (const chat of chats()) {
    const { ok, told } = await call("GET", `${SESSIONS}/${chat.id}`, undefined, tokenOf(chat));
    for (const { role, text } of ok ? told.transcript : []) {
      const line = document.createElement("li");
      line.textContent = `${role === "user" ? "나" : "답"}: ${text}`;
      lines.push(line);
    }
  }
  at("history").replaceChildren(...lines);
}

async function show() {
  const me = kept("tokens") ? await call("GET", "/v1/auth/me") : { ok: false };
  if (!me.ok) sessionStorage.removeItem("tokens");
  at("in").hidden = !me.ok;
  at("out").hidden = me.ok;
  if (me.ok) at("who").textContent = `${me.told.name || me.told.id} 님`;
  await showHistory();
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
  const chat = await opened(kept("tokens") !== null);
  const { ok } = chat ? await said(chat, text) : { ok: false };
  if (!ok) return tell("지금은 답할 수 없습니다. 급하면 119에 전화하세요.");
  at("text").value = "";
  await showHistory();
}

/** The dialogue of whoever sits here now; null where none can be opened. */
async function opened(isUsers) {
  const known = chats().find((chat) => chat.isUsers === isUsers);
  if (known) return known;
  if (!isUsers && !kept("guest")) {
    const { ok, told } = await call("POST", "/v1/auth/guest", {});
    if (!ok) return null;
    keep("guest", told.access_token);
  }
  const { ok, told } = await call("POST", SESSIONS, {}, tokenOf({ isUsers }));
  if (!ok) return null;
  const chat = { id: told.session_id, isUsers };
  keep("chats", [...chats(), chat]);
  return chat;
}

/** A dialogue that paused too long goes on in its successor. */
async function said(chat, text) {
  const answer = await call("POST", `${SESSIONS}/${chat.id}/messages`, { text }, tokenOf(chat));
  if (answer.status !== 410 || !answer.told.resume) return answer;
  const next = { ...chat, id: answer.told.resume.session_id };
  keep("chats", chats().map((one) => (one.id === chat.id ? next : one)));
  return call("POST", `${SESSIONS}/${next.id}/messages`, { text }, tokenOf(next));
}

async function leave(method, path, body, words) {
  const { ok } = await call(method, path, body);
  if (!ok) return tell("하지 못했습니다. 다시 해 보세요.");
  for (const chat of chats().filter((one) => !one.isUsers))
    await call("DELETE", `${SESSIONS}/${chat.id}`, undefined, tokenOf(chat));
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
