"""The fictional providers over HTTP, each under its name: the shapes of Kakao, Naver and Google."""

import asyncio
import html
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from simulator.identity.world import CLIENT_ID, CLIENT_SECRET, Access, Grant, World, challenge_of

Handler = Callable[[Request, str], Awaitable[Response]]

PAGE = """<!doctype html><html lang="ko"><meta charset="utf-8"><title>가상 로그인</title>
<body><h1>가상의 {provider} 로그인 (SIMULATED)</h1>
<p>진짜 {provider}가 아닙니다. 아래 사람들은 모두 지어낸 사람입니다.</p>
<ul>{people}</ul><p><a id="refuse" href="{refuse}">동의하지 않기</a></p></body></html>"""


def create_app(world: World) -> Starlette:
    """One app for all of them; its address is part of what they issue."""
    providers = _Providers(world)
    routes = [
        Route("/{provider}/authorize", providers.served("authorize", providers.authorize)),
        Route("/{provider}/token", providers.served("token", providers.token), methods=["POST"]),
        Route("/{provider}/jwks", providers.served("jwks", providers.jwks)),
        Route(
            "/kakao/v1/user/access_token_info",
            providers.served("access_token_info", providers.kakao_info),
        ),
        Route("/kakao/v2/user/me", providers.served("me", providers.kakao_me)),
        Route("/naver/v1/nid/me", providers.served("me", providers.naver_me)),
    ]
    return Starlette(routes=routes)


class _Providers:
    def __init__(self, world: World) -> None:
        self._world = world

    def served(self, operation: str, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """A handler behind the faults of the script."""

        async def answer(request: Request) -> Response:
            provider = request.path_params.get("provider") or _first(request)
            fault = self._world.due(provider, operation)
            if fault is not None:
                await asyncio.sleep(fault.delay_s)
                if fault.body is not None:
                    return Response(fault.body, fault.status, media_type="application/json")
            return await handler(request, provider)

        return answer

    async def authorize(self, request: Request, provider: str) -> Response:
        """The page on which a person says who they are; `person` says it for them."""
        asked = request.query_params
        if asked.get("client_id") != CLIENT_ID or "redirect_uri" not in asked:
            return JSONResponse({"error": "invalid_request"}, 400)
        if "person" not in asked:
            return self._choice(provider, asked)
        person = self._world.people.get(asked["person"])
        back = {"state": asked.get("state", "")}
        if person is None:
            back["error"] = "access_denied"
        else:
            grant = Grant(
                provider,
                person,
                asked["redirect_uri"],
                asked.get("nonce"),
                asked.get("code_challenge"),
            )
            back["code"] = self._world.grant(grant)
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 302)

    def _choice(self, provider: str, asked: Mapping[str, str]) -> Response:
        def link(person: str) -> str:
            return html.escape("?" + urlencode({**asked, "person": person}))

        people = "".join(
            f'<li><a id="{name}" href="{link(name)}">{html.escape(person.name)}</a></li>'
            for name, person in self._world.people.items()
        )
        return HTMLResponse(PAGE.format(provider=provider, people=people, refuse=link("nobody")))

    async def token(self, request: Request, provider: str) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return JSONResponse({"error": "invalid_client"}, 401)
        grant = self._world.grants.pop(form.get("code", ""), None)
        if grant is None or not _matches(grant, provider, form):
            refusal = {"error": "invalid_grant", "error_description": "code"}
            refusal |= {"error_code": "KOE320"} if provider == "kakao" else {}
            # Naver tells a refusal with the status of a success.
            return JSONResponse(refusal, 200 if provider == "naver" else 400)
        told = {
            "access_token": self._world.access_token(provider, grant.person),
            "token_type": "bearer",
            "expires_in": 3600,
        }
        if self._world.tells_id_tokens:
            changed = {"nonce": grant.nonce, **self._world.claims}
            issuer = _issuer(request, provider)
            told["id_token"] = self._world.id_token(provider, issuer, grant.person, **changed)
        return JSONResponse(told)

    async def jwks(self, _: Request, provider: str) -> Response:
        headers = {"cache-control": "public, max-age=3600"}
        return JSONResponse(dict(self._world.jwks(provider)), headers=headers)

    async def kakao_info(self, request: Request, _: str) -> Response:
        access = self._access(request, "kakao")
        if access is None:
            return JSONResponse({"msg": "this access token does not exist", "code": -401}, 401)
        left = int(access.expires_at - time.time())
        return JSONResponse(
            {"id": access.person.number, "expires_in": left, "app_id": access.app_id}
        )

    async def kakao_me(self, request: Request, _: str) -> Response:
        access = self._access(request, "kakao")
        if access is None:
            return JSONResponse({"msg": "this access token does not exist", "code": -401}, 401)
        account = {
            "email": access.person.email,
            "is_email_valid": True,
            "is_email_verified": True,
            "profile": {"nickname": access.person.name},
        }
        return JSONResponse({"id": access.person.number, "kakao_account": account})

    async def naver_me(self, request: Request, _: str) -> Response:
        access = self._access(request, "naver")
        if access is None:
            return JSONResponse({"resultcode": "024", "message": "Authentication failed"}, 401)
        person = {"id": f"classic-{access.person.number}", "name": access.person.name}
        return JSONResponse({"resultcode": "00", "message": "success", "response": person})

    def _access(self, request: Request, provider: str) -> Access | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        access = self._world.accesses.get(token)
        return access if access is not None and access.provider == provider else None


def _matches(grant: Grant, provider: str, form: Mapping[str, Any]) -> bool:
    proven = grant.challenge is None or grant.challenge == challenge_of(
        form.get("code_verifier", "")
    )
    address = form.get("redirect_uri", grant.redirect_uri)
    return grant.provider == provider and proven and address == grant.redirect_uri


def _issuer(request: Request, provider: str) -> str:
    # The root path is where this app is mounted; `base_url` leaves that out.
    return f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path']}/{provider}"


def _first(request: Request) -> str:
    return request.url.path.removeprefix(request.scope.get("root_path", "")).split("/")[1]
