"""Naver's classic login, off unless set: its token endpoint tells no ID token, so the profile of
the token that our own code brought is the identity, in a space of subjects of its own."""

import time

from services.auth.errors import invalid_token
from services.auth.providers import failures
from services.auth.providers.endpoints import Endpoint
from services.auth.providers.idtokens import Proof
from services.auth.providers.outbound import Outbound

ME = "/v1/nid/me"
SUBJECT_LIMIT = 64
LIFE_S = 3600


async def by_own_access_token(token: str, to: Endpoint, outbound: Outbound) -> Proof:
    """Whose a token is that we got for a code; a posted one proves nothing and never comes here."""
    me = await outbound.get(to.name, to.api_url + ME, bearer=token)
    if me.status != 200 or me.body is None or me.body.get("resultcode") != "00":
        raise failures.naver_api(me.status, me.body)
    person = me.body.get("response")
    subject = person.get("id") if isinstance(person, dict) else None
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_LIMIT:
        raise invalid_token()
    name = person.get("name") if isinstance(person, dict) else None
    return Proof(
        space=to.space,
        subject=subject,
        expires_at=time.time() + LIFE_S,
        name=name[:255] if isinstance(name, str) and name else None,
    )
