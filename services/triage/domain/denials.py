"""How Korean denies: what stands behind, before or inside a wording that was found.

A wording ends anywhere in its word, so every form below first steps over what is left of it (the
rest), and then reads one of a few constructions: "V-지 않다", "안 V", "V-ㄴ 것이 아니다",
"N은 없다", "N? 없어요". The rest stays inside one written word and never crosses into the next
clause, and no denied end is a denial: a fever that does not go down is there.
"""

import re

from services.triage.domain.reading import Reading
from services.triage.knowledge.needed import Forms

_INNOCENT = "쪽|에|으로|면|구|과|방|녕|전|경|약|압|달|절|색|부|내|테|정|감|주|마"
_WORD_NOT = rf"(?<![불편미동집보제위치입목귀코눈차몸배속])안(?!{_INNOCENT})"
_INSIDE = re.compile(
    _WORD_NOT
    + r"(?=나|났|난|아[프파퍼픈픔팠플]|차|찼|찬|참|가[쁘빠]|막[혀히힌]|답답|저[려리린릿]|조[이여]"
    r"|섞|비[치쳐친]|어지|붓|부[었어은]|쑤|결[려리]|뻐근|메스|메슥|울렁|토|따[가갑끔]|시[려리]|하[고는]|했|해"
    r"|있|심[해하]|뛰|흘|흐|떨[려리]|빨[갛개]|가려|까맣|노[랗래]|붉|높|올|쏘|물[렸려]|다[쳤치쳐]"
    r"|맞|먹[었어]|마[셨시셔]|삼[켰키켜]|부딪|넘어|빠졌|데[였여]|생[겼기겨]|잃|기절|쓰러|들[었어])"
)
_BEFORE = re.compile(
    r"(?:" + _WORD_NOT + r"|하나도안|전혀안|(?:은|는)무슨|(?<![a-z])(?:no|non|without))$"
)
# "안 아픈 데가 없어요" says the opposite.
_NOWHERE_NOT = re.compile(
    r"[가-힣]{0,4}?(?:날|데|곳|적|때|수)(?:이|가|는|은)?없|[가-힣]{0,3}?다가(?:또|다시|이제|지금)|[가-힣]{0,3}?(?:건|것은|거는|게|것도)(?:아니|아닌)"
)

# "기침을 안 하는 날이 없어요", "열이 없는 게 아니에요": denied twice, and there.
_NEVER_WITHOUT = re.compile(
    r"(?:증)?(?:을|를|이|가|은|는|도)?(?:안|못)[가-힣]{1,3}?(?:날|때|적|곳|데|시간)(?:이|가|은|는|도)?(?:하루도|거의)?없"
    r"|(?:증)?(?:이|가|은|는)?없(?:는|던|었던)(?:날|때|건|것은|게|거는)(?:이|은|는)?(?:없|아니[고에라야다지]|아닙|아닌)"
)

# The end of a finding: denied, the finding is still there.
_END = (
    "떨어|내[려리렸]|멈|멎|그[치쳐]|낫|나아|나을|나으|가[시셔]|가라|사라|사그|잡[히혀]|진정|빠[지져]|풀[리려]"
    "|없어|끊|줄[어이]|줄지|심[하해]|크|세|강하|높|오래|견[디뎌]|참|쉬|좋"
)
_NEXT_CLAUSE = "고|데|며|면|는데|은데|인데|한데|지만|서|니까|더니|다가|요|다$|다\\|"
_REST = rf"(?P<rest>(?:(?!{_NEXT_CLAUSE}|{_END})[가-힣]){{0,4}}?)"
_ADVERBS = (
    r"(?:전혀|하나도|하나|아직(?:은|까지)?|별로|지금은|지금|현재(?:는|까지)?|다|모두|둘다|셋다|전부|따로"
    r"|특별히|딱히|또|거의|절대|오늘은|이제는?|아예|일절|일체|크게|아무것도|도통|영|잘|자주|막|많이|그리|그다지|뭐|좀처럼|도무지|추호도|털끝만큼도|눈곱만큼도|한번도|단한번도|여태|그동안|아무런|요즘|당연히|다행히|원래"
    r"|더이상|더는|이상|조금도|요만큼도|눈곱만치도|손톱만큼도|털끝만치도|하나두|하나토|1도|그림자도|코빼기도|당최|전연|결코|최근에?는?"
    r"|지금껏|이제껏|이제까지|씻은듯이|언제있었냐는듯이?|있냐고물으면|별다른)*"
)
_OF_TOPIC = r"(?:증(?!상))?(?:은|는|이|가|도|을|를|만|까지(?:는|도)?|까진|조차)?"
_NOT_LONG = r"(?:않|안(?!심|정|되|돼)|아니(?!고서)|아닙|아녀|아녜|아인)"
_IS_NOT = (
    r"(?:없(?!어[지졌질져]|애|앴|던|다가)|아니(?!겠|냐|야[?|])|아닌|아닐|아님|아닙(?!니까)|아녀|아녜|아닝"
    r"|아이(?=고|라|다|구|니더|데이|거든|지만|입|예)|아입|아인(?=데|기|교)"
)
_SHORT_NOT = (
    r"안(?:나(?![아으])|남(?!아)|섞|비[치쳐친]|났|난|해|했|하|한|할|합|함|혀|허|햄|헌|헙|있|생|느|왔|와|오[고네는]"
    r"|온|올라[오왔옴]|그(?!쳐|치)|심|아[프파퍼팠픈픔플]|차|찼|저|어지|붓|부|토|먹|마(?!르)|보[이여였]|들(?!어가|리)|다[쳤치]"
    r"|드[는네]|든|걸|쓰|잃|떨(?!어)|흘|흐)"
)
_LIGHT = (
    r"(?:나오|나|하|되|있|관찰되|확인되|동반되|동반하|발생하|발견되|호소하|보고되|의심되|번지|퍼지|올라오|뚜렷하|생기|느껴지|느끼|보이|섞이|비치|묻|흐르|들리|오|들|흘리|겪|앓|나타나|심|허|허시|하시"
    r"|나시|있으시|느끼시|보이시)"
)
_LIGHT_OF_NOUN = (
    r"(?:있|나(?![아을])|났|난|하|했|한|해(?=요)|와(?=요)|섞여(?=요)|해?본|해?봤|생[기긴겼]|느[끼껴낀꼈]|오|왔|온|들|든|겪|앓|보[이인였]|섞[이인였]|묻|비[치친쳤]|흐|흘)"
    r"[가-힣]{0,2}?"
)
_THING = (
    r"(?:적|것|건|거|게|느낌|기분|증상|증세|통증|일|생각|마음|기미|기색|낌새|흔적"
    r"|정도|쪽|편)(?:은|는|이|도|가|까지는|까진)?"
)
# What is left of a verb, or the light verb behind a noun: "콧물|이 나".
_HEAD = rf"(?:{_OF_TOPIC}{_LIGHT_OF_NOUN}|{_REST})"
_ABSENT = r"없(?!어[지졌질져]|애|앴|던|다가)"
_PIECE = r"(?:지|진|질|디|짐|들|덜)(?:는|도|를|가|은|만|고)?"


def _forms(*bodies: str) -> Forms[bool]:
    """Each with whether it names the rest of a word that it steps over."""
    patterns = map(re.compile, bodies)
    return Forms([(pattern, "rest" in pattern.groupindex) for pattern in patterns])


_DENIALS = _forms(
    # "어지럽지 않아요", "토하거나 하진 않아요", "기침을 하지는 안 혀유".
    rf"{_REST}{_PIECE}{_ADVERBS}{_NOT_LONG}",
    rf"{_REST}지도(?:[가-힣|]{{1,8}}?지도){{1,2}}{_ADVERBS}{_NOT_LONG}",
    rf"{_OF_TOPIC}(?:같은(?:것|거|게)?)?{_ADVERBS}{_LIGHT}{_PIECE}{_ADVERBS}{_NOT_LONG}",
    # "숨이 찬 건 아니고", "의식을 잃은 적은 없어요", "열이 있는 것도 아닌데".
    rf"{_REST}{_THING}{_ADVERBS}(?:{_IS_NOT})|안(?:했|해|하|들|나))",
    rf"(?:생각|시도|충동|증상|증세)?{_OF_TOPIC}{_LIGHT_OF_NOUN}{_THING}{_ADVERBS}{_IS_NOT})",
    rf"{_REST}(?:데|곳|구석|부위|부분)(?:는|가|도|은|이)?{_ADVERBS}없(?!어[지졌질져]|애|앴|던|다가)",
    # "토할 것 같지도 않고", "콧물이 난 줄 알았더니", "열이 나고 그런 건 없어요".
    # A limb that is "내 것 같지가 않아요" is numb.
    rf"(?:(?<=[^내제][것거꺼])|{_HEAD}(?<![내제])[것거꺼])같{_PIECE}{_ADVERBS}{_NOT_LONG}",
    rf"{_HEAD}(?:[었았였]다면|으면)(?:진작|벌써|당연히)?(?:말씀드렸|말했|얘기했)",
    rf"{_HEAD}줄(?:로만|만|로)?알았더니",
    rf"(?:(?<=고)|{_HEAD}고)(?:뭐|막)?(?:(?:그런|이런)(?:건|거|것|게|증상)?(?:은|는|도|이)?{_ADVERBS}{_ABSENT}|(?:그러|이러|그렇)(?:지|진|질)(?:는|도)?{_NOT_LONG})",
    rf"{_HEAD}{_THING}{_LIGHT}{_PIECE}{_ADVERBS}{_NOT_LONG}",
    rf"{_HEAD}(?:건|거|것)(?:은|는)?(?:ㄴㄴ+|(?:노노|x)(?:\||$))",
    # "토하냐고요? 아뇨", "아픈가 하면 그건 아니에요".
    rf"{_HEAD}냐고(?:요|하[시면]|물으)[가-힣]{{0,3}}\|+(?:음|어|\|)*(?:아뇨|아니[요오]|안|없|전혀)",
    rf"{_HEAD}(?:냐|가|느냐)고?하면(?:그건|그런건|그렇진|그렇지는|꼭|또)?(?:아니|않)",
    # "열은 없고", "기침 같은 건 안 해요", "구토나 그런 증상 없음".
    r"(?:증(?!상))?(?:이나|나|이랑|랑)?(?:뭐)?(?:그런|이런|다른)?(?:증상|느낌|(?<![고며])기운|기|증세|감|병력|한적|적|일|것|거|건|게"
    r"|같은(?:건|거|것|게)?|통증)?"
    rf"{_OF_TOPIC}(?:같은(?:건|거|것|게)?)?(?:는|은|도)?{_ADVERBS}"
    rf"(?:{_IS_NOT}|{_SHORT_NOT}|못느|괜찮|정상(?!으로)|멀쩡|말짱|양호|문제없|이상없|아직(?:이에|이고|이구|입|임|요?\|)))",
    rf"\|?(?:(?!{_NEXT_CLAUSE})[가-힣|]){{0,10}}?같은[가-힣]{{0,4}}(?:증상|것|거|건|증세)(?:은|는|도)?{_ADVERBS}없(?!어[지졌]|던|다가)",
    r"(?:은|는|이|가|도)?(?:no|none)(?![a-z])",
    # "두통은 무슨", "기침은 부인하세요", "열은 무", "황달 전무".
    r"(?:증)?(?:은|는)무슨|(?:증)?(?:을|를|은|는|도)?(?:전혀)?(?:부인|부정)(?:하|함|합|했|해|$|\|)",
    r"(?:증)?(?:은|는|도)?\|?(?:(?:無|무|놉|노노|nono)(?:\||$|임|함|이[고며에])|전무|ㄴㄴ|음성|마이너스|엑스(?!레이)|x(?:\||$))|(?:증)?(?:은|는|도)?(?:전혀)?호소(?:는|도)?(?:안[하해했]|없)",
    r"(?:증)?(?:은|는|도)(?:오늘|어제|그때|지금|아까|아침|평소|원래)(?:도|은|는|에는|에도|부터|부터는)?(?:그때|지금)?(?:도)?없(?!어[지졌]|던|다가)",
    rf"{_OF_TOPIC}(?:그런|이런|따위)(?:것|거|건|게|증상)?(?:은|는|도|이|가)?{_ADVERBS}없(?!어[지졌]|던|다가)",
    r"(?:증)?(?:은|는|이|가)?(?:있을리(?:가|는|도)?(?:요)?없|(?:전혀)?찾아볼수(?:가|도)?없|있다고(?:는|까지는?)?(?:말|하기|보기)(?:은|는|도)?(?:못|어려|힘들|그렇))",
    r"(?:증)?이?라고(?:까지)?(?:할만한|할것까진|할것까지는|할정도는|할정도의?|부를만한)(?:건|것은|게|거는|것도|정도는|증상은)?(?:없|아니|못)",
    r"(?:증)?(?:을|를)?(?:제외하고|제외하면|제외하곤|빼고|빼곤|빼면)(?:는|도)?(?:다|전부|모두)[^|]{0,5}(?:있|아[프파]|해당|맞)",
    r"(?:증)?(?:이고|고)(?:뭐고|나발이고)(?:다|간에|전혀)?없|(?:증)?(?:은|는)?커녕",
    # "기침이고 가래고 그런 건 하나 없어요", "흉통, 식은땀 다 해당 없어요".
    rf"(?:증)?(?:이고|고)(?:[가-힣]{{1,5}}고){{0,3}}(?:다|간에)?(?:(?:그런|이런)(?:건|거|것|게)?)?(?:은|는|도)?{_ADVERBS}"
    r"(?:없(?!어[지졌질져]|애|던|다가)|안(?:나[고요와]|해|했|하[고는]))",
    r"(?:증|림|픔)?(?:(?:[|,]|이랑|랑|하고|과|와|도|등)(?:(?!고|데|며|면|지만|서|니까|요)[가-힣|]){1,16}?)?(?:증)?(?:은|는|도|이|가)?(?:다|모두|전부|전혀)?"
    r"해당(?:사항)?(?:이|은|은?전혀)?(?:없|안[돼되됨됩])",
    r"(?:증)?\|?[-–](?:\||$|(?=[가-힣]))|(?:증)?\|?(?:x(?![a-z나발같라선]|-?ray|레이)|[ㄴ엑](?:\||$|ㄴ|(?=[가-힣]{1,5}[ㄴ엑])))|\|?음성",
    # An enumeration that is denied at its end.
    rf"(?:(?!{_NEXT_CLAUSE})[가-힣]){{0,5}}?거나[^|]{{0,24}}?(?:(?:지|진|질)(?:는|도)?(?:않|안)|(?:것|건|거|게|적|일|증상)(?:은|는|도)?{_ADVERBS}(?:없|아니|아닌)"
    r"|(?:는|은|도)(?:안|없))",
    rf"(?:증)?(?:이나|나|또는|혹은|및|이든|든)(?!는|네|고|요|서|오|와|온|왔|면|니|던|더|기|자|지|거)"
    rf"(?:(?!{_NEXT_CLAUSE})[가-힣]){{1,8}}?(?:은|는|도|이|가|같은(?:건|거|것))?{_ADVERBS}"
    r"(?:없(?!어[지졌질져]|애|던|다가)|안(?:나|해|했|하))",
    rf"(?:[|,]|이랑|랑|하고|과|와|도)?(?:(?!{_NEXT_CLAUSE})[가-힣|]){{1,12}}?(?:은|는|도|이|가)?"
    r"(?:다|둘다|셋다|모두|전부)(?:없(?!어[지졌질져]|애|던|다가)|안나[고요]|안해|안했)",
    # Asked and answered: "열은요? 없어요", "숨찬 거? 그런 건 없심더", "고열: 없음".
    rf"{_REST}(?:{_THING})?(?:은|는|이|가|도)?(?:요|은요|는요|이요)?\|+(?:음|아|어|뭐|아뇨|그런|그거|그건|그|증상|건|거|것"
    r"|은|는|도|전혀|하나도|다|\|)*(?:없(?!던|다가|어[지졌])|안(?:나|해|했|하[고는]|아[프파]|차))",
    rf"{_HEAD}다(?:는|란)(?:게|것이|건|말이|말은|얘기가|뜻이|소리가)아니",
    r"[가-힣]{0,2}다(?:는|란)(?:게|것이|건|말이|말은|얘기가|뜻이|소리가)아니"
    rf"|[가-힣]{{0,2}}(?:다거나|거나)(?:하는|그런|뭐|이런)?(?:것|거|건|게)(?:은|는|도)?{_ADVERBS}(?:아니|없)"
    r"|[가-힣]{0,2}다고(?:도|는|까지)?(?:안[하해했]|하[지질시]{1,2}(?:는|도)?않)",
)
# "콧물이 나요? 아뇨": asked by the writer, so that a question mark has to stand between.
_ANSWERED = re.compile(
    rf"{_HEAD}(?:요|나요|은요|는요|이요)?\|+(?:음|어|\|)*(?P<no>아뇨|아니[요오]|전혀요)"
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
    if _NEVER_WITHOUT.match(squeezed, end):
        return False
    if _BEFORE.search(squeezed, max(0, start - 4), start) or _not_inside(
        reading, start, end, own_not
    ):
        return _NOWHERE_NOT.match(squeezed, end) is None
    if _NEVER.match(squeezed, end) and _NEVER_SO.search(squeezed, max(0, start - _SO_REACH), end):
        return False
    return (
        any(
            _holds(form, reading, end, has_rest=has_rest)
            for form, has_rest in _DENIALS.possible(squeezed)
        )
        or _is_answered_no(reading, end)
        or (reading.words[end - 1][1] == end and _OR_TAKEN.match(squeezed, end) is not None)
        or (
            _PIECE_TAKEN.match(squeezed, end) is not None
            and not _ENDED.search(squeezed, start, end)
        )
    )


def denies_noun(squeezed: str, end: int) -> bool:
    """Whether what follows says that the noun just named is absent ("열은 없고")."""
    return any(form.match(squeezed, end) for form, _ in _DENIALS.possible(squeezed))


def _holds(form: re.Pattern[str], reading: Reading, end: int, *, has_rest: bool) -> bool:
    found = form.match(reading.squeezed, end)
    if found is None:
        return False
    rest = found.end("rest") if has_rest else end
    return rest == end or rest <= reading.words[end - 1][1]


def _is_answered_no(reading: Reading, end: int) -> bool:
    found = _ANSWERED.match(reading.squeezed, end)
    if found is None or not _holds(_ANSWERED, reading, end, has_rest=True):
        return False
    between = slice(reading.origin[end - 1], reading.origin[found.start("no")])
    return "?" in reading.lowered[between]


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
