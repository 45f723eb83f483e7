"""Settings with which the product finds the fictional providers."""

from simulator.identity.world import APP_ID, CLIENT_ID, CLIENT_SECRET, PROVIDERS


def settings(base: str) -> dict[str, str]:
    """`ER_AUTH_…` variables for providers that are served at `base`."""
    found = {"ER_AUTH_KAKAO_APP_ID": str(APP_ID)}
    for provider in PROVIDERS:
        own, name = f"{base}/{provider}", f"ER_AUTH_{provider.upper()}"
        found |= {
            f"{name}_CLIENT_ID": CLIENT_ID,
            f"{name}_CLIENT_SECRET": CLIENT_SECRET,
            f"{name}_ISSUER": own,
            f"{name}_API_URL": own,
            f"{name}_TOKEN_URL": f"{own}/token",
            f"{name}_AUTHORIZE_URL": f"{own}/authorize",
            f"{name}_JWKS_URL": f"{own}/jwks",
        }
    return found
