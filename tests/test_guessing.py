"""A guess is answered in words, whatever stands there."""

import numpy as np
import pytest

from textgen_helpers import reconcile


def said(capsys, *arguments) -> str:
    reconcile(*arguments)
    (line,) = capsys.readouterr().out.splitlines()
    return line


@pytest.mark.parametrize(
    ("guess", "words"),
    [
        (None, "No guess this time. It is 65 characters."),
        ("", "No guess this time. It is 65 characters."),
        (60, "You guessed 60, it is 65 characters: close."),
        ("65", "You guessed 65, it is 65 characters: close."),
        (40, "You guessed 40, it is 65 characters: too low."),
        (100, "You guessed 100, it is 65 characters: too high."),
        (
            13,
            "You guessed 13, it is 65 characters: too low, by a factor of 5.",
        ),
        (
            6500,
            "You guessed 6,500, it is 65 characters: too high, by a factor of "
            "100.",
        ),
        (-1, "You guessed -1, it is 65 characters: too low."),
        (
            "many",
            "Your guess 'many' is no number: try one. It is 65 characters.",
        ),
        (
            np.ones(2),
            "Your guess array([1., 1.]) is no number: try one. It is "
            "65 characters.",
        ),
        ([1], "Your guess [1] is no number: try one. It is 65 characters."),
    ],
)
def test_a_number(capsys, guess, words) -> None:
    assert said(capsys, guess, 65, "characters") == words


@pytest.mark.parametrize(
    ("guess", "words"),
    [
        ("", "No guess this time. It is: rises."),
        (None, "No guess this time. It is: rises."),
        (" Rises ", "You guessed 'Rises', and so it is."),
        ("falls", "You guessed 'falls'. It is: rises."),
        (3, "You guessed '3'. It is: rises."),
    ],
)
def test_a_word(capsys, guess, words) -> None:
    assert said(capsys, guess, "rises") == words


def test_nan_and_infinity_are_numbers_to_talk_about(capsys) -> None:
    assert "too high" in said(capsys, float("inf"), 3)
    assert "no number" in said(capsys, float("nan"), 3)


def test_a_result_of_zero(capsys) -> None:
    assert said(capsys, 0, 0, "times") == "You guessed 0, it is 0 times: close."
    assert said(capsys, 2, 0, "times").endswith("too high.")
