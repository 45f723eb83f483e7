"""What installed counts hint at where no designation is known: a hint, never a designation."""

from collections.abc import Mapping, Sequence

from services.sync.domain.bounds import number

# Trauma resuscitation bays and trauma intensive care, burn intensive care, children's ER beds.
INSTALLED = {
    "trauma_center": ("hvs60", "hvs14"),
    "burn": ("hvs13",),
    "pediatric_er": ("hvs02",),
}


def proxies(values: Mapping[str, str], designated: Sequence[str]) -> list[str]:
    """Designations that the hospital is not known to have and has the rooms of."""
    return [
        kind
        for kind, codes in INSTALLED.items()
        if kind not in designated and any((number(values.get(code)) or 0) > 0 for code in codes)
    ]
