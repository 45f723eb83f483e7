"""Kakao's access tokens: issued to our app first, and only then whose they are."""

import time

from services.auth.errors import invalid_token
from services.auth.providers import failures
from services.auth.providers.endpoints import Endpoint
from services.auth.providers.idtokens import Proof
from services.auth.providers.outbound import Outbound

INFO, ME = "/v1/user/access_token_info", "/v2/user/me"


async def by_access_token(token: str, to: Endpoint, outbound: Outbound) -> Proof:
    """Who a token belongs to. The user is not asked for before the token is known to be ours."""
    info = await outbound.get(to.name, to.api_url + INFO, bearer=token)
    if info.status != 200 or info.body is None:
        raise failures.kakao_api(info.status, info.body)
    subject, left, app = (info.body.get(name) for name in ("id", "expires_in", "app_id"))
    if not to.app_id or str(app) != to.app_id:
        raise invalid_token()
    if not isinstance(subject, int) or not isinstance(left, int) or left <= 0:
        raise invalid_token()
    me = await outbound.get(to.name, to.api_url + ME, bearer=token)
    if me.status != 200 or me.body is None:
        raise failures.kakao_api(me.status, me.body)
    if me.body.get("id") != subject:
        raise invalid_token()
    account = me.body.get("kakao_account")
    told = account if isinstance(account, dict) else {}
    profile = told.get("profile")
    return Proof(
        space=to.space,
        subject=str(subject),
        expires_at=time.time() + left,
        email=_verified_email(told),
        name=_text(profile.get("nickname")) if isinstance(profile, dict) else None,
    )


def _verified_email(account: dict[str, object]) -> str | None:
    sure = account.get("is_email_valid") is True and account.get("is_email_verified") is True
    return _text(account.get("email")) if sure else None


def _text(value: object) -> str | None:
    return value[:255] if isinstance(value, str) and value else None
