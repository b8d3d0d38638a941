"""Characters to ids, and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgen_helpers.text.vocabulary import Vocabulary, script

any_text = st.text(
    st.characters(exclude_categories=[]), min_size=1, max_size=200
)


@given(any_text)
def test_decoding_undoes_encoding(text: str) -> None:
    vocabulary = Vocabulary.from_text(text)
    ids = vocabulary.encode(text)
    assert ids.dtype == np.int32 and ids.shape == (len(text),)
    assert vocabulary.decode(ids) == text


@given(any_text)
def test_encoding_looks_up_char2idx(text: str) -> None:
    vocabulary = Vocabulary.from_text(text)
    expected = [vocabulary.char2idx[char] for char in text]
    assert vocabulary.encode(text).tolist() == expected
    assert sorted(vocabulary.char2idx) == list(vocabulary.characters)
    assert len(vocabulary) == len(set(text))


@given(st.lists(any_text | st.just(""), min_size=1, max_size=4))
def test_pieces_have_the_vocabulary_of_the_whole_text(
    pieces: list[str],
) -> None:
    text = "".join(pieces)
    if not text:
        with pytest.raises(ValueError, match="text is empty"):
            Vocabulary.from_pieces(pieces)
        return
    stream = iter(pieces)  # it can be read once only
    expected = Vocabulary.from_text(text).characters
    assert Vocabulary.from_pieces(stream).characters == expected


@given(any_text, any_text)
def test_the_first_unknown_character_is_named(known: str, text: str) -> None:
    vocabulary = Vocabulary.from_text(known)
    unknown = [i for i, char in enumerate(text) if char not in known]
    if not unknown:
        assert vocabulary.decode(vocabulary.encode(text)) == text
        return
    with pytest.raises(ValueError) as caught:
        vocabulary.encode(text)
    first = unknown[0]
    assert f"{text[first]!r} at position {first} " in str(caught.value)


def test_the_lesson_s_ids(vocabulary: Vocabulary) -> None:
    ids = [18, 47, 56, 57, 58, 1, 15, 47, 58, 47, 64, 43, 52]
    assert vocabulary.encode("First Citizen").tolist() == ids
    assert "".join(vocabulary.idx2char[ids]) == "First Citizen"


def test_an_empty_text_has_no_ids(vocabulary: Vocabulary) -> None:
    assert vocabulary.encode("").shape == (0,)
    assert vocabulary.decode([]) == ""


@pytest.mark.parametrize("ids", [[65], [0, -1]])
def test_ids_outside_are_refused(
    vocabulary: Vocabulary, ids: list[int]
) -> None:
    with pytest.raises(ValueError, match="between 0 and 64"):
        vocabulary.decode(ids)


def test_an_empty_text_has_no_vocabulary() -> None:
    with pytest.raises(ValueError, match="text is empty"):
        Vocabulary.from_text("")


@pytest.mark.parametrize("characters", ["", "aba"])
def test_each_character_must_be_given_once(characters: str) -> None:
    with pytest.raises(ValueError, match="at least one character"):
        Vocabulary(characters)


@pytest.mark.parametrize(
    ("characters", "name"),
    [
        ("aZé", "Latin"),
        ("Ωλ", "Greek"),
        ("Яж", "Cyrillic"),
        ("ابـ", "Arabic"),
        ("漢かカ한。「", "CJK"),
        ("3.,!\n …→", "symbols"),
    ],
)
def test_a_character_belongs_to_a_script(characters: str, name: str) -> None:
    assert [script(char) for char in characters] == [name] * len(characters)
