"""What the tokens of auth say."""

import secrets
from datetime import datetime

from services.auth.keys import SigningKey
from shared import tokens
from shared.contracts.auth import TokenAnswer

AUDIENCE = "smart-er-match"
GUEST_SCOPE = "guest"


def guest_token(key: SigningKey, *, issuer: str, life_s: int, now: datetime) -> TokenAnswer:
    """A token for somebody who told nothing; its subject is new and belongs to nobody."""
    session = secrets.token_urlsafe(16)
    issued = int(now.timestamp())
    claims = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": f"guest:{session}",
        "sid": session,
        "jti": secrets.token_urlsafe(16),
        "iat": issued,
        "nbf": issued,
        "exp": issued + life_s,
        "scope": GUEST_SCOPE,
        "ver": tokens.VERSION,
    }
    signed = tokens.sign(claims, private_key=key.private_key, kid=key.kid)
    return TokenAnswer(access_token=signed, expires_in=life_s, scope=GUEST_SCOPE)
