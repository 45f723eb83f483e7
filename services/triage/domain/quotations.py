"""Words between quotation marks that are spoken of and not said: a text to print, to translate or
to classify as. What a patient was heard to say ("배 아파"라고 해요) is told all the same."""

import re
from collections.abc import Iterator

# A single mark is a quotation only around Korean and not inside a word (can't).
_QUOTED = re.compile(
    r"[\"“”「『][^\"“”」』\n]{1,80}[\"“”」』]|(?<![a-z])['‘][^'‘’\n]*[가-힣][^'‘’\n]*['’]"
)
_VERBS = (
    r"(?:출력|반복|입력|포함|추가|번역|영작|분석|요약|교정|낭독|복창|처리|분류|접수|기록|표시|저장|등록"
    r"|회신|응답|대답|판정|간주|채점|발음|읽|넣|적[어는을]|써|쓰|말해|답해|붙여|띄워|찍어|따라)"
)
_SPOKEN_OF = re.compile(
    rf"\s?(?:(?:이라|라|란)(?:는|고\s?하는)?\s?(?:문장|단어|말|글|문구|표현|키워드|코드|증상\s?코드|제목|대사|텍스트)"
    rf"|의\s?(?:반대말|뜻|의미|영어|발음|동의어|유의어|맞춤법|띄어쓰기|한자|어원)"
    rf"|(?:으?로|를|을|만|이?라고만?)\s?(?:만\s|좀\s|꼭\s|그대로\s|항상\s|무조건\s)?{_VERBS}"
    r"|(?:이?란|은|는|이|가)\s?(?:무슨|뭐|뭔|무엇|어떻게\s?읽|영어로|한자로|맞춤법)"
    r"|\s?(?:[한두세네]\s?(?:글자|단어|문장|줄)|기대\s?값|기대\s?출력|입력|출력))"
)
_ANNOUNCED = re.compile(
    r"(?:입력|출력|기대\s?값|문장|단어|키워드|문구|제목은?|대사는?|예문|예시|정답은?|텍스트)\s?(?:은|는|이|가)?\s?[:：=]?\s?$"
)
_REACH = 12


def spoken_of(lowered: str) -> Iterator[tuple[int, int]]:
    """The quotations that tell nothing of anybody."""
    for found in _QUOTED.finditer(lowered):
        begin, end = found.span()
        announced = _ANNOUNCED.search(lowered, max(0, begin - _REACH), begin)
        if announced or _SPOKEN_OF.match(lowered, end):
            yield begin, end
