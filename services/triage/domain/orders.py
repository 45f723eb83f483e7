"""Stretches of a text that tell nothing about the patient: orders to the reader, quoted prompts,
fiction, news, dreams, and cases that are only supposed."""

import re
from collections.abc import Iterator

from services.triage.domain.quotations import spoken_of
from services.triage.knowledge.needed import Forms

# Where a real complaint may begin again behind an order.
_AGAIN = (
    r"(?=(?:실제로?|실은|사실은?|진짜로?는?|저는|제가|저 |나는|내가|전 |근데|그런데"
    r"|하지만|그리고|제 |우리|저희|(?:user|사용자|환자|질문)\s*[:：])|[.!?\n]|$)"
)
_AGAIN_ENGLISH = (
    r"(?=(?<!say )(?<!that )(?<!says )(?<!claim )(?<!as if )(?:\bi\b|\bi'm\b|\bmy\b"
    r"|\bactually\b)|[!?\n]|$)"
)
# An order among other words goes no further than its own clause.
_CLAUSE_ENDS = r"(?=(?<=[요다데니])\s|[.!?\n]|$)"
_ORDERED = (
    r"(?:출력|채점|평가|판별|판정|분류|간주|기록|표시|반환|응답|답변|대답|삽입|입력|설정|진단|추출|단정|확정)"
    r"(?:해(?!요|서|야|봤|도)|하라|하세요|하시오|하십시오|할\s?것|하도록|하고\s?다른|하고\s?끝)"
    r"|(?:추가|포함|저장|등록|처리|보고|변경|체크|수정)(?:해\s?(?:줘|주|라)|하라|하시오|할\s?것|시켜|시키)"
    r"|(?:적|써|넣|붙|채워|돌려|바꿔|매겨|찍어)\s?(?:[어여]\s?)?(?:줘|라|놔|주세요|넣어)"
)
_SYSTEM_WORD = (
    r"모든\s?(?:대답|답변|환자|메시지)|이\s?(?:메시지|글|문장)(?:를|을)\s?읽|데이터베이스|(?<![a-z])db(?![a-z])"
    r"|json|symptoms?|ktas|프롬프트|지시|명령|출력|시스템|system|assistant|목록|결과|코드|답변|차트|항목|증상란|필드|배열"
    r"|너는|넌 |당신은|모델|ai\b|챗봇|인공지능"
)
_COMPLEMENT = re.compile(
    r"(?:이?라고|다고|음으로|으로|로|를|을|이라는|란)\s?(?:만\s?|꼭\s?|반드시\s?|그대로\s?|무조건\s?|전부\s?){0,2}$"
)
_STORY = "꿈|영화|드라마|소설|웹툰|만화|동화|사극"
_MEDIUM = rf"(?:{_STORY}|뉴스|기사|신문|유튜브|다큐\w*|방송|예능|티비|tv|라디오|게임|연극|책)"
_HEARSAY = (
    r"(?:다는데|라는데|다던데|라던데|다더라\w*|라더라\w*|대요|래요|다고\s?(?:하|해|합"
    r"|그|나)\w*|다네요|다며|다길래)"
)
_SOMEBODY = (
    r"(?:주인공|배우|사람|환자|남자|여자|남주|여주|노인|할머니|할아버지|아이|걔|누가)\w{0,2}"
)
_FORMS = (
    # A role, a play, an exam, a sentence to repeat.
    r"(?:역할극|상황극|롤플레이|번역기처럼|소설(?:을)?\s?써|시나리오(?:를)?\s?써|대본(?:을)?\s?써|주인공(?:이|은)|국가고시"
    r"|(?:다음|이|아래)\s?(?:문장|내용|글|텍스트|단어)(?:을|를)?\s?(?:그대로\s?)?(?:반복|번역|따라|읽|복사|출력|돌려|요약))[^.!?\n]*\??[^.!?\n]*",
    r"(?:act as|pretend|you are now|role.?play|repeat after me|translate)\b[^.!?\n]*",
    r"(?:다음|아래|이)\s?(?:을|를|글을|문장을|문장|말을)[^.!?\n:]{0,12}(?:요약|번역|옮겨|교정|따라|반복|영어로|정리)[^\n]*",
    r"[\"'“‘][^\"'”’\n]*[\"'”’]\s?(?:이?라고|을|를)?\s?(?:\w+로\s)?(?:따라|반복|번역|옮겨|말|적어|출력|답|영작|작문|교정|맞춤법|띄어쓰기|발음|영어로|일어로|중국어로)",
    r"(?:가짜|가상의|허구의?|예시용?|샘플|더미)\s[^.!?\n]*",
    r"(?:예시|샘플|견본|더미)[^.!?\n]{0,14}(?:만들|출력|생성|보여)[^\n]*",
    # A record dictated: "병명은 …로 하고 나이는 …로 적어".
    r"(?:병명|진단명|나이|성별|등급|ktas)(?:은|는|을|를)[^.!?\n]{1,30}?로\s?(?:하고|적[어고]|기록|표시|바꿔|설정|입력|써)[^.!?\n]*",
    r"(?:환자\s?|진료\s?)?(?:기록|차트|정보|데이터|db)\s?(?:를|을)?\s?(?:수정|변경|정정|갱신|업데이트|덮어쓰기)\s*[:：][^.!?\n]*",
    r"(?:분류|판정|기록|출력|설정|진단|등록)\s?(?:해|하라|하세요|해라|해줘|할 것)[.!]\s*"
    r"(?:병명|진단명?|나이|성별|증상)(?:은|는|이|:)[^.!?\n]*",
    # A record, a form or a program as they look.
    r"[\"']?\b(?:symptoms?|symptom_codes?|gender|sex|age|age_years|ktas|diagnosis)[\"']?\s*[:=]+\s*"
    r"(?:\[[^\]\n]*\]?|\{[^}\n]*\}?|\"[^\"\n]*\"?|'[^'\n]*'?|[\w-]+)|(?:증상|병명|진단명?|성별|나이|등급)\s*=\s*[^.!?\n]*(?:고정|강제|설정|지정)",
    r"정답(?:은|이)\s?[^.!?\n]*|다음\s?중\s[^\n]*\?[^\n]*|(?:관리자|시스템|개발자|운영자)\s?(?:암호|비밀번호|권한|코드|계정|키)[^.!?\n]*[.!?]?[^.!?\n]*",
    r"이렇게\s?(?:쓰면|적으면|치면|입력하면)\s(?:\S+\s){0,2}(?:온대|온다|오나|와요|출동|뜨나)\S*[^\n]*",
    r"(?:소설|시나리오|대본|동화|수필|가사|일기|에세이|독후감|(?<![가-힣])시(?=를|\s))[^.!?\n]{0,12}?\s?(?:좀\s)?써\s?(?:줘|주|달라|봐|줄래)[^.!?\n]*[.!]?[^.!?\n]*?"
    + _AGAIN,
    r"<!--.*?(?:-->|$)|/\*.*?\*/|^\s*(?:sudo|curl|rm|exec|eval|echo|insert|update|drop|select|import|def|return)\b[^\n]*"
    r"|\b(?:print|alert|console\.log|system|exec|eval)\s?\([^)\n]*\)?|/(?:set|add|symptom|ktas|diagnose|mode)\b[^\n]*",
    r"(?:체크\s?박스|체크\s?리스트|드롭다운|선택지|항목)(?:를|을|는|은)?\s?(?:전부|모두|다|싹)[^.!?\n]*",
    r"(?:답변|출력|응답|대답|결과)\s?(?:형식|양식|포맷|규칙)\s*(?:[:：]|은|는)?[^.!?\n]*",
    r"(?:테스트|개발자?|디버그|관리자|god|admin|dev)\s?(?:모드|mode)\s?(?:on|켜|시작|진입|활성)"
    r"[^.!?\n]*[.!]?\s?[^.!?\n]*?" + _AGAIN,
    # Of all patients at once, of texts and books.
    r"모든\s?(?:환자|사용자|이용자|입력|메시지|질문|대답|답변)(?:는|은|를|을|의|에게|들은|들을|분은|분들은)?"
    r"(?=[^.!?\n]*(?:ktas|증상|진단|병명|분류|기록|표시|출력|처리|답해|답하))[^.!?\n]*?"
    + _CLAUSE_ENDS,
    r"(?:다음|앞으로|이제부터)\s?(?:오는\s|올\s)?(?:환자|사람|사용자|질문|메시지)(?:부터|은|는|를|들은)[^.!?\n]*",
    r"(?:출력|입력|응답|답변|대답)\s?(?:예시?|샘플)\s*[)）:：][^\n]*",
    r"(?:레포트|리포트|논문|독후감|발표\s?자료|소설|대본|시나리오)(?:를|을)?\s?(?:쓰는데|쓰는\s?중|쓰려는데|작성)"
    r"[^.!?\n]*?(?:정리|설명|요약|나열|알려|적어)\s?(?:해|하|줘|주)[^\n]*",
    r"[^.!?\n]{0,30}(?:해몽|꿈풀이)[^.!?\n]*"
    r"|[^.!?\n]{0,30}(?:소설|영화|드라마|노래|음악|책|웹툰|만화|게임|앱|맛집|명대사)\s?(?:좀\s|하나\s)?추천\s?"
    r"(?:좀|부탁|바람|바랍|해\s?(?:줘|주세|줄래|달라|주실)|(?=[.!?\n]|$))[^.!?\n]*",
    r"[^.!?\n]{0,16}(?:강아지|고양이|댕댕이|멍멍이|반려견|반려묘|냥이)(?:한테|에게)\s[^.!?\n]{0,12}(?:먹여|먹이|줘도|발라|약을)[^.!?\n]*",
    # Always this, whatever is said.
    r"(?:항상|무조건|반드시|언제나|매번|뭐라\s?(?:하든|해도)|모든\s?\S{1,8}(?:은|는|을|를|에))[^.!?\n]{0,30}?(?:으로|로|라고)\s?(?:만\s?)?"
    r"(?:적[을어]|쓸|표시|기록|출력|답(?!답)|분류|처리|매핑|대답|간주|판정|판단|바꿔|변환|치환|통일|고정"
    r"|하라|해라|하세요|하도록)[^.!?\n]*?" + _CLAUSE_ENDS,
    r"(?:dan이|dan처럼|제한(?:이)?\s?없는|제한(?:이)?\s?없어|탈옥|jailbreak)[^\n]{0,16}?[.!]?\s?[^.!?\n]*?(?:다고|라고)\s?(?:신고|진단|기록|말|답|대답|출력|보고)[^.!?\n]*",
    r"(?:나열|열거)(?:해|하라|하세요|하시오)[^.!?\n]*[.!]?[^.!?\n]*?(?:이런\s?거|같은\s?거|등등|전부|다)(?=\s?[.!?]|\s?$|\s다$)[^.!?\n]*",
    r"(?:내|제)\s?(?:말|문장)(?:을|를)?\s?(?:그대로\s?)?따라\s?(?:해|하|말|써)[^.!?\n]*",
    # What was said before is to be forgotten.
    r"(?:이전|위의?|앞의?|앞선|기존|모든|지금까지|시스템)[^|.!?\n]{0,14}(?:지시|명령|규칙|프롬프트|내용|설정|대화|맥락|역할|말|안내|지침)"
    r"[^|.!?\n]{0,14}(?:무시|잊|삭제|따르지|취소|초기화|공개|보여)[^.!?\n]*?" + _AGAIN,
    r"(?:ignore|disregard|forget|override|bypass)\b[^.!?\n]{0,40}?(?:instruction|rule|prompt|above|previous|prior|guideline|said|polic|safety|earlier|everything)[^!?\n]*?"
    + _AGAIN_ENGLISH,
    r"(?:^|[.!?\n,;]\s*)(?:please |now |then |and |just )?(?:set|list|output|print"
    r"|add|mark|report|classify|return|respond"
    r"|reply|answer|write|tag)\b[^.!?\n]*",
    r"(?:忽略|无视|忘记|忽视|请输出|输出|假装|扮演)[^!?\n]*"
    r"|bỏ qua[^!?\n]{0,40}(?:hướng dẫn|lệnh|chỉ dẫn)[^!?\n]*",
    r"(?:^|\band |\bthen |[,.;]\s*)(?:answer|say|claim|tell \w+|state|report"
    r"|conclude|assume)\s+(?:that\s)[^.!?\n]*",
    # Prompts and answers as they look.
    r"(?:assistant|system|user)\s*[:：]\s*\{[^}\n]*\}|\{[^}\n]*\}"
    r"|<{1,2}(?:system|sys|assistant|prompt|inst)[^>]*>{1,2}[^<\n]*(?:<{1,2}/[^>]*>{1,2})?|</?(?:system|sys|user|assistant|prompt|inst)>|\[inst\].*?(?:\[/inst\]|\n|$)|\[system\][^\n]*?(?=(?:user|사용자|환자|질문)\s*[:：]|\[/system\]|\n|$)",
    # A turn that nobody took, a text closed and opened again, a word that shall mean another.
    r"\bassistant\s*[:：](?!\s*\{)[^\n]*?(?=\buser\s*[:：]|\n|$)",
    r"</(?:text|user|input|message|query|입력|메시지)>[^<\n]*(?=<(?:text|user|input|message|query|입력|메시지)>)",
    r"(?:앞으로|이제부터|지금부터|규칙\s?[:：])[^.!?\n]{1,40}?(?:뜻|의미)(?:한다|함(?![가-힣])|합니다|하기로|하도록)",
    r"(?:예문|예제)(?:들)?(?:입니다|이에요|임|은|는)?\s*[:：]\s*(?:['\"‘“][^'\"’”\n]*['\"’”][\s,·]*)+",
    r"(?<!/)(?:시스템|관리자|개발자|운영자|system|assistant|admin|developer)\s*(?:\]|\)|:|：|메시지|모드|공지)(?!\s*\{)[^.!?\n]*?"
    r"(?=\b(?:user|사용자|환자)\s*[:：]|#{2,}|[.!?\n]|$)",
    r"(?:지시|명령|instructions?|prompt|출력|output|답변|응답)\s*[:：][^\n]*?(?=실제|실은|사실|저는|제가|우리|저희|#{2,}|\[/|</|\n|$)",
    r"(?:respond|reply|answer|output|print|return|write|say)\b(?: only"
    r"| just)?(?: with| as| in| that)?[^.!?\n]{0,20}"
    r"(?:json|exactly|\"|'|the (?:patient|user)|only)[^\n]*?(?=#{2,}|\[/|</|\n|$)",
    # What somebody would like to know about an illness.
    r"(?:염|증|병|암|졸중|경색|출혈|맹장|풍|당뇨|독감|코로나|마비|결석|디스크|임신)\s?(?:이|가|에|이\s?오)?\s?"
    r"(?:있으면|이면|면|이라면|라면|걸리면|오면|일\s?때)(?:(?![요다죠]\s)[^.!?\n]){0,40}?(?:가요|나요|까요|는지|을지)",
    # The household's animals, and cases that are only supposed.
    r"(?:강아지|고양이|댕댕이|멍멍이|반려견|반려묘|냥이)(?:가|이|는|도)(?![^.!?\n]{0,14}(?:물[렸려었어고림]|할퀴|할퀸|긁))[^.!?\n]{0,40}?"
    r"(?:더니|(?=(?:할머니|할아버지|할매|할배|엄마|아빠|아버지|어머니|남편|아내|와이프|신랑|아들|딸|아기|애기|애가|애는|애를"
    r"|아이|손주|손자|손녀|조카|동생|언니|오빠|누나|형이|형님|친구|이모|삼촌|환자|남자|여자|아저씨|아주머니|노인|어르신|학생|이웃|행인|누가|제가|저는|저희|우리|내가|나는|사람))"
    r"|[.!?\n]|$)",
    r"(?:만약|만일|혹시라도|가령|예를 들어)[^.!?\n]{0,40}(?:면|다면|경우)",
    r"(?:게임|영화|드라마)\w{0,3}(?:에서|\s마지막|\s장면)[^.!?\n]{0,12}(?:칼빵|칼에|총|맞고|멎는|죽음|죽었|죽는)[^.!?\n]{0,12}",
    # Told by the news, a story or a dream.
    rf"{_MEDIUM}(?:\s?속)?(?:에서|에\s?나[오온왔]|에\s?보니|를?\s?보니까?|을?\s?보니까?)[^.!?\n]{{0,60}}?{_HEARSAY}",
    rf"{_MEDIUM}\w{{0,2}}\s?(?:보는데|보다가|봤는데|읽는데)[^.!?\n]{{0,16}}?{_SOMEBODY}[^.!?\n]{{0,40}}?(?:더라\w*|던데|{_HEARSAY})",
    rf"(?:{_STORY})(?:\s?속)?(?:에서|에\s?나[오온왔]\w*|에는|\s?속)\s(?!저|제|내|나|갑자기)[^.!?\n]{{0,40}}?"
    r"(?:[었았했갔왔졌렸]어요|[었았했갔왔졌렸]다|[었았했갔왔졌렸]네요?|더라\w*|나요|습니다|는데|은데|던데)",
)
_VERB = re.compile(_ORDERED)
# An order by its noun ("등록 부탁", "표시해야 한다"), of a reader who is addressed.
_DEMANDED = re.compile(
    r"(?:등록|입력|추가|기록|저장|표시|출력|전송)\s?(?:을|를)?\s?(?:부탁|요망|바람|바랍|요청|요함|할\s?것|해야\s?(?:한다|합니다|해|함|하며))"
    r"|(?:넣|적|붙여|채워|박)[어아]?(?=\s?[.!]|\s?$)"
)
_SHOUTED = re.compile(r"(?:출력해|출력하|기록해|기록하|추가하|추가해|json)[^.!?\n]{0,40}")
# A word that does not come out, or comes out wrong, is aphasia and no order.
_WORD_ORDERED = re.compile(
    r"(?:단어|문구|문장|코드|글자)(?:이|가|을|를)?\s?[^.!?\n]{0,20}?(?:들어가|포함|나와(?=야|라|게|\s?[줘주])|넣|붙[여이]|추가)[^.!?\n]*"
)
_SAID_SO = re.compile(
    r"라고\s?(?:만\s?|꼭\s?)?(?:(?:말해|답해|해|써|적어?)\s?(?:줘|라|주세요|봐|놔)|(?:판단|분류|인식|간주|기록|출력|답변|대답)(?:하|해))"
)
_ADDRESSED = re.compile(_SYSTEM_WORD)
# A polite sentence ends without a full stop; what is quoted goes on.
_POLITE_END = re.compile(r"(?:요|니다|죠)\s+(?!(?:이?라고|하고|라는))")
_MACHINE = re.compile(
    r"해킹당|탈옥|비밀\s?임무|(?:챗봇|모델|ai)\s?성능|기대\s?값|프롬프트|시스템\s?메시지|override|jailbreak|debug|디버그"
)
_ANEW = re.compile(rf"{_AGAIN}|(?<=[고데요만니])\s")
_OF_FICTION = re.compile(
    r"스릴러|웹툰|최신화|남주|여주|주인공|범인|스포\s?미안|디버프|가챠|레이드|만렙|퀘스트|반전이|명장면"
    r"|배우\s?연기|시즌\s?\d|애니메이션|롤에서|배그"
)
_FOR_HELP = re.compile(r"병원|119|응급|살려")
_STOP = re.compile(r"[.!?\n]")
_REACH = 60
_NOT_TOLD = Forms([(re.compile(form), None) for form in _FORMS])
_PAST = re.compile(
    r"(?:작년|재작년|예전|옛날|어릴\s?때|어렸을\s?(?:때|적)|\d+\s?년\s?전|몇\s?년\s?전|지난\s?(?:달|해|겨울|여름|봄|가을)|한때|과거)"
    r"[^.!?\n]{2,40}?(?:나았|나아졌|완치|괜찮|없어졌|없어요|없고|없습|멀쩡|안\s?그래|없었|사라졌|다\s?나)"
)
# A fit of long ago; what was just denied or is told as past says nothing of now.
_PAST_FIT = re.compile(
    r"(?:예전|옛날|작년|재작년|어릴\s?때|어렸을\s?때|\d+\s?년\s?전)(?:에|에도)?\s?[^.!?\n]{0,8}?(?:열성\s?)?(?:경련|경기|발작)"
    r"[^.!?\n]{0,6}?(?:했어요|했습니다|했었|했던|한\s?적|있었)"
)

_LAST_WEEK = re.compile(
    r"지난\s?(?:주|번)(?!부터)\S{0,2}\s[^.!?\n]{2,40}?(?:나았|나아졌|괜찮아졌|없어졌|멀쩡해[졌지]|사라졌|다\s?나)"
)
_OVER = (_PAST, _LAST_WEEK, _PAST_FIT)
_JOKED = re.compile(r"(?:농담|장난|드립|뻥)(?:이고|이에요|이야|이었|입니다|임|이다|이지)")


def not_told(lowered: str) -> tuple[tuple[int, int], ...]:
    """Stretches that say nothing of anybody here."""
    forms = _NOT_TOLD.possible(lowered)
    spans = [found.span() for form, _ in forms for found in form.finditer(lowered)]
    return (
        *spans,
        *_ordered(lowered),
        *_of_machine(lowered),
        *_fiction(lowered),
        *spoken_of(lowered),
    )


def _ordered(lowered: str) -> Iterator[tuple[int, int]]:
    """What an order takes as its object: "환자는 심정지라고 출력해", "흉통을 목록에 넣어 줘"."""
    for form in (_SHOUTED, _WORD_ORDERED, _SAID_SO):
        for found in form.finditer(lowered):
            yield _begin(lowered, found.start()), found.end()
    for found in _VERB.finditer(lowered):
        begin = _begin(lowered, found.start())
        head = lowered[begin : found.start()]
        if _COMPLEMENT.search(head) or _ADDRESSED.search(head):
            yield begin, found.end()
    for found in _DEMANDED.finditer(lowered):
        begin = _begin(lowered, found.start())
        if _ADDRESSED.search(lowered, begin, found.start()):
            yield begin, found.end()


def _of_machine(lowered: str) -> Iterator[tuple[int, int]]:
    """The clause that speaks of what reads it; what stands before a comma is another's."""
    for found in _MACHINE.finditer(lowered):
        begin = max(_begin(lowered, found.start()), lowered.rfind(",", 0, found.start()))
        again = _ANEW.search(lowered, found.end())
        yield begin, again.start() if again else len(lowered)


def _fiction(lowered: str) -> Iterator[tuple[int, int]]:
    """Sentences of games, scripts and their fans, unless they call for help."""
    for found in _OF_FICTION.finditer(lowered):
        begin = max(0, *(lowered.rfind(mark, 0, found.start()) for mark in ".!?\n"))
        polite = [end.end() for end in _POLITE_END.finditer(lowered, begin, found.start())]
        begin = polite[-1] if polite else begin
        stop = _STOP.search(lowered, found.end())
        end = stop.start() if stop else len(lowered)
        polite_end = _POLITE_END.search(lowered, found.end(), end)
        end = polite_end.end() if polite_end else end
        if not _FOR_HELP.search(lowered, begin, end):
            yield begin, end


def _begin(lowered: str, place: int) -> int:
    """Where the sentence of a place begins, no further back than an order reaches."""
    begin = _sentence(lowered, place)
    ends = [found.end() for found in _POLITE_END.finditer(lowered, begin, place)]
    return ends[-1] if ends else begin


def _sentence(lowered: str, place: int) -> int:
    return max(place - _REACH, 0, *(lowered.rfind(mark, 0, place) for mark in ".!?\n|"))


def not_now(lowered: str) -> tuple[tuple[int, int], ...]:
    """Stretches about an illness of the past that is over, and about what was only a joke."""
    joked = ((_sentence(lowered, found.start()), found.end()) for found in _JOKED.finditer(lowered))
    past = (found.span() for form in _OVER for found in form.finditer(lowered))
    return (*past, *joked)
