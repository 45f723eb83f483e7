"""What the tokens of auth say."""

import secrets
from datetime import datetime

from services.auth.keys import SigningKey
from shared import tokens
from shared.contracts.auth import AUDIENCE, TokenAnswer


def guest_token(key: SigningKey, *, issuer: str, life_s: int, now: datetime) -> TokenAnswer:
    """A token for somebody who told nothing; its subject is new and belongs to nobody."""
    session = secrets.token_urlsafe(16)
    return _token(
        key,
        issuer=issuer,
        subject=f"guest:{session}",
        session=session,
        scope=tokens.GUEST_SCOPE,
        life_s=life_s,
        now=now,
    )


def user_token(
    key: SigningKey, *, issuer: str, user: str, session: str, life_s: int, now: datetime
) -> TokenAnswer:
    """A token of one session of a user; `user` is the account's id."""
    return _token(
        key,
        issuer=issuer,
        subject=f"user:{user}",
        session=session,
        scope=tokens.USER_SCOPE,
        life_s=life_s,
        now=now,
    )


def _token(
    key: SigningKey,
    *,
    issuer: str,
    subject: str,
    session: str,
    scope: str,
    life_s: int,
    now: datetime,
) -> TokenAnswer:
    issued = int(now.timestamp())
    claims = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": subject,
        "sid": session,
        "jti": secrets.token_urlsafe(16),
        "iat": issued,
        "nbf": issued,
        "exp": issued + life_s,
        "scope": scope,
        "ver": tokens.VERSION,
    }
    signed = tokens.sign(claims, private_key=key.private_key, kid=key.kid)
    return TokenAnswer(access_token=signed, expires_in=life_s, scope=scope)
