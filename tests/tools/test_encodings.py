"""An encoding is named rightly, or not at all."""

import random

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
