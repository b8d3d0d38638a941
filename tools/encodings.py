"""In which encoding is a text that is not UTF-8?

A name is given only if the text then reads like a language, and if every other
encoding that leads to another text fits clearly worse. charset_normalizer
measures how much a text looks like noise, and how much its letters are as
frequent as in a language. Whether they are those of one language at all, and
enough different ones of it, is looked up here: with one or two foreign
letters, as in most English texts, nearly every encoding reads well.
"""

import codecs
import functools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Set
from typing import NamedTuple

from charset_normalizer import from_bytes

SAMPLE = 60_000  # bytes that are looked at
FEWEST = 20  # characters beyond ASCII; fewer tell nothing
LETTERS_FIT = 0.97  # the share of them that are letters of one language
USUAL_LETTERS = 0.8  # the share of its usual letters that a text must have
FEWEST_LETTERS = 3  # different ones; two fit in nearly any encoding
FEWEST_SIGNS = 15  # different ones of an East Asian writing
MARGIN = 0.04  # by which all other encodings must fit worse
COHERENCE = 0.2  # the weight of how frequent letters are

# Common ones first: of those that lead to the same text the first is named.
LEGACY = (
    "cp1252 cp1251 cp1250 cp932 gb18030 big5 cp949 cp1253 cp1254 cp1255 "
    "cp1256 cp1257 cp1258 cp874 euc-jp koi8-r koi8-u cp866 mac-roman "
    "iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 "
    "iso8859-9 iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16 cp437 "
    "cp850 cp852 cp855 cp857 cp737 cp775 cp862 cp869 cp861 cp865 cp1125 "
    "mac-latin2 mac-cyrillic mac-greek mac-turkish mac-iceland johab"
)
WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
MARKS = {  # those of UTF-32 first, because they begin with those of UTF-16
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

PUNCTUATION = frozenset("\u00a0«»„“”‚‘’–—…•€§°¿¡·№")
INSIDE = frozenset("’–—·")  # the punctuation that may stand inside a word
OPENING = frozenset("„‚¿¡")  # that may not stand directly behind a word
# Of each language the letters beyond ASCII, small ones: first those that
# every longer text has, then the others.
ALPHABETS = (
    "’“” ‘àâçéèêëïñôöü",  # English, which has quotation marks instead
    "éèàêç âæëîïôœùûüÿ",  # French
    "äöüß éà",  # German
    "áéíóñ úüªº",  # Spanish
    "ãçáéíó àâêôõúü",  # Portuguese
    "àèéìòù íîóú",  # Italian
    "àèéíòóú çïü",  # Catalan
    "éëï áèêóöü",  # Dutch
    "æøå éóôè",  # Danish and Norwegian
    "åäö éàü",  # Swedish
    "äö åšž",  # Finnish
    "áéíóúþæöð ý",  # Icelandic
    "ąćęłńóśźż",  # Polish
    "čěířšůýž áďéňóťú",  # Czech
    "áčéíľšťúýž äďĺňóôŕ",  # Slovak
    "áéíóő öúüű",  # Hungarian
    "ăâîșț",  # Romanian
    "ăâîşţ",  # Romanian with cedillas
    "čćđšž",  # Croatian
    "čšž ćđ",  # Slovene
    "çë éà",  # Albanian
    "çğıöşü âîiû",  # Turkish; the i belongs to its dotted capital
    "ąčęėįšųūž",  # Lithuanian
    "āčēģīķļņšūž",  # Latvian
    "äõöü šž",  # Estonian
    "āēīōū",  # Maori
    "абвгдезийклмнопрстхчя ёжуфцшщъыьэю",  # Russian and Bulgarian
    "абвгдезиійклмнопрстхчь ґєжїуфцшщюя",  # Ukrainian
    "абвгдезійклмнопрстхчы ёжуўфцшьэюя",  # Belarusian
    "абвгдезијклмнопрстучш ђжљњћфхцџѓќѕ",  # Serbian and Macedonian
    "αεηικλμνοπρσςτυωάέίό βγδζήθϊΐξύϋΰφχψώ",  # Greek
)


def guess_encoding(data: bytes) -> str | None:
    """Return the name of an encoding, or None if none fits clearly best."""
    for mark, name in MARKS.items():
        if data.startswith(mark):
            return name if _is_in(data, name) else None
    if b"\0" in data:  # a text has it in these encodings only
        return _guess_wide(data)
    sample = _sample(data)
    names: dict[str, str] = {}  # of the first encoding that leads to a text
    for name in LEGACY.split():
        text = _decode(sample, name)
        if text is not None:
            names.setdefault(text, name)
    fits = {text: _fit(text) for text in names}
    best, *others = sorted(fits, key=lambda text: -fits[text]) or [""]
    if not _is_in_a_language(best) or not _is_in(data, names[best]):
        return None
    is_clear = all(fits[text] <= fits[best] - MARGIN for text in others)
    return names[best] if is_clear else None


def _sample(data: bytes) -> bytes:
    """Return lines that are not ASCII, the first ones, as many as needed."""
    foreign = re.search(rb"[\x80-\xff]", data)
    if not foreign:
        return b""
    breaks = [data.rfind(char, 0, foreign.start()) for char in (b"\n", b"\r")]
    start = max(breaks) + 1
    lines = data[start : start + 20 * SAMPLE].splitlines(keepends=True)
    return b"".join(line for line in lines if not line.isascii())[:SAMPLE]


def _decode(sample: bytes, name: str) -> str | None:
    """Return a sample as text; None if it is not in this encoding."""
    decoder = codecs.getincrementaldecoder(name)()
    try:
        return decoder.decode(sample)  # its end may be half a character
    except UnicodeDecodeError:
        return None


def _is_in(data: bytes, name: str) -> bool:
    """Tell whether a whole text is in an encoding."""
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _guess_wide(data: bytes) -> str | None:
    """Return which of UTF-16 and UTF-32 a text is in that has no mark.

    The characters of a text come from few blocks of Unicode. With its bytes in
    the wrong order they come from many, since letters and blocks change places.
    """
    blocks = {}
    for name in WIDE:
        text = _decode(data[:SAMPLE], name)
        if text and _is_text(text) and _is_in(data, name):
            blocks[name] = len({ord(char) // 256 for char in text})
    best = min(blocks, key=lambda name: blocks[name], default="")
    is_clear = all(
        count > 2 * blocks[best]
        for name, count in blocks.items()
        if name != best
    )
    return best if best and is_clear else None


def _is_text(text: str) -> bool:
    """Tell whether Unicode has all these characters, and none is a control."""
    return all(
        char.isspace()
        or unicodedata.category(char) not in {"Cc", "Cn", "Co", "Cs"}
        for char in set(text)
    )


def _fit(text: str) -> float:
    """Return how well a text reads: about 1 at best, 0 for noise."""
    # As UTF-8, so that all encodings are judged in the same way.
    match = from_bytes(
        text.encode(), cp_isolation=["utf_8"], enable_fallback=False
    ).best()
    if match is None:
        return 0.0
    return _letter_share(text) - match.chaos + COHERENCE * match.coherence


def _letter_share(text: str) -> float:
    """Return how many characters beyond ASCII are letters of one language.

    That is a fraction; it is 0 where there are too few of them. Punctuation
    counts as letters do.
    """
    total = sum(not char.isascii() for char in text)
    if total < FEWEST:
        return 0.0
    counts = _count_fitting(text)
    return max(_count(counts, each.letters) for each in _languages()) / total


def _is_in_a_language(text: str) -> bool:
    """Tell whether a text has the letters of a language, and the usual ones.

    A few foreign letters fit by chance: in an English text with "é" this may
    be any letter. Hence most of the usual letters of the language must occur.
    """
    counts = _count_fitting(text)
    least = LETTERS_FIT * sum(not char.isascii() for char in text)
    return _letter_share(text) > 0 and any(
        _count(counts, each.letters) >= least
        and len(each.usual & counts.keys()) >= each.least
        for each in _languages()
    )


def _count_fitting(text: str) -> Counter[str]:
    """Count the characters beyond ASCII that fit in their place, as small."""
    return Counter(
        char.lower()[0]
        for before, char, after in zip(
            " " + text, text, text[1:] + " ", strict=False
        )
        if not char.isascii() and _can_stand(before, char, after)
    )


def _count(counts: Counter[str], chars: Set[str]) -> int:
    """Return how often some characters occur."""
    return sum(count for char, count in counts.items() if char in chars)


def _can_stand(before: str, char: str, after: str) -> bool:
    """Tell whether a character fits between two others in any language.

    A capital does not fit behind a small letter, nor do most other writings
    behind a Latin one. Quotation marks do not fit inside a word. A letter
    three times in a row is rather a line that is drawn.
    """
    if char in PUNCTUATION:
        is_inside = before.isalnum() and after.isalnum()
        return not (
            (is_inside and char not in INSIDE)
            or (before.isalnum() and char in OPENING)
        )
    if before == char == after or (char.isupper() and before.islower()):
        return False
    if unicodedata.combining(char) and not before.strip():
        return False
    is_other = char.isalpha() and "\u0250" < char < "\u3000"
    return not (is_other and before.isascii() and before.isalpha())


class _Language(NamedTuple):
    """What is known about the characters beyond ASCII of a language."""

    letters: Set[str]  # all that may occur, with punctuation
    usual: Set[str]  # those of which most occur in every longer text
    least: int  # how many different usual ones must occur


@functools.cache
def _languages() -> tuple[_Language, ...]:
    """Return the languages that are known."""
    # Without digits: in a text they are rare.
    hebrew = _characters((0x05B0, 0x05F4))
    arabic = _characters((0x060C, 0x065F), (0x066E, 0x06EF))
    thai = _characters((0x0E01, 0x0E3A), (0x0E3F, 0x0E4F))
    marks = _characters((0x3000, 0x301F), (0xFF01, 0xFF60))
    hiragana = _characters((0x3041, 0x3093))
    kana = _characters((0x3041, 0x30FF))
    kanji = _common_characters("shift_jis", 0x88, 0x98)
    hangul = _common_characters("euc_kr", 0xB0, 0xC8)
    simplified = _common_characters("gb2312", 0xB0, 0xD7)
    traditional = _common_characters("big5", 0xA4, 0xC6)
    return (
        *(_language(set(each), each.split(" ")[0]) for each in ALPHABETS),
        _language(hebrew, "אבדהויכלמםנרשת"),
        _language(arabic, "ابتدرسلمنو"),  # in Persian and Urdu as well
        _language(thai, "กงนมรวอาเิี่้"),
        _Language(PUNCTUATION | marks | kana | kanji, hiragana, FEWEST_SIGNS),
        _Language(PUNCTUATION | marks | hangul, hangul, FEWEST_SIGNS),
        _Language(PUNCTUATION | marks | simplified, simplified, FEWEST_SIGNS),
        _Language(PUNCTUATION | marks | traditional, traditional, FEWEST_SIGNS),
    )


def _language(letters: set[str], usual: str) -> _Language:
    """Return what is known about a language that has an alphabet."""
    least = math.ceil(USUAL_LETTERS * len(usual))
    return _Language(
        PUNCTUATION | letters, set(usual), max(least, FEWEST_LETTERS)
    )


def _characters(*blocks: tuple[int, int]) -> set[str]:
    """Return all characters from one code to another, both included."""
    return {
        chr(code) for first, last in blocks for code in range(first, last + 1)
    }


def _common_characters(name: str, first: int, last: int) -> set[str]:
    """Return the characters of the first level of an East Asian encoding.

    It holds those of everyday texts; their first bytes lie in this range.
    """
    pairs = (
        bytes([lead, trail])
        for lead in range(first, last + 1)
        for trail in range(0x40, 0xFF)
    )
    return {pair.decode(name, "ignore") for pair in pairs} - {""}
