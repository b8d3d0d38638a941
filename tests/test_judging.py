"""The mechanism behind all exercises: same, empty, diagnosed."""

import numpy as np
import pytest
import tensorflow as tf

from textgen_helpers.checks.judging import judge, same


def _double(x):
    return 2 * x


CASES = [(1,), (3,)]
MISTAKES = {"it squares: multiply by 2.": lambda x: x**2}


def verdict(answer, capsys, cases=CASES) -> list[str]:
    chosen = judge(answer, _double, cases, MISTAKES, "twice is more.")
    lines = capsys.readouterr().out.splitlines()
    assert (chosen is answer) == lines[0].startswith("Right: ")
    assert chosen in (answer, _double)
    return lines


def test_right(capsys) -> None:
    assert verdict(lambda x: x + x, capsys) == ["Right: twice is more."]


def empty(x): ...


def only_a_docstring(x):
    """Do nothing yet."""


@pytest.mark.parametrize("stub", [empty, only_a_docstring, lambda x: None])
def test_empty(stub, capsys) -> None:
    assert verdict(stub, capsys) == [
        "double is still empty, so the helper's version is used."
    ]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: x * x, "it squares: multiply by 2."),
        (lambda x: x + 1, "double(3) gives 4, but should give 6."),
        (lambda x: print(end=""), "double(1) gives nothing: end the function"),
        (lambda x: 1 / 0, "double(1) stops with ZeroDivisionError: division"),
        (lambda: 1, "double(1) stops with TypeError: "),
        (lambda x: "2", "double(1) gives '2', but should give 2."),
        (lambda x: [1, [x]], "double(1) gives [1, [1]], but should give 2."),
        (lambda x: 0, "double(1) gives 0, but should give 2."),
        (7, "this is 7 and no function"),
        (None, "this is None and no function"),
    ],
)
def test_wrong(answer, words, capsys) -> None:
    first, last = verdict(answer, capsys)
    assert first.startswith(f"Not yet: {words}")
    assert last == "Until then the helper's version of double is used."


def test_an_answer_that_changes_its_input_does_no_harm(capsys) -> None:
    def doubled(x):
        x *= 2
        return x

    cases = [(np.ones(2),)]
    assert verdict(doubled, capsys, cases) == ["Right: twice is more."]
    assert cases[0][0].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (1, 1.0),
        (np.float32(0.1), 0.1),
        ([1, 2], np.array([1, 2])),
        ((1, [2, 3]), [1, (2, 3)]),
        (tf.constant([1.0]), np.array([1.0])),
        (float("nan"), float("nan")),
        (-np.inf, -np.inf),
        (["a", "b"], np.array(["a", "b"])),
        ("a", "a"),
        ((1, 2), np.array([1, 2])),
    ],
)
def test_same(a, b) -> None:
    assert same(a, b) and same(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (1, 1.01),
        ([1, 2], [[1, 2]]),
        ([1, 2], [2, 1]),
        ("a", ["a"]),
        (np.array(3), (1, 2)),
        ("1", 1),
        (None, 0),
        (None, []),
        ((1, 2), (1, 2, 3)),
        ([[1], [2, 3]], [1, 2]),
        (ValueError(), KeyError()),
        (["a"], ["b"]),
    ],
)
def test_not_same(a, b) -> None:
    assert not same(a, b) and not same(b, a)
