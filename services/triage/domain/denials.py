"""How Korean denies: what stands behind, before or inside a wording that was found.

A wording ends anywhere in its word, so every form below first steps over what is left of it (the
rest), and then reads one of a few constructions: "V-지 않다", "안 V", "V-ㄴ 것이 아니다",
"N은 없다", "N? 없어요". The rest stays inside one written word and never crosses into the next
clause, and no denied end is a denial: a fever that does not go down is there.
"""

import re

from services.triage.domain.reading import Reading

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
# "안 아픈 데가 없어요" says the opposite.
_NOWHERE_NOT = re.compile(
    r"[가-힣]{0,4}?(?:날|데|곳|적|때|수)(?:이|가|는|은)?없|[가-힣]{0,3}?(?:건|것은|거는|게|것도)(?:아니|아닌)"
)

# The end of a finding: denied, the finding is still there.
_END = (
    "떨어|내[려리렸]|멈|멎|그[치쳐]|낫|나아|나을|나으|가[시셔]|가라|사라|사그|잡[히혀]|진정|빠[지져]|풀[리려]"
    "|없어|끊|줄[어이]|줄지|심[하해]|크|세|강하|높|오래|견[디뎌]|참|쉬|좋"
)
_NEXT_CLAUSE = "고|데|며|면|는데|은데|인데|한데|지만|서|니까|더니|다가|요|다$|다\\|"
_REST = rf"(?P<rest>(?:(?!{_NEXT_CLAUSE}|{_END})[가-힣]){{0,4}}?)"
_ADVERBS = (
    r"(?:전혀|하나도|아직(?:은|까지)?|별로|지금은|지금|현재(?:는|까지)?|다|모두|둘다|셋다|전부|따로"
    r"|특별히|딱히|또|거의|절대|오늘은|이제는?|아예|일절|일체|크게|아무것도|도통|영|잘|자주|막|많이|그리|그다지|뭐|좀처럼|도무지|추호도|털끝만큼도|눈곱만큼도|한번도|단한번도|여태|그동안|아무런|요즘|당연히|다행히|원래)*"
)
_OF_TOPIC = r"(?:증(?!상))?(?:은|는|이|가|도|을|를|만|까지(?:는|도)?|까진|조차)?"
_NOT_LONG = r"(?:않|안(?!심|정|되|돼)|아니(?!고서)|아닙|아녀|아녜|아인)"
_IS_NOT = (
    r"(?:없(?!어[지졌질져]|애|앴|던|다가)|아니(?!겠|냐|야[?|])|아닌|아닐|아님|아닙(?!니까)|아녀|아녜|아닝"
    r"|아이(?=고|라|다|구|니더|데이|거든|지만|입|예)|아입|아인(?=데|기|교)"
)
_SHORT_NOT = (
    r"안(?:나(?![아으])|남(?!아)|섞|비[치쳐친]|났|난|해|했|하|한|할|합|함|혀|허|햄|헌|헙|있|생|느|왔|와|오[고네는]"
    r"|온|그(?!쳐|치)|심|아[프파퍼팠픈픔플]|차|찼|저|어지|붓|부|토|먹|마(?!르)|보[이여였]|들(?!어가|리)|다[쳤치]"
    r"|드[는네]|든|걸|쓰|잃|떨(?!어)|흘|흐)"
)
_LIGHT = (
    r"(?:나오|나|하|되|있|생기|느껴지|느끼|보이|섞이|비치|묻|흐르|들리|오|들|흘리|겪|앓|나타나|심|허|허시|하시"
    r"|나시|있으시|느끼시|보이시)"
)
_LIGHT_OF_NOUN = (
    r"(?:있|나|났|난|하|했|한|생[기긴겼]|느[끼껴낀꼈]|오|왔|온|들|든|겪|앓|보[이인였]|섞[이인였]|묻|비[치친쳤]|흐|흘)"
    r"[가-힣]{0,2}?"
)
_THING = (
    r"(?:적|것|건|거|게|느낌|기분|증상|증세|통증|일|생각|마음|기미|기색|낌새|흔적"
    r"|정도)(?:은|는|이|도|가|까지는|까진)?"
)
_PIECE = r"(?:지|진|질|디|짐|들|덜)(?:는|도|를|가|은|만|고)?"


def _forms(*bodies: str) -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, bodies))


_DENIALS = _forms(
    # "어지럽지 않아요", "토하거나 하진 않아요", "기침을 하지는 안 혀유".
    rf"{_REST}{_PIECE}{_ADVERBS}{_NOT_LONG}",
    rf"{_REST}지도(?:[가-힣|]{{1,8}}?지도){{1,2}}{_ADVERBS}{_NOT_LONG}",
    rf"{_OF_TOPIC}(?:같은(?:것|거|게)?)?{_ADVERBS}{_LIGHT}{_PIECE}{_ADVERBS}{_NOT_LONG}",
    # "숨이 찬 건 아니고", "의식을 잃은 적은 없어요", "열이 있는 것도 아닌데".
    rf"{_REST}{_THING}{_ADVERBS}(?:{_IS_NOT})|안(?:했|해|하|들|나))",
    rf"{_OF_TOPIC}{_LIGHT_OF_NOUN}{_THING}{_ADVERBS}{_IS_NOT})",
    rf"{_REST}(?:데|곳|구석|부위|부분)(?:는|가|도|은|이)?{_ADVERBS}없(?!어[지졌질져]|애|앴|던|다가)",
    # "열은 없고", "기침 같은 건 안 해요", "구토나 그런 증상 없음".
    r"(?:증(?!상))?(?:이나|나|이랑|랑)?(?:뭐)?(?:그런|이런|다른)?(?:증상|느낌|(?<![고며])기운|기|증세|감|병력|한적|적|일|것|거|건|게"
    r"|같은(?:건|거|것|게)?|통증)?"
    rf"{_OF_TOPIC}(?:같은(?:건|거|것|게)?)?(?:는|은|도)?{_ADVERBS}"
    rf"(?:{_IS_NOT}|{_SHORT_NOT}|못느|괜찮|정상(?!으로)|멀쩡|말짱|양호|문제없|이상없|아직(?:이에|이고|이구|입|임|요?\|)))",
    rf"\|?(?:(?!{_NEXT_CLAUSE})[가-힣|]){{0,10}}?같은[가-힣]{{0,4}}(?:증상|것|거|건|증세)(?:은|는|도)?{_ADVERBS}없(?!어[지졌]|던|다가)",
    r"(?:은|는|이|가|도)?(?:no|none)(?![a-z])",
    r"(?:증)?(?:이고|고)(?:뭐고|나발이고)(?:다|간에|전혀)?없|(?:증)?(?:은|는)?커녕",
    r"(?:증)?\|?[-–](?:\||$|(?=[가-힣]))|(?:증)?\|?(?:x(?![a-z나발같라선]|-?ray|레이)|[ㄴ엑](?:\||$|ㄴ|(?=[가-힣]{1,5}[ㄴ엑])))|\|?음성",
    # An enumeration that is denied at its end.
    rf"(?:(?!{_NEXT_CLAUSE})[가-힣]){{0,5}}?거나[^|]{{0,24}}?(?:(?:지|진|질)(?:는|도)?(?:않|안)|(?:것|건|거|게|적|일|증상)(?:은|는|도)?(?:없|아니|아닌)"
    r"|(?:는|은|도)(?:안|없))",
    rf"(?:증)?(?:이나|나|또는|혹은|및|이든|든)(?!는|네|고|요|서|오|와|온|왔|면|니|던|더|기|자|지|거)"
    rf"(?:(?!{_NEXT_CLAUSE})[가-힣]){{1,8}}?(?:은|는|도|이|가|같은(?:건|거|것))?{_ADVERBS}"
    r"(?:없(?!어[지졌질져]|애|던|다가)|안(?:나|해|했|하))",
    rf"(?:[|,]|이랑|랑|하고|과|와|도)?(?:(?!{_NEXT_CLAUSE})[가-힣|]){{1,12}}?(?:은|는|도|이|가)?"
    r"(?:다|둘다|셋다|모두|전부)(?:없(?!어[지졌질져]|애|던|다가)|안나[고요]|안해|안했)",
    # Asked and answered: "열은요? 없어요", "숨찬 거? 그런 건 없심더", "고열: 없음".
    rf"{_REST}(?:{_THING})?(?:은|는|이|가|도)?(?:요|은요|는요|이요)?\|+(?:음|아|어|뭐|아뇨|그런|그거|그건|그|증상|건|거|것"
    r"|은|는|도|전혀|하나도|다|\|)*(?:없(?!던|다가|어[지졌])|안(?:나|해|했|하[고는]|아[프파]|차))",
    rf"{_OF_TOPIC}(?:요|은요|는요|이요)?\|(?:아뇨|아니[요오](?=\||$))",
    r"[가-힣]{0,2}다(?:는|란)(?:게|것이|건|말이|말은|얘기가|뜻이|소리가)아니"
    r"|[가-힣]{0,2}다고(?:도|는|까지)?(?:안[하해했]|하[지질시]{1,2}(?:는|도)?않)",
)
# "열이나 피로감은 없어요": a wording that took the "or" for its verb, when it ends the word.
_OR_TAKEN = re.compile(
    r"(?<=이나)[가-힣]{1,6}?(?:은|는|도|같은(?:건|거|것))" + _ADVERBS + "없(?!어[지졌])"
)
# "열이 나지|도 않고": a wording that took the 지, unless it is its own end that is denied.
_PIECE_TAKEN = re.compile(rf"(?<=[지진질])(?:는|도|를|가)?{_ADVERBS}{_NOT_LONG}")
_ENDED = re.compile(rf"(?:{_END})[가-힣]{{0,2}}[지진질]$|^지혈[^|]*[지질]$")
# "이렇게 아픈 적은 없었어요" is worse than ever.
_NEVER_SO = re.compile(
    r"(?:이렇게|이런|이토록|이정도로|이만큼|요렇게|요래|이래|살면서|태어나서|평생|생전|난생)"
)
_NEVER = re.compile(r"[가-힣]{0,3}?(?:적|일)(?:은|는|이|도)?" + _ADVERBS + r"(?:없|처음)")
_SO_REACH = 14
# "배가 뭉쳐서 안 풀리고 피가 쏟아져요": a "not" of a verb that an earlier clause ends with.
_CLAUSE_ENDS = re.compile(r"(?:고|며|면서|[아어해여와]서|는데|은데|더니|지만|니까)$")


def is_denied(reading: Reading, start: int, end: int, own_not: frozenset[str]) -> bool:
    """Whether a wording at a stretch of the squeezed text is denied; `own_not` are the syllables
    before which a "안" belongs to the wording itself."""
    squeezed = reading.squeezed
    if _BEFORE.search(squeezed, max(0, start - 4), start) or _not_inside(
        reading, start, end, own_not
    ):
        return _NOWHERE_NOT.match(squeezed, end) is None
    if _NEVER.match(squeezed, end) and _NEVER_SO.search(squeezed, max(0, start - _SO_REACH), end):
        return False
    return (
        any(_holds(form, reading, end) for form in _DENIALS)
        or (reading.words[end - 1][1] == end and _OR_TAKEN.match(squeezed, end) is not None)
        or (
            _PIECE_TAKEN.match(squeezed, end) is not None
            and not _ENDED.search(squeezed, start, end)
        )
    )


def denies_noun(squeezed: str, end: int) -> bool:
    """Whether what follows says that the noun just named is absent ("열은 없고")."""
    return any(form.match(squeezed, end) for form in _DENIALS)


def _holds(form: re.Pattern[str], reading: Reading, end: int) -> bool:
    found = form.match(reading.squeezed, end)
    if found is None:
        return False
    rest = found.end("rest") if "rest" in form.groupindex else end
    return rest == end or rest <= reading.words[end - 1][1]


def _not_inside(reading: Reading, start: int, end: int, own_not: frozenset[str]) -> bool:
    """A "안" that is no part of the wording: by what it stands before, or a word of its own."""
    squeezed = reading.squeezed
    # A wording that ends with its "not" means it: "지혈이 안".
    place = squeezed.find("안", start, end - 1)
    while place != -1:
        first, last = reading.words[place]
        alone = first == place and last - first == 1
        if (
            squeezed[place + 1 : place + 2] not in own_not
            and (alone or _INSIDE.match(squeezed, place, end + 2))
            and not _of_earlier_clause(reading, place + 1 if alone else place, end)
        ):
            return True
        place = squeezed.find("안", place + 1, end - 1)
    return False


def _of_earlier_clause(reading: Reading, place: int, end: int) -> bool:
    if place >= end:
        return False
    last = reading.words[place][1]
    return last < end - 1 and _CLAUSE_ENDS.search(reading.squeezed, place, last) is not None
