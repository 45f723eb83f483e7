"""From what was sent to what is read in it: mended, without orders, fiction, idioms, and without
what a calm text takes back itself."""

from services.triage.domain.mending import mended
from services.triage.domain.orders import not_told
from services.triage.domain.reading import Reading, blanked, masked, read, sifted
from services.triage.domain.screen import Sound, is_calm
from services.triage.domain.taken_back import Readings, without_feared_names, without_taken_back
from services.triage.knowledge.model import Knowledge, Lexicon


def heard(text: str, lexicon: Lexicon) -> Reading:
    """The text as it is weighed: mended, without orders, fiction and idioms."""
    return without_idioms(told(text, lexicon), lexicon)


def told(text: str, lexicon: Lexicon) -> Reading:
    """What is told of somebody, mended."""
    sent = read(text)
    return mended(blanked(sent, not_told(sent.lowered)), lexicon.spelling)


def without_idioms(reading: Reading, lexicon: Lexicon) -> Reading:
    """The same without idioms, and with the wordings marked that may be in it."""
    plain = masked(reading, lexicon.idioms, lexicon.idioms_spaced)
    return sifted(plain, lexicon.korean, lexicon.spaced)


def heeded(
    whole: Reading, plain: Reading, sound: Sound, knowledge: Knowledge
) -> tuple[Reading, Readings]:
    """What is read where the text takes something back itself. Two have to agree: a patient who
    blames his lunch explains a heart attack away, so an explanation counts only in a text that
    as a whole sounds calm."""
    if not is_calm(sound, knowledge.screen):
        return plain, Readings(plain, plain, frozenset())
    lexicon = knowledge.lexicon
    reading = without_idioms(without_feared_names(whole, lexicon.taken_back), lexicon)
    return reading, without_taken_back(reading, whole, lexicon)
