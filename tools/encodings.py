"""In which encoding is a text that is not UTF-8?

A name is given only if the text then reads like a language, and if every other
encoding that leads to another text fits clearly worse. charset_normalizer
measures how much a text looks like noise, and how much its letters are as
frequent as in a language; whether they are those of one language at all is
looked up here.
"""

import codecs
import functools
import re
import unicodedata
from collections import Counter

from charset_normalizer import from_bytes

SAMPLE = 60_000  # bytes that are looked at
FEWEST = 20  # characters beyond ASCII; fewer tell nothing
LETTERS_FIT = 0.97  # the share of them that are letters of one language
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
ALPHABETS = (  # the letters beyond ASCII, small ones
    "àâæçéèêëîïôœùûüÿ",  # French
    "äöüßéà",  # German
    "áéíñóúüºª",  # Spanish
    "àáâãçéêíóôõúü",  # Portuguese
    "àèéìíîòóùú",  # Italian
    "àçèéíïòóúü",  # Catalan
    "áèéêëïóöü",  # Dutch
    "æøåéóôè",  # Danish and Norwegian
    "åäöéàü",  # Swedish
    "åäöšž",  # Finnish
    "áéíóúýþæöð",  # Icelandic
    "ąćęłńóśźż",  # Polish
    "áčďéěíňóřšťúůýž",  # Czech
    "áäčďéíĺľňóôŕšťúýž",  # Slovak
    "áéíóöőúüű",  # Hungarian
    "ăâîșțşţ",  # Romanian
    "čćđšž",  # Croatian and Slovene
    "çëéà",  # Albanian
    "âçğıiîöşüû",  # Turkish; the i belongs to its dotted capital
    "ąčęėįšųūž",  # Lithuanian
    "āčēģīķļņšūž",  # Latvian
    "äõöüšž",  # Estonian
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",  # Russian and Bulgarian
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",  # Ukrainian
    "абвгдеёжзійклмнопрстуўфхцчшыьэюя",  # Belarusian
    "абвгдђежзијклљмнњопрстћуфхцчџшѓќѕ",  # Serbian and Macedonian
    "αάβγδεέζηήθιίϊΐκλμνξοόπρσςτυύϋΰφχψωώ",  # Greek
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
    if _letter_share(best) < LETTERS_FIT or not _is_in(data, names[best]):
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

    That is a fraction; it is 0 where there are too few of them.
    """
    total = sum(not char.isascii() for char in text)
    if total < FEWEST:
        return 0.0
    counts = Counter(
        char.lower()[0]
        for before, char in zip(" " + text, text, strict=False)
        if not char.isascii() and _can_follow(before, char)
    )
    most = max(
        sum(count for char, count in counts.items() if char in letters)
        for letters in _letters()
    )
    return most / total


def _can_follow(before: str, char: str) -> bool:
    """Tell whether a character fits behind another one in any language.

    A capital does not fit behind a small letter, nor do most other writings
    behind a Latin one.
    """
    if char.isupper() and before.islower():
        return False
    is_other = char.isalpha() and "\u0250" < char < "\u3000"
    return not (is_other and before.isascii() and before.isalpha())


@functools.cache
def _letters() -> tuple[frozenset[str], ...]:
    """Return the letters beyond ASCII of each language, and punctuation."""
    # Without digits: in a text they are rare.
    thai = _characters((0x0E01, 0x0E3A), (0x0E3F, 0x0E4F))
    hebrew = _characters((0x05B0, 0x05F4))
    arabic = _characters((0x060C, 0x065F), (0x066E, 0x06EF))
    east_asian = _characters((0x3000, 0x301F), (0xFF01, 0xFF60))
    kana = _characters((0x3041, 0x30FF))
    languages = [
        *map(set, ALPHABETS),
        thai,
        hebrew,
        arabic,
        east_asian | _common_characters("euc_kr", 0xB0, 0xC8),
        kana | east_asian | _common_characters("shift_jis", 0x88, 0x98),
        east_asian | _common_characters("gb2312", 0xB0, 0xD7),
        east_asian | _common_characters("big5", 0xA4, 0xC6),
    ]
    return tuple(PUNCTUATION | letters for letters in languages)


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
