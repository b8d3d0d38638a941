"""What a unit follows is found by correlation, and can be shown as text."""

import numpy as np
import pytest

from textgen_helpers.evaluation.probing import (
    mark_text,
    most_correlated_units,
    text_features,
)

PLAY = """\
ROMEO:
He said "no,
I am" now.

A list: one,
two:

Second Citizen:
'Tis I, mine host's: "so
Good night.
"""


@pytest.fixture(scope="module")
def features() -> dict[str, np.ndarray]:
    return text_features(PLAY)


def marked(values: np.ndarray, text: str = PLAY) -> str:
    """Return the characters whose value is 1, all others as dots."""
    return "".join(
        char if value == 1 else "\n" if char == "\n" else "."
        for char, value in zip(text, values, strict=True)
    )


def test_places_in_a_line_start_again_after_the_line_break(features) -> None:
    place = features["place in the line"]
    assert place[:9].tolist() == [1, 2, 3, 4, 5, 6, 0, 1, 2]
    assert place[[char == "\n" for char in PLAY]].tolist() == [0] * 10


def test_places_in_a_word_count_its_letters(features) -> None:
    place = features["place in the word"]
    assert place[:12].tolist() == [1, 2, 3, 4, 5, 0, 0, 1, 2, 0, 1, 2]
    start = PLAY.index("host's")
    assert place[start : start + 6].tolist() == [1, 2, 3, 4, 0, 1]


def test_a_name_begins_the_text_or_follows_an_empty_line(features) -> None:
    lines = marked(features["speaker's name"]).splitlines()
    assert lines[0] == "ROMEO:"
    assert lines[7] == "Second Citizen:"
    assert set("".join(lines[1:7] + lines[8:])) == {"."}


def test_quotations_need_both_marks_but_no_apostrophes(features) -> None:
    inside = marked(features["in quotation marks"]).splitlines()
    assert inside[1] == '........"no,'
    assert inside[2] == "I am......"
    assert set("".join(inside[:1] + inside[3:])) == {"."}


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("a “b” c", "..“b..."),
        ("a „b“ c", "..„b..."),
        ("a «b» c", "..«b..."),
        ("a »b« c", "..»b..."),
        ("a「b」c", ".「b.."),
    ],
)
def test_quotations_of_other_languages(text: str, inside: str) -> None:
    values = text_features(text)["in quotation marks"]
    assert marked(values, text) == inside


def test_a_lost_mark_spoils_no_more_than_its_paragraph() -> None:
    text = 'he "lost it\n\nand "found" it'
    inside = marked(text_features(text)["in quotation marks"], text)
    assert inside == '...........\n\n...."found....'


def test_capitals_and_empty_lines(features) -> None:
    capitals = "".join(
        c for c in marked(features["capital letter"]) if c.isalpha()
    )
    assert capitals == "ROMEOHIASCTIG"
    empty = np.flatnonzero(features["empty line"])
    assert [PLAY[: i + 1].count("\n") for i in empty] == [4, 7]


def test_what_never_changes_is_left_out() -> None:
    assert set(text_features("no more")) == {
        "place in the line",
        "place in the word",
    }
    assert text_features("") == {}


def test_planted_units_are_found_among_noise(features) -> None:
    rng = np.random.default_rng(0)
    states = rng.normal(size=(len(PLAY), 40)).astype("float32")
    states[:, 0] = 0.1  # its mean is not exactly 0.1
    for unit, values in enumerate(features.values(), start=7):
        states[:, unit] = 3 - 0.5 * values
    units = most_correlated_units(features, states)
    for unit, name in enumerate(features, start=7):
        assert units[name][0] == unit
        assert units[name][1] == pytest.approx(-1)


def test_correlations_are_pearson_s() -> None:
    rng = np.random.default_rng(0)
    values, states = rng.normal(size=50), rng.normal(size=(50, 6))
    unit, correlation = most_correlated_units({"it": values}, states)["it"]
    expected = [np.corrcoef(values, column)[0, 1] for column in states.T]
    assert unit == np.argmax(np.abs(expected))
    assert correlation == pytest.approx(expected[unit])


def test_what_never_changes_is_not_correlated() -> None:
    constant = {"it": np.ones(3)}
    assert most_correlated_units(constant, np.eye(3)) == {"it": (0, 0.0)}
    states = np.full((3, 2), 0.1)
    units = most_correlated_units({"it": np.arange(3)}, states)
    assert units == {"it": (0, 0.0)}


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("abcd", [0, 2, 2, 1], "a[bc]d"),
        ("abcd", [2, 1, 1, 2], "[a]bc[d]"),
        ("ab", [1, 1], "ab"),
        ("", [], ""),
        ("A:\nb", [2, 2, 2, 0], "[A:]\nb"),
        ("\nA:\n\nb", [2, 2, 2, 2, 2, 0], "\n[A:]\n\nb"),
        ("a\nb", [2, 2, 2], "[a\nb]"),
        ("a\nb", [2, 0, 2], "[a]\n[b]"),
        ("a\n\nb", [0, 2, 2, 0], "a[]\n\nb"),
    ],
)
def test_brackets_enclose_high_values(text, values, expected) -> None:
    assert mark_text(text, np.array(values), above=1) == expected


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="2 values for 3 characters"):
        mark_text("abc", np.zeros(2), 0)
    with pytest.raises(ValueError, match="2 values for 3 characters"):
        most_correlated_units({"it": np.zeros(2)}, np.zeros((3, 1)))
