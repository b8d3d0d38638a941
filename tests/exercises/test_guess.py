"""A guess is answered in words, whatever it is."""

import numpy as np
import pytest
import tensorflow as tf

from textgen_helpers.exercises.guess import compare_guess


def printed(capsys, *arguments) -> str:
    """Return the one line that is printed."""
    compare_guess(*arguments)
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
            130,
            "You guessed 130, it is 65 characters: too high, by a factor of 2.",
        ),
        (
            6500,
            "You guessed 6,500, it is 65 characters: too high, by a factor of "
            "100.",
        ),
        (-1, "You guessed -1, it is 65 characters: too low."),
        (float("inf"), "You guessed infinity, it is 65 characters: too high."),
        (
            float("-inf"),
            "You guessed minus infinity, it is 65 characters: too low.",
        ),
        (np.float32(60), "You guessed 60, it is 65 characters: close."),
        (tf.constant(60), "You guessed 60, it is 65 characters: close."),
    ],
)
def test_a_number(capsys, guess, words) -> None:
    assert printed(capsys, guess, 65, "characters") == words


class Unprintable:
    """A guess that cannot be shown."""

    def __repr__(self):
        raise ValueError

    def __float__(self):
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("guess", "shown"),
    [
        ("many", "'many'"),
        (np.ones(2), "array([1., 1.])"),
        (np.ones(1), "array([1.])"),
        ([1], "[1]"),
        ([[1], [2, 3]], "[[1], [2, 3]]"),
        (float("nan"), "nan"),
        ("nan", "'nan'"),
        (True, "True"),
        (2j, "2j"),
        (len, "<built-in function len>"),
        (Unprintable(), "of the type Unprintable"),
        ("x" * 100, f"'{'x' * 56}..."),
    ],
)
def test_a_guess_that_is_not_a_number(capsys, guess, shown) -> None:
    assert printed(capsys, guess, 65, "characters") == (
        f"Your guess {shown} is not a number. The result is 65 characters."
    )


def test_a_guess_too_large_for_a_float(capsys) -> None:
    line = printed(capsys, 10**400, 65, "characters")
    assert line.startswith("Your guess 1000")
    assert line.endswith("... is not a number. The result is 65 characters.")


@pytest.mark.parametrize(
    ("guess", "words"),
    [
        ("", "No guess this time. It is: rises."),
        (" ", "No guess this time. It is: rises."),
        (None, "No guess this time. It is: rises."),
        (" Rises ", "You guessed 'Rises': correct."),
        ("falls", "You guessed 'falls'. It is: rises."),
        (3, "You guessed '3'. It is: rises."),
        (
            ["rises"],
            "Your guess ['rises'] is not a word in quotation marks. It is: "
            "rises.",
        ),
        (
            Unprintable(),
            "Your guess of the type Unprintable is not a word in quotation "
            "marks. It is: rises.",
        ),
    ],
)
def test_a_word(capsys, guess, words) -> None:
    assert printed(capsys, guess, "rises") == words


def test_a_number_is_a_guess_for_a_numbered_choice(capsys) -> None:
    assert printed(capsys, 3, "3") == "You guessed '3': correct."


@pytest.mark.parametrize(
    "guess", [None, "", 3, "3", "nan", float("nan"), float("inf"), [1]]
)
def test_a_result_that_is_not_a_number(capsys, guess) -> None:
    for result in (float("nan"), np.float32("nan"), None, [1, 2]):
        assert printed(capsys, guess, result, "words") == (
            "There is nothing to compare: the result is not a number, for "
            "example because the text has no words."
        )


@pytest.mark.parametrize("guess", [None, 3, float("nan"), float("inf")])
def test_an_infinite_result(capsys, guess) -> None:
    nothing = "There is nothing to compare: the result is "
    assert printed(capsys, guess, np.inf) == f"{nothing}infinity."
    assert printed(capsys, guess, -np.inf) == f"{nothing}minus infinity."


def test_a_result_of_zero(capsys) -> None:
    assert printed(capsys, 0, 0, "times") == (
        "You guessed 0, it is 0 times: close."
    )
    assert printed(capsys, 2, 0, "times").endswith("too high.")


def test_numbers_at_the_ends_of_the_range(capsys) -> None:
    assert printed(capsys, 1e308, 1e-308).endswith("too high.")
    assert "too low" in printed(capsys, -1e308, 1e308)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (0.204, "It is 0.204."),
        (4.1753, "It is 4.175."),
        (97.93, "It is 97.93."),
        (1234.5, "It is 1,234."),
        (np.float32(3), "It is 3."),
        (np.int64(12_000), "It is 12,000."),
    ],
)
def test_digits(capsys, result, words) -> None:
    assert printed(capsys, None, result) == f"No guess this time. {words}"
