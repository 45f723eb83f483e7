"""A model's comment before people read it: plain words about resources, or nothing at all."""

import re
import unicodedata

from shared.context import Language

LONGEST = 200
LEAST_KOREAN = 0.5
_MARKUP = re.compile(r"<[^>]*>|```.*?```|[`*_#|\[\]{}<>\\]", re.DOTALL)
_ADDRESS = re.compile(r"https?:|www\.|\w@\w|\b[\w-]+\.(?:com|net|org|kr|io|me|ly|gg)\b", re.I)
_TELEPHONE = re.compile(r"\d[\d\s().+-]{5,}\d")
# A model neither names diseases or drugs, nor calms, nor sends anybody anywhere.
_BARRED = re.compile(
    r"경색|졸중|협심|박리|동맥류|패혈|폐렴|수막염|맹장|충수|담낭염|췌장염|색전|기흉|염전|간질|암\b"
    r"|\b(?:infarct|stroke|dissection|sepsis|pneumonia|meningitis|appendicitis|embolism|cancer)"
    r"|진단|처방|복용|투여|아스피린|타이레놀|진통제|항생제|니트로|에피네프린|인슐린|\d\s*(?:mg|밀리그램|알|정\b)"
    r"|\b(?:diagnos|prescri|aspirin|tylenol|ibuprofen|antibiotic|nitroglycerin|insulin|take\b)"
    r"|괜찮|걱정|안심|필요\s*없|않아도|안\s*가도|기다리|지켜보|집에서|응급이\s*아니|가지\s*마|전화하지"
    r"|\b(?:no need|don'?t|do not|not an emergency|wait|stay home|safe to|fine|harmless|ignore)\b"
    r"|운전|병원으로|의료원|\b(?:drive|go to)\b|시스템|프롬프트|지시|system prompt|instruction",
    re.IGNORECASE,
)


def cleaned(comment: str, language: Language) -> str | None:
    """The comment in one line of at most 200 characters; None where anything in it is not for
    a model to say (an address, a number to call, a disease, a drug, comfort, a destination)."""
    composed = unicodedata.normalize("NFKC", comment)
    visible = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in composed)
    # Looked at before and after the markup goes, so that neither can hide what is barred.
    bare = " ".join(_MARKUP.sub("", visible).split())
    for text in (visible, bare, bare.replace(" ", "")):
        if _ADDRESS.search(text) or _TELEPHONE.search(text) or _BARRED.search(text):
            return None
    if not bare or (language == "ko" and _korean_share(bare) < LEAST_KOREAN):
        return None
    return bare if len(bare) <= LONGEST else bare[: LONGEST - 1].rstrip() + "…"


def _korean_share(text: str) -> float:
    letters = [c for c in text if c.isalpha()]
    return sum("가" <= c <= "힣" for c in letters) / len(letters) if letters else 0.0
