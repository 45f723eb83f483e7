"""Whether a wording that was found is meant: denied, feared, or said."""

import re
from typing import Literal

Stance = Literal["said", "denied", "void"]

_WORD_NOT = r"(?<![불편미동집보제위치])안"
_INSIDE = re.compile(
    _WORD_NOT
    + r"(?=나|났|난|아[프파퍼픈픔팠플]|차|찼|찬|참|가[쁘빠]|막[혀히힌]|답답|저[려리린릿]|조[이여]"
    r"|어지|붓|부[었어은]|쑤|결[려리]|뻐근|메스|메슥|울렁|토|따[가갑끔]|시[려리]|하[고는]|했|해"
    r"|있|심[해하]|뛰|흘|흐|떨[려리]|빨[갛개]|가려|까맣|노[랗래]|붉|높|올|쏘|물[렸려]|다[쳤치쳐]"
    r"|맞|먹[었어]|마[셨시셔]|삼[켰키켜]|부딪|넘어|빠졌|데[였여])"
)
_INSIDE_DENYING = re.compile(_WORD_NOT + r"(?=아[프파퍼픈픔팠]|차|찼|어지|가[쁘빠]|저[려리]|토)")
_BEFORE = re.compile(_WORD_NOT + "$")
_AFTER_VERB = re.compile(
    r"(?:하|되|나|프|이|리|거리|스럽|럽|갑|렵|껍|쁘|우|기|치|히|오|지|시|으시|하시|대|쳤던|난)?"
    r"(?:지|진|질)(?:는|도|를|가|은|만)?(?:않|안(?!심)|아니)"
)
_ADVERBS = r"(?:전혀|하나도|아직|별로|지금은|지금|현재|따로|특별히|딱히|또|거의|절대)*"
_AFTER_NOUN = re.compile(
    r"(?:이나|나|이랑|랑)?(?:증상|느낌|(?<![고며])기운|기|증세|감|병력|한적|적|일|것|거|건|게|같은(?:건|거|것)?|통증)?"
    r"(?:은|는|이|가|도|을|를)?(?:같은(?:건|거|것)?)?" + _ADVERBS + r"(?:없(?!어[지졌질져]|애|앴)"
    r"|안(?:나(?![아으])|났|난|해|했|하|함|있|생|느|왔|그(?!쳐|치)|심|아[프파퍼팠픈픔플]|차|찼|저|어지"
    r"|붓|토|먹|마(?!르)|보[이여였])"
    r"|아니|아닌|아님|못느|괜찮|정상|멀쩡)"
)
_AFTER_VERB_NOUN = re.compile(r"[은는ㄴ]?(?:게|건|것은|것도|거|것이)아니")
_FEARED = re.compile(
    r"(?:이|가)?(?:[올날일할질릴생길걸]{0,2})까(?:봐|무서|걱정)"
    r"|(?:이|가)?(?:오|나|생기|되|걸리|하|이)?면(?:어떡|어떻게|어쩌|되나)|약(?:을|은|좀)?(?:어디|사[요고야러]|파[나는]|추천|있나|주세요|뭐|이름|광고)|예방|보험"
)
_DOUBTED = re.compile(
    r"(?:이|증상)?(?:인가|인지|일까|일수|아닐까|아닌가|의심|같[아은]|맞나|증상|오는|올것)"
)
_ENGLISH_NOT = re.compile(
    r"\b(?:no(?! (?:matter|idea|one|longer|doubt))|not(?! (?:just|only|sure))|without"
    r"|den(?:ies|ied)|never|nor|neither|isn'?t|don'?t have|doesn'?t have|didn'?t|hasn'?t|haven'?t)"
    r"(?:[\s,]+(?!but\b|and\b|only\b|just\b|has\b|have\b|with\b|he\b|she\b|i\b)[\w']+){0,4}[\s,]*$"
)
_LIST = re.compile(r"(?:이나|나|과|와|하고|이랑|랑|도|및|또는|혹은|든|이든|\|)*")


def korean_stance(squeezed: str, start: int, end: int, *, denying: bool) -> Stance:
    inside = _INSIDE_DENYING if denying else _INSIDE
    if inside.search(squeezed, start, end) or _BEFORE.search(squeezed, max(0, start - 2), start):
        return "denied"
    if _AFTER_VERB.match(squeezed, end) or _AFTER_VERB_NOUN.match(squeezed, end):
        return "denied"
    if denies_noun(squeezed, end):
        return "denied"
    return "void" if _FEARED.match(squeezed, end) else "said"


def denies_noun(squeezed: str, end: int) -> bool:
    """Whether what follows says that the noun just named is absent ("열은 없고")."""
    return _AFTER_NOUN.match(squeezed, end) is not None


def doubts_noun(squeezed: str, end: int) -> bool:
    """Whether a disease just named is asked about or suspected, not known ("뇌졸중인가요")."""
    return _DOUBTED.match(squeezed, end) is not None


def english_stance(lowered: str, start: int) -> Stance:
    clause = re.split(r"[.;!?|\n]", lowered[max(0, start - 60) : start])[-1]
    return "denied" if _ENGLISH_NOT.search(clause) else "said"


def is_list_joint(squeezed: str, end: int, start: int) -> bool:
    """Whether only "and", "or" or a comma stands between two places."""
    return end <= start and _LIST.fullmatch(squeezed, end, start) is not None
