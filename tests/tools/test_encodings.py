"""An encoding is named rightly, or not at all."""

import random
from pathlib import Path

import pytest

from tools.encodings import guess_encoding

from .languages import ENCODINGS, text_of

WIDE = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
# These may stay unknown: the letters of some are not listed, and others read
# nearly as well in another encoding.
UNSURE = {
    *("Esperanto", "Kazakh", "Vietnamese", "Welsh"),
    *("Hungarian", "Romanian"),
}
LEGACY = [(name, each) for name in ENCODINGS for each in ENCODINGS[name]]
LENGTH = 15_000
PLAY = (Path(__file__).parents[2] / "data" / "sample.txt").read_text("utf-8")


def store(text: str, encoding: str) -> tuple[str, bytes]:
    """Return a text as far as an encoding has it, and its bytes."""
    data = text.encode(encoding, "ignore")
    return data.decode(encoding), data


def is_right(name: str | None, data: bytes, text: str) -> bool:
    """Tell whether nothing is named, or what leads to the text."""
    return name is None or data.decode(name).removeprefix("\ufeff") == text


@pytest.mark.parametrize(("language", "encoding"), LEGACY)
def test_a_text_of_a_usual_length_gets_its_encoding(
    language: str, encoding: str
) -> None:
    text, data = store(text_of(language, LENGTH), encoding)
    name = guess_encoding(data)
    assert is_right(name, data, text)
    assert name or language in UNSURE


@pytest.mark.parametrize("language", ENCODINGS)
@pytest.mark.parametrize("encoding", WIDE)
def test_utf16_and_utf32_are_told_apart(language: str, encoding: str) -> None:
    text, data = store(text_of(language, LENGTH), encoding)
    name = guess_encoding(data)
    assert name and is_right(name, data, text)


@pytest.mark.parametrize(("language", "encoding"), LEGACY)
def test_an_odd_text_gets_no_wrong_encoding(
    language: str, encoding: str
) -> None:
    text = text_of(language, LENGTH, seed=1)
    for odd in (text.upper(), text.title(), "".join(text.split()), text[:300]):
        stored, data = store(odd, encoding)
        assert is_right(guess_encoding(data), data, stored), odd[:40]


@pytest.mark.parametrize(
    ("words", "encodings"),
    [
        # English with a foreign word now and then.
        ("café fiancé cliché née", "cp1252 cp850 cp437 mac-roman mac-latin2"),
        ("café naïve Zoë crème rôle", "cp1252 cp850 mac-roman"),
        ("Jürgen Köln über", "cp1252 cp850 mac-roman iso8859-2"),
        ("mañana piñata", "cp1252 cp850 mac-roman"),
        ("£5 £20", "cp1252 cp850 mac-roman"),
        ("20° ½ ±3", "cp1252 cp850"),
        ("“No” it’s – … •", "cp1252 cp1250 cp1257 mac-roman"),
        ("café “no” it’s won’t née", "cp1252 cp1251 mac-roman"),
        ("═══════ ║ ╔══ ══╗ ╚══ ══╝ ░▒▓█", "cp437 cp850 cp866"),
        ("├── └── │ ┌──┬──┐ ├──┼──┤ ┴", "cp437 cp850 cp866"),
    ],
)
@pytest.mark.parametrize("every", [1, 60])
def test_rare_foreign_letters_get_no_wrong_encoding(
    words: str, encodings: str, every: int
) -> None:
    rng = random.Random(0)
    parts = []
    for number, word in enumerate(PLAY.split(" ")[:11_000]):
        parts.append(word)
        if number % every == 0:
            parts.append(rng.choice(words.split()))
    for encoding in encodings.split():
        text, data = store(" ".join(parts), encoding)
        assert is_right(guess_encoding(data), data, text), encoding


def test_one_foreign_letter_instead_of_another_gets_no_encoding() -> None:
    data = PLAY[:14_000].replace("e", "é").encode("cp1252")
    assert guess_encoding(data) is None


def test_two_foreign_letters_are_too_few() -> None:
    data = text_of("Finnish", LENGTH).encode("cp1252")
    assert guess_encoding(data) is None


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        *(("Finnish", name) for name in ("cp437", "cp850", "mac-roman")),
        *(("Maori", name) for name in ("cp1257", "iso8859-13", "iso8859-4")),
        *(("Katakana", name) for name in ("euc-jp", "cp932")),
        ("Arabic", "mac-arabic"),
        ("Romanian", "mac-romanian"),
    ],
)
def test_what_reads_nearly_well_gets_no_wrong_encoding(
    language: str, encoding: str
) -> None:
    text, data = store(text_of(language, LENGTH), encoding)
    assert is_right(guess_encoding(data), data, text)


def test_a_long_text_with_few_foreign_letters_is_looked_through() -> None:
    text = "Only ASCII at first.\n" * 20_000 + text_of("French", 9_000)
    assert guess_encoding(text.encode("cp1252")) == "cp1252"


def test_the_end_of_the_sample_may_be_half_a_character() -> None:
    text = "".join(text_of("Japanese", 90_000).split())
    for length in (89_997, 89_998, 89_999):
        data = text[:length].encode("euc-jp")
        assert is_right(guess_encoding(data), data, text[:length])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Only ASCII.\n" * 999,
        "caf\u00e9".encode("cp1252"),
        bytes(range(256)) * 60,
        bytes(range(128, 256)) * 120,
        random.Random(0).randbytes(LENGTH),
        b"PK\x03\x04" + random.Random(1).randbytes(LENGTH),
        b"\xff\xfe\x00",
        "Not in our list.\n".encode("cp500") * 999,
        text_of("Russian", LENGTH).encode("cp1251") + b"\x98",
        "\u4e8c\u4e09".encode("utf-16-le") * 5_000,
        b"a\0b\0" * 9 + b"\0a\0",
    ],
)
def test_what_is_no_such_text_has_no_encoding(data: bytes) -> None:
    assert guess_encoding(data) is None


def test_equal_texts_have_the_name_of_the_most_common_encoding() -> None:
    data = text_of("German", LENGTH).encode("iso8859-1")
    assert guess_encoding(data) == "cp1252"
