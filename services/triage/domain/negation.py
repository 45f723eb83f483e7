"""Whether a wording that was found is meant: denied, only thought of, or said.

`void` is what is feared, supposed, quoted, dictated or joked about: neither there nor denied.
"""

import re
from typing import Literal

from services.triage.domain.denials import is_denied
from services.triage.domain.reading import Reading
from services.triage.knowledge.wordings import Matcher

Stance = Literal["said", "denied", "void"]
Cause = Literal["pain", "breath", "spin"]

_INSTEAD = re.compile(
    r"(?:증)?(?:이|가|은|는)?(?:대신(?!에?(?:전화|글|써|쓰|물어|올[려리]|신고|문의|여쭤|적|말))|말고(?!도|는?[^|]{0,12}?(?:없|괜찮|멀쩡|정상))|아니(?:고|라|구|라서))"
)
_MISTAKEN = re.compile(
    r"(?:인|ㄴ|은|는|한|난)?(?:줄|건줄|거라|것으로|걸로)(?:알|착각|생각)[^|]{0,8}?\|?(?:아니|그냥|사실)"
    r"|(?:[가-힣]{0,2}?(?:라|다)|(?<=[라다]))고(?:말|썼|적|했|하[셨시]|들[었어])[^|]{0,5}\|?(?:사실|알고보니|실은|다시(?:보|물어|재|확인|쟀)[^|]{0,4}니|재(?:보)?니|정확히)|(?:이?라|[가-힣]{0,2}?다)기보[다단]|(?:건|것은|거는|사람은)[가-힣]{1,5}?(?:이고|고)\|?(?:저|나|전|제)[는가]?|[가-힣]{0,2}(?:건|것은|거는|사람은)(?:제가|내가|저|나)아니[^|]{1,12}\|(?:저는|전|저|나는|난)(?![가-힣]?도)|(?:(?<=한)|인)줄(?:로)?(?:만)?알|(?:[은는]|[가-힣]{0,1})?줄(?:로만|만|로)?알았더니"
)
_FEARED = re.compile(
    r"보다(?:더)?(?:무서운|무섭|괴로운|싫은)|(?:에)?걸려도|(?<=걸려)도(?!\||$)|(?:이|가|을|를)?[가-힣]{0,3}?(?<!니)까(?:봐|무서|걱정|싶|\||요|하는|두려|염려)"
    r"|(?:[ㄹ질할을]|[올날될걸릴]){0,1}(?:때까지|정도로|만큼)(?:공부|일[했하]|웃|놀|먹|울었|뛰었|운동|마셨|게임)|도(?:되나|되는지|될까|돼요|되요|괜찮을|괜찮나)"
    r"|(?:가|이|은|는|을|를)?(?:합의금|보험|스케일링|가격|비용|요금|효과음|캐릭터|이모티콘|그림|모양|스티커|자격증|소리효과)"
    r"|까(?:봐|무서|걱정|싶|하는|두려|염려)"
    r"|(?:이|가)?(?:오|나|생기|되|걸리|하|이)?면(?:어떡|어떻게|어쩌|되나)"
    r"|(?:을|를)?(?:예방|대비|막으려|조심)|(?:[가-힣]{0,6}?)(?:건|것은|게)(?:작년|재작년|예전|옛날|지난|몇년|\d+년|한참)|[가-힣]{0,2}?(?:거|것|건|게)아니냐고|로돌아가신(?:할|아버|어머|분|남편|엄마|아빠)|보험|(?<=대피)훈련|(?:[가-힣]?(?:는|던)|(?<=는))(?:체험|훈련|실습|시늉|흉내)|(?:이|가)?(?:[올걸할날될릴]{0,2})뻔(?!뻔)"
    r"|(?:화분|벽돌|돌|물건|간판|상자|박스|짐|고드름|유리|나뭇가지|책)(?:에|이|가|을|를|한테)|각(?:\||$|이다|임)|[가-힣]?[은는]?사람(?:도|들도|들이)(?:있|많)"
)
# "열나면 언제 응급실에 가나요" asks about a case; "기침하면 가슴이 아픈데 왜 그런가요" tells one.
_SUPPOSED = re.compile(
    r"(?:(?!고|며|는데|은데|지만|서|니까|요|다)[가-힣]){0,4}?(?:으)?면(?!서|역|허|접|회|같|처럼|색|소스)"
    r"(?:(?!아[프파픈]|숨|피가|토[하해]|어지|저[리려]|는데|은데|인데)[^|]){0,24}?"
    r"(?:나요|까요|가요|는지|을지|어떻게|어디로|언제|무슨|뭐부터|뭘|몇)"
)
_DIGIT = re.compile(r"\d")
_AS_IF = re.compile(r"(?:할|질|을|ㄹ)?(?:정도|만큼|지경|뻔|것같|거같|꺼같|듯)|겠")
_BLOW = re.compile(r"(?:찌르|찔[려리린렸]|맞[은는았]?|감전|도려내|베[이는]|깨서|타)$")
_LIKE = re.compile(
    r"(?:[가-힣]{0,2}?)(?:는|은|된|ㄴ|던)?(?:것|거)?(?:처럼|같이|마냥|맨치로?|맹키로|맨키로|맨크로|만치로|매로|모냥|추룩|듯|같[은아았다])"
)
_SO = r"(?:서|가|갖고|가지고|아|유)?(?:도저히|한숨도|제대로|잘|막|밤새|도통|혼자)*$"
_BREATHLESS = re.compile(r"숨이?(?:너무|탁|턱)?(?:차|가빠|막혀|막히|맥혀|맥히)" + _SO)
_IN_PAIN = re.compile(r"(?:아[프파퍼]|쑤[시셔]|가려|가렵|벌렁거려?|결[려리])" + _SO)
_CHOKED = re.compile(r"목에걸[려렸][^|]{0,4}\|?$|(?:꿀꺽|켁켁|컥컥)[^|]{0,16}\|?$")
_SPINNING = re.compile(
    r"(?:돌아|어지러워|어지럽고|어질어질해)(?:서|가지고|갖고)?(?:도저히|막|잘|도통)*$"
)
_CAUSE_REACH = 24
_FAINTING = re.compile(r"(?:기절|실신|쓰러|까무러|졸도|혼절)[가-힣]{0,2}$")
_DRUG_NAMED = re.compile(
    r"약(?!(?:을|도|만|은|이)?[^|]{0,8}?(?:먹|드[시셨]|복용|써|발라|바르|듣|넣|끊|타[다러]))|(?:에좋은|에먹는|예절|포스터|캠페인|치료제|전문|학회|교육|강의|영상|뉴스|기사|검색)"
)
_QUOTED = re.compile(
    r"\|?(?:상태|환자|증상|진단)?(?:이?라는|이?란)(?:단어|말|코드|글자|증상을|항목)|\|?(?:상태|환자|증상|진단|중)?(?:으?로|이?라고)(?:만)?(?:기록|표시|출력|분류|적어|써|입력|바꿔|바꾸|설정|판정|답|대답|응답|저장|처리|진단해|말해)"
    r"|\|?(?:을|를)?(?:[a-z_가-힣]{0,12}에)?(?:추가|출력|포함|기록|입력|삭제|반환)(?:해|하라|하세|하시|할것|해라|해줘|하고)"
)
_DOUBTED = re.compile(
    r"(?:이|증상)?(?:인가|인지|일까|일수|아닐까|아닌가|의심|같[아은]|처럼|맞나|증상|오는|올것|될까|올까|걸릴)"
)
_ASKED = re.compile(r"(?:이|증상)?(?:인가|인지|일까|아닐까|아닌가|의심|맞나|올까|걸릴까)")
_THREATENED = re.compile(r"(?:피|피가|코피|부러|찢어|터)[가-힣]{0,2}$")
_WOULD = re.compile(r"날(?:것|거)같|겠(?:다|네|음|어(?!요))")
_SUSPECTED = re.compile(
    r"(?:심장마비|심정지|열사병|일사병|저혈당|고혈당|아나필락시스|뇌진탕|파상풍|맹장염|중독|탈구|골절|디스크)$"
)
_ENGLISH_NOT = re.compile(
    r"\b(?:no(?! (?:matter|idea|one|longer|doubt))|not(?! (?:just|only|sure))|without"
    r"|den(?:ies|ied|y|ying)|never|nor|neither|negative for|free of|lack of"
    r"|(?:is|are|was|do|does|did|has|have|had|wo|ca)n'?t)"
    r"(?:\s+(?:have|had|has|having|been|be))*"
    r"(?:[\s,]+(?!but\b|and\b|only\b|just\b|has\b|have\b|with\b|he\b|she\b|i\b|know\b|sure\b"
    r"|stop\w*\b|help\w*\b|sleep\w*\b|because\b)[\w']+){0,4}[\s,]*$"
)
_ENGLISH_DENIED_AFTER = re.compile(
    r"\s*[:?-]\s*(?:no(?:ne|pe)?|negative|denied|nil|absent)\b"
    r"|\s+(?:is|are|was|were) (?:absent|negative|denied)\b"
)
_CHINESE_NOT = re.compile(r"(?:没有|没|无|未|不)$")
_FOREIGN_REACH = 3
_ENGLISH_SUPPOSED = re.compile(
    r"\b(?:say|said that|write|output|print|return|set|add|if (?:i|he|she|it)|worried about"
    r"|afraid of)"
    r"(?:\s+[\w']+){0,5}\s*$"
)
_LIST = re.compile(
    r"(?:거|것|건|이나|나|과|와|하고|이랑|랑|도|및|또는|혹은|든|이든|거나|[하되지나오프]거나|한다거나|\||도없고|도안[가-힣]{1,2}고)*"
)


def korean_stance(reading: Reading, start: int, end: int, matcher: Matcher) -> Stance:
    """The stance of a stretch of the squeezed text in which the matcher found its wording."""
    squeezed = reading.squeezed
    if is_denied(reading, start, end, matcher.own_not):
        return "denied"
    if _MISTAKEN.match(squeezed, end) or _INSTEAD.match(squeezed, end):
        return "denied"
    if any(form.match(squeezed, end) for form in (_FEARED, _QUOTED, _DRUG_NAMED)):
        return "void"
    if _SUPPOSED.match(squeezed, end) and not _DIGIT.search(squeezed, start, end):
        return "void"
    if matcher.consequence and _is_consequence(squeezed, start, matcher.consequence):
        return "void"
    named = squeezed[start:end]
    compared = matcher.literal and _BLOW.search(named) and _LIKE.match(squeezed, end)
    if compared or any(
        what.search(named) and how.match(squeezed, end)
        for what, how in ((_FAINTING, _AS_IF), (_SUSPECTED, _ASKED), (_THREATENED, _WOULD))
    ):
        return "void"
    return "said"


_CAUSES: dict[Cause, tuple[re.Pattern[str], ...]] = {
    "pain": (_BREATHLESS, _CHOKED, _IN_PAIN),
    "breath": (_BREATHLESS, _CHOKED),
    "spin": (_SPINNING,),
}


def _is_consequence(squeezed: str, start: int, cause: Cause) -> bool:
    """Whether what was told just before is why it cannot be done ("숨이 차서 못 걷겠어요")."""
    begin = max(0, start - _CAUSE_REACH)
    causes = _CAUSES[cause]
    return any(form.search(squeezed, begin, start) for form in causes)


def doubts_noun(squeezed: str, end: int) -> bool:
    """Whether a disease just named is asked about or suspected, not known ("뇌졸중인가요")."""
    return _DOUBTED.match(squeezed, end) is not None


def english_stance(lowered: str, start: int, end: int) -> Stance:
    """The stance of an English wording at a stretch of the lowered text."""
    clause = re.split(r"[.;!?|\n]", lowered[max(0, start - 60) : start])[-1]
    if _ENGLISH_SUPPOSED.search(clause):
        return "void"
    denied = _ENGLISH_NOT.search(clause) or _ENGLISH_DENIED_AFTER.match(lowered, end)
    return "denied" if denied else "said"


def foreign_stance(reading: Reading, start: int, place: tuple[int, int]) -> Stance:
    """The stance of a wording that was found without spaces and is not Korean; `place` is where
    it stands in the original."""
    first = reading.squeezed[start]
    if first.isascii():
        return english_stance(reading.lowered, *place)
    before = reading.squeezed[max(0, start - _FOREIGN_REACH) : start]
    return "denied" if "一" <= first <= "鿿" and _CHINESE_NOT.search(before) else "said"


def is_list_joint(squeezed: str, end: int, start: int) -> bool:
    """Whether only "and", "or" or a comma stands between two places."""
    return end <= start and _LIST.fullmatch(squeezed, end, start) is not None
