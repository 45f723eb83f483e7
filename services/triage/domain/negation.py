"""Whether a wording that was found is meant: denied, only thought of, or said.

`void` is what is feared, supposed, quoted, dictated or joked about: neither there nor denied.
"""

import re
from typing import Literal

from services.triage.domain.reading import Reading
from services.triage.knowledge.model import Matcher

Stance = Literal["said", "denied", "void"]
Cause = Literal["pain", "breath"]

_INNOCENT = "쪽|에|으로|면|구|과|방|녕|전|경|약|압|달|절|색|부|내|테|정|감|주|마"
_WORD_NOT = rf"(?<![불편미동집보제위치입목귀코눈차몸배속])안(?!{_INNOCENT})"
_INSIDE = re.compile(
    _WORD_NOT
    + r"(?=나|났|난|아[프파퍼픈픔팠플]|차|찼|찬|참|가[쁘빠]|막[혀히힌]|답답|저[려리린릿]|조[이여]"
    r"|섞|비[치쳐친]|어지|붓|부[었어은]|쑤|결[려리]|뻐근|메스|메슥|울렁|토|따[가갑끔]|시[려리]|하[고는]|했|해"
    r"|있|심[해하]|뛰|흘|흐|떨[려리]|빨[갛개]|가려|까맣|노[랗래]|붉|높|올|쏘|물[렸려]|다[쳤치쳐]"
    r"|맞|먹[었어]|마[셨시셔]|삼[켰키켜]|부딪|넘어|빠졌|데[였여]|생[겼기겨]|잃|기절|쓰러|들[었어])"
)
_BEFORE = re.compile(r"(?:" + _WORD_NOT + r"|하나도안|전혀안)$")
_TAIL = (
    r"(?:하|되|나|프|푸|이|리|거리|스럽|럽|갑|렵|껍|쁘|우|기|치|히|오|지|시|으시|하시|대|쳤던|난|차"
    r"|꺼우|려우|러우|이시|나시|혀|히시|리시|치시|어지|아지|들|있|있으시|생기|느껴지)?"
)
_AFTER_VERB = re.compile(
    _TAIL + r"(?:지|진|질|디|들)(?:는|도|를|가|은|만|고)?(?:전혀|하나도|또|아직)*(?:않|안(?!심|정)"
    r"|아니(?!고서))"
)
_ADVERBS = (
    r"(?:전혀|하나도|아직|별로|지금은|지금|현재|다|모두|둘다|전부|따로|특별히|딱히|또|거의|절대"
    r"|오늘은|이제는?)*"
)
_AFTER_NOUN = re.compile(
    r"(?:이나|나|이랑|랑)?(?:뭐)?(?:그런|이런)?(?:증상|느낌|(?<![고며])기운|기|증세|감|병력|한적|적|일|것|거|건|게|같은(?:건|거|것)?|통증)?"
    r"(?:은|는|이|가|도|을|를)?(?:같은(?:건|거|것)?)?" + _ADVERBS + r"(?:없(?!어[지졌질져]|애|앴)"
    r"|안(?:나(?![아으])|섞|비[치쳐친]|났|난|해|했|하|함|있|생|느|왔|그(?!쳐|치)|심|아[프파퍼팠픈픔플]|차|찼|저|어지"
    r"|붓|토|먹|마(?!르)|보[이여였]|들었|다[쳤치]|걸|쓰|잃|떨(?!어))"
    r"|아니|아닌|아님|못느|괜찮|정상(?!으로)|멀쩡|양호)"
    r"|\|?[-–xㄴ엑]\||\|?음성"
)
# "힘이 빠지는 건 없고", "의식을 잃은 적도 없고", "죽고 싶은 생각은 없어요".
_AFTER_CLAUSE = re.compile(
    r"(?:[가-힣]{0,2}?)(?:는|은|한|던|운|인|ㄴ)?"
    r"(?:적|것|건|거|느낌|증상|증세|일|생각|마음|기미|기색|낌새)(?:은|는|이|도|가)?"
    + _ADVERBS
    + r"(?:없|아니|아닌|안(?:했|해|하|들|나))"
)
# "빠지거나 … 하진 않아요": an enumeration of things that are all denied at its end.
_AFTER_OR = re.compile(
    r"[가-힣]{0,2}?거나[^|]{0,24}?(?:(?:지|진|질)(?:는|도)?(?:않|안)|(?:것|건|거|적|일|증상)(?:은|는|도)?없"
    r"|(?:는|은|도)(?:안|없))"
)
_INSTEAD = re.compile(r"(?:이|가|은|는)?(?:말고(?!도)|아니(?:고|라|구|라서))")
_MISTAKEN = re.compile(
    r"(?:인|ㄴ|은|는|한|난)?(?:줄|건줄|거라|것으로|걸로)(?:알|착각|생각)[^|]{0,8}?\|?(?:아니|그냥|사실)"
    r"|(?:[가-힣]{0,2}?(?:라|다)|(?<=[라다]))고(?:말|썼|적|했|하[셨시]|들[었어])[^|]{0,5}\|?(?:사실|알고보니|실은|다시(?:보|물어|재|확인|쟀)[^|]{0,4}니|재(?:보)?니|정확히)|이?라기보[다단]|(?:건|것은|거는|사람은)[가-힣]{1,5}?(?:이고|고)\|?(?:저|나|전|제)[는가]?|(?:(?<=한)|인)줄(?:로)?(?:만)?알"
)
# "식은땀이 나진 않아요"; what does not stop or heal is there.
_AFTER_SUBJECT = re.compile(
    r"(?:(?:이|가|은|는|도)?(?:섞이|비치|묻)|(?:이|가|은|는|도)(?:나|나오|있|생기|느껴지|보이|섞이|비치|흐르|들리|오|하|되|묻))"
    r"(?:지|진|질)(?:는|도|를)?(?:않|안)"
)
_AFTER_VERB_NOUN = re.compile(r"[은는ㄴ]?(?:게|건|것은|것도|거|것이)아니")
_DENIED_BY_OTHERS = re.compile(
    r"[가-힣]{0,2}다(?:는|란)(?:게|것이|건|말이|말은|얘기가|뜻이|소리가)아니|[가-힣]{0,2}다고(?:도|는|까지)?(?:안[하해했]|하[지질시]{1,2}(?:는|도)?않)"
)
_FEARED = re.compile(
    r"(?:이|가|을|를)?(?:[가-힣]{0,2}?)(?:ㄹ까|[올날될할질릴생길걸갈플]까|을까)(?:봐|무서|걱정|싶|\||요|하는|두려|염려)"
    r"|도(?:되나|되는지|될까|돼요|되요|괜찮을|괜찮나)"
    r"|(?:가|이|은|는|을|를)?(?:합의금|보험|스케일링|가격|비용|요금|효과음|캐릭터|이모티콘|그림|모양|스티커|자격증|소리효과)"
    r"|까(?:봐|무서|걱정|싶|하는|두려|염려)"
    r"|(?:이|가)?(?:오|나|생기|되|걸리|하|이)?면(?:어떡|어떻게|어쩌|되나)"
    r"|(?:을|를)?(?:예방|대비|막으려|조심)|보험|(?:이|가)?(?:[올걸할날될릴]{0,2})뻔(?!뻔)"
    r"|(?:화분|벽돌|돌|물건|간판|상자|박스|짐|고드름|유리|나뭇가지|책)(?:에|이|가|을|를|한테)|각(?:\||$|이다|임)|[가-힣]?[은는]?사람(?:도|들도|들이)(?:있|많)"
)
_AS_IF = re.compile(r"(?:할|질|을|ㄹ)?(?:정도|만큼|지경|뻔|것같|거같|꺼같|듯)|겠")
_BLOW = re.compile(r"(?:찌르|찔[려리린렸]|맞[은는았]?|감전|도려내|베[이는]|깨서|타)$")
_LIKE = re.compile(
    r"(?:[가-힣]{0,2}?)(?:는|은|된|ㄴ|던)?(?:것|거)?(?:처럼|같이|마냥|듯|같[은아았다])"
)
_SO = r"(?:서|가|갖고|가지고|아|유)?(?:도저히|한숨도|제대로|잘|막|밤새|도통|혼자)*$"
_BREATHLESS = re.compile(r"숨이?(?:너무|탁|턱)?(?:차|가빠|막혀|막히|맥혀|맥히)" + _SO)
_IN_PAIN = re.compile(r"(?:아[프파퍼]|쑤[시셔]|가려|가렵|벌렁거려?|결[려리])" + _SO)
_CHOKED = re.compile(r"목에걸[려렸][^|]{0,4}\|?$|(?:꿀꺽|켁켁|컥컥)[^|]{0,16}\|?$")
_CAUSE_REACH = 24
_FAINTING = re.compile(r"(?:기절|실신|쓰러|까무러|졸도|혼절)[가-힣]{0,2}$")
_DRUG_NAMED = re.compile(
    r"약(?!(?:을|도|만|은|이)?[^|]{0,8}?(?:먹|드[시셨]|복용|써|발라|바르|듣|넣|끊|타[다러]))|(?:에좋은|에먹는|치료제|전문|학회|교육|강의|영상|뉴스|기사|검색)"
)
_QUOTED = re.compile(
    r"\|?(?:상태|환자|증상|진단)?(?:이?라는|이?란)(?:단어|말|코드|글자|증상을|항목)|\|?(?:상태|환자|증상|진단|중)?(?:으?로|이?라고)(?:만)?(?:기록|표시|출력|분류|적어|써|입력|바꿔|바꾸|설정|판정|답|대답|응답|저장|처리|진단해|말해)"
    r"|\|?(?:을|를)?(?:[a-z_가-힣]{0,12}에)?(?:추가|출력|포함|기록|입력|삭제|반환)(?:해|하라|하세|하시|할것|해라|해줘|하고)"
)
_DOUBTED = re.compile(
    r"(?:이|증상)?(?:인가|인지|일까|일수|아닐까|아닌가|의심|같[아은]|처럼|맞나|증상|오는|올것|될까|올까|걸릴)"
)
_ASKED = re.compile(r"(?:이|증상)?(?:인가|인지|일까|아닐까|아닌가|의심|맞나|올까|걸릴까)")
_SUSPECTED = re.compile(
    r"(?:심장마비|심정지|열사병|일사병|저혈당|고혈당|아나필락시스|뇌진탕|파상풍|맹장염|중독|탈구|골절|디스크)$"
)
_DICTATED = re.compile(
    r"(?:assistant|system)\s*[:：]\s*\{[^}\n]*\}|(?:역할극|상황극|번역기처럼|소설(?:을)?\s?써|시나리오(?:를)?\s?써|대본(?:을)?\s?써|주인공(?:이|은)|국가고시|(?:다음|이)\s?문장을?\s?(?:반복|번역|따라))[^.!?\n]*\??|(?:이전|위의?|앞의?|앞선|기존|모든|지금까지)[^|.!?\n]{0,14}(?:지시|명령|규칙|프롬프트|내용|설정|대화|맥락|역할|말)[^|.!?\n]{0,14}"
    r"(?:무시|잊|삭제|따르지|취소)[^.!?\n]*|(?:시스템|관리자|개발자|system|assistant|admin)\s*(?:\]|\)|:|메시지)[^.!?\n]*"
    r"|(?:지시|명령|instructions?|prompt)\s*[:：][^\n]*"
    r"|(?:ignore|disregard|forget|override)\b[^.!?\n]{0,40}?(?:instruction|rule|prompt|above|previous|guideline)[^!?\n]*"
    r"|(?:출력|output)\s*[:：][^\n]*|\{[^}\n]*\}"
    r"|(?:강아지|고양이|댕댕이|멍멍이|반려견|반려묘|냥이)(?:가|이|는|도)(?![^.!?\n]{0,14}(?:물[렸려었어고림]|할퀴|할퀸|긁))[^.!?\n]*"
    r"|(?:만약|만일|혹시라도|가령|예를 들어)[^.!?\n]{0,40}(?:면|다면|경우)"
)
_ORDER = re.compile(r"(?:출력해|출력하|기록해|기록하|추가하|추가해|json)[^.!?\n]{0,40}")
_ORDER_REACH = 60
_ENGLISH_NOT = re.compile(
    r"\b(?:no(?! (?:matter|idea|one|longer|doubt))|not(?! (?:just|only|sure))|without"
    r"|den(?:ies|ied|y)|never|nor|neither|isn'?t|don'?t have|doesn'?t have|didn'?t|hasn'?t"
    r"|haven'?t)"
    r"(?:[\s,]+(?!but\b|and\b|only\b|just\b|has\b|have\b|with\b|he\b|she\b|i\b)[\w']+){0,4}[\s,]*$"
)
_ENGLISH_SUPPOSED = re.compile(
    r"\b(?:say|said that|write|output|print|return|set|add|if (?:i|he|she|it)|worried about"
    r"|afraid of)"
    r"(?:\s+[\w']+){0,5}\s*$"
)
_LIST = re.compile(
    r"(?:거|것|건|이나|나|과|와|하고|이랑|랑|도|및|또는|혹은|든|이든|거나|[하되지나오프]거나|한다거나|\||도없고|도안[가-힣]{1,2}고)*"
)


_DENIALS = (
    _AFTER_VERB,
    _AFTER_VERB_NOUN,
    _AFTER_NOUN,
    _AFTER_SUBJECT,
    _AFTER_CLAUSE,
    _AFTER_OR,
    _DENIED_BY_OTHERS,
)


def korean_stance(reading: Reading, start: int, end: int, matcher: Matcher) -> Stance:
    """The stance of a stretch of the squeezed text in which the matcher found its wording."""
    squeezed = reading.squeezed
    if _is_denied(reading, start, end, matcher.own_not):
        return "denied"
    if _MISTAKEN.match(squeezed, end) or _INSTEAD.match(squeezed, end):
        return "denied"
    if any(form.match(squeezed, end) for form in (_FEARED, _QUOTED, _DRUG_NAMED)):
        return "void"
    if matcher.consequence and _is_consequence(squeezed, start, matcher.consequence):
        return "void"
    named = squeezed[start:end]
    compared = matcher.literal and _BLOW.search(named) and _LIKE.match(squeezed, end)
    if compared or any(
        what.search(named) and how.match(squeezed, end)
        for what, how in ((_FAINTING, _AS_IF), (_SUSPECTED, _ASKED))
    ):
        return "void"
    return "said"


def _is_consequence(squeezed: str, start: int, cause: Cause) -> bool:
    """Whether what was told just before is why it cannot be done ("숨이 차서 못 걷겠어요")."""
    begin = max(0, start - _CAUSE_REACH)
    causes = (_BREATHLESS, _CHOKED, _IN_PAIN) if cause == "pain" else (_BREATHLESS, _CHOKED)
    return any(form.search(squeezed, begin, start) for form in causes)


def _is_denied(reading: Reading, start: int, end: int, own_not: frozenset[str]) -> bool:
    squeezed = reading.squeezed
    if _BEFORE.search(squeezed, max(0, start - 4), start) or _not_inside(
        reading, start, end, own_not
    ):
        return True
    return any(form.match(squeezed, end) for form in _DENIALS)


def _not_inside(reading: Reading, start: int, end: int, own_not: frozenset[str]) -> bool:
    """A "안" that is no part of the wording: by what it stands before, or a word of its own."""
    squeezed = reading.squeezed
    # A wording that ends with its "not" means it: "지혈이 안".
    place = squeezed.find("안", start, end - 1)
    while place != -1:
        first, last = reading.words[place]
        alone = first == place and last - first == 1
        if squeezed[place + 1 : place + 2] not in own_not and (
            alone or _INSIDE.match(squeezed, place, end + 2)
        ):
            return True
        place = squeezed.find("안", place + 1, end - 1)
    return False


def denies_noun(squeezed: str, end: int) -> bool:
    """Whether what follows says that the noun just named is absent ("열은 없고")."""
    return _AFTER_NOUN.match(squeezed, end) is not None


def doubts_noun(squeezed: str, end: int) -> bool:
    """Whether a disease just named is asked about or suspected, not known ("뇌졸중인가요")."""
    return _DOUBTED.match(squeezed, end) is not None


def english_stance(lowered: str, start: int) -> Stance:
    """The stance of an English wording that begins at `start`."""
    clause = re.split(r"[.;!?|\n]", lowered[max(0, start - 60) : start])[-1]
    if _ENGLISH_SUPPOSED.search(clause):
        return "void"
    return "denied" if _ENGLISH_NOT.search(clause) else "said"


def dictated(lowered: str) -> tuple[tuple[int, int], ...]:
    """Stretches that give orders to the reader or suppose a case, instead of telling."""
    spans = [found.span() for found in _DICTATED.finditer(lowered)]
    for found in _ORDER.finditer(lowered):
        begin = max(lowered.rfind(mark, 0, found.start()) for mark in ".!?\n|")
        spans.append((max(begin, found.start() - _ORDER_REACH), found.end()))
    return tuple(spans)


def is_list_joint(squeezed: str, end: int, start: int) -> bool:
    """Whether only "and", "or" or a comma stands between two places."""
    return end <= start and _LIST.fullmatch(squeezed, end, start) is not None
