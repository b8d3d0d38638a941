"""The mechanism behind all exercises: same, empty, diagnosed."""

import linecache

import numpy as np
import pytest
import tensorflow as tf

from textgen_helpers.exercises.judge import Mistake, judge, same


def double(x):
    """Return twice the number."""
    return 2 * x


CASES = [(1,), (3,)]
MISTAKES = [
    Mistake(answer=lambda x: x**2, message="it squares: multiply by 2."),
    Mistake(answer=lambda x: int("a"), message="this is no sum."),
]
EMPTY = ["double is still empty, so the helper's version is used."]


def verdict(answer, capsys, cases=CASES) -> list[str]:
    """Return the printed lines; check which function is given back."""
    chosen = judge(answer, double, cases, MISTAKES, "twice is more.")
    lines = capsys.readouterr().out.splitlines()
    assert (chosen is answer) == lines[0].startswith("Right: ")
    assert chosen in (answer, double)
    return lines


def test_right(capsys) -> None:
    assert verdict(lambda x: x + x, capsys) == ["Right: twice is more."]


def only_dots(x): ...


def only_pass(x):
    pass


def only_a_docstring(x):
    """Do nothing yet."""


def docstring_and_dots(x):
    """Do nothing yet."""
    # Your code.
    ...


def returns_nothing(x):
    return


def returns_none(x):
    return None


def decorate(function):
    """Return a function with a source that is not its own."""

    def wrapper(x):
        return function(x)

    wrapper.__wrapped__ = function
    return wrapper


@pytest.mark.parametrize(
    "stub",
    [
        only_dots,
        only_pass,
        only_a_docstring,
        docstring_and_dots,
        returns_nothing,
        returns_none,
        decorate(only_dots),
        lambda x: None,
    ],
)
def test_empty(stub, capsys) -> None:
    assert verdict(stub, capsys) == EMPTY


def define_in_a_cell(body, has_source, monkeypatch):
    """Define `double` as a cell does; IPython keeps the source in linecache."""
    source = f"def double(x):\n    {body}\n"
    if has_source:
        lines = source.splitlines(keepends=True)
        entry = (len(source), None, lines, "<a cell>")
        monkeypatch.setitem(linecache.cache, "<a cell>", entry)
    scope: dict = {}
    exec(compile(source, "<a cell>", "exec"), scope)
    return scope["double"]


@pytest.mark.parametrize(
    "body",
    [
        "...",
        "pass",
        "return",
        "return None",
        "'''Do nothing yet.'''",
        "'''Do nothing yet.'''\n    ...",
    ],
)
@pytest.mark.parametrize("has_source", [True, False])
def test_empty_in_a_cell(body, has_source, capsys, monkeypatch) -> None:
    double = define_in_a_cell(body, has_source, monkeypatch)
    assert verdict(double, capsys) == EMPTY


@pytest.mark.parametrize(
    "body",
    ["return 5", "return 'x'", "return x", "'''Docs.'''\n    return 5", "x"],
)
@pytest.mark.parametrize("has_source", [True, False])
def test_not_empty_in_a_cell(body, has_source, capsys, monkeypatch) -> None:
    double = define_in_a_cell(body, has_source, monkeypatch)
    first, _ = verdict(double, capsys)
    assert first.startswith("Not yet: double(1) gives ")


def test_another_function_s_source_is_not_believed(capsys, monkeypatch) -> None:
    source = "def other(x): ...\n"
    entry = (len(source), None, [source], "<a cell>")
    monkeypatch.setitem(linecache.cache, "<a cell>", entry)
    scope: dict = {}
    code = compile("def double(x): return x + x", "<a cell>", "exec")
    exec(code, scope)
    assert verdict(scope["double"], capsys) == ["Right: twice is more."]


class BadError(Exception):
    """An error that cannot be shown."""

    def __str__(self):
        raise ValueError


class BadResult:
    """A result that can neither be shown nor compared."""

    def __repr__(self):
        raise ValueError

    def __array__(self, *_, **__):
        raise RuntimeError


def stop_with(error):
    raise error


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: x * x, "it squares: multiply by 2."),
        (lambda x: x + 1, "double(3) gives 4, but should give 6."),
        (lambda x: print(end=""), "double(1) gives nothing: end the function"),
        (lambda x: 1 / 0, "double(1) stops with ZeroDivisionError: division"),
        (lambda: 1, "double(1) stops with TypeError: "),
        (lambda x: [][x], "double(1) stops with IndexError: list index out"),
        (
            lambda x: stop_with(KeyError()),
            "double(1) stops with KeyError.",
        ),
        (
            lambda x: stop_with(BadError()),
            "double(1) stops with BadError.",
        ),
        (
            lambda x: stop_with(ValueError("far\n too large.")),
            "this is no sum. Python says: far too large.",
        ),
        (lambda x: "2", "double(1) gives '2', but should give 2."),
        (lambda x: [1, [x]], "double(1) gives [1, [1]], but should give 2."),
        (lambda x: 0, "double(1) gives 0, but should give 2."),
        (
            lambda x: 2 * x + 0.0004,
            "double(1) gives 2.0004, but should give 2.",
        ),
        (
            lambda x: BadResult(),
            "double(1) gives a BadResult, but should give 2.",
        ),
        (
            lambda x: (2 * i for i in [x]),
            "double(1) gives a generator, which can be read only once: make "
            "it a list or an array.",
        ),
        (7, "this is 7, not a function: run the cell with `def` again."),
        (None, "this is None, not a function: run the cell"),
    ],
)
def test_wrong(answer, words, capsys) -> None:
    first, last = verdict(answer, capsys)
    assert first.startswith(f"Not yet: {words}")
    assert last == "Until then the helper's version of double is used."


@pytest.mark.parametrize("stop", [SystemExit, SystemExit("bye")])
def test_an_answer_that_ends_python_is_answered(stop, capsys) -> None:
    first, _ = verdict(lambda x: stop_with(stop), capsys)
    assert first == (
        "Not yet: double(1) ends the program: leave out `exit()`, and give "
        "the result with `return`."
    )


def test_ctrl_c_ends_a_check() -> None:
    with pytest.raises(KeyboardInterrupt):
        judge(
            lambda x: stop_with(KeyboardInterrupt),
            *(double, CASES, MISTAKES, "twice is more."),
        )


def test_a_right_answer_that_changes_an_array_in_place(capsys) -> None:
    def doubled(x):
        x *= 2
        return x

    cases = [(np.zeros(2),), (np.ones(2),)]
    first, last = verdict(doubled, capsys, cases)
    assert first == ("Not yet: it changes `x` in place: work on a copy.")
    assert last == "Until then the helper's version of double is used."
    assert cases[1][0].tolist() == [1, 1]


def test_a_right_answer_that_changes_a_list_in_place(capsys) -> None:
    def doubled(x):
        result = x + x
        x.clear()
        return result

    cases = [([1, 2],)]
    first, _ = verdict(doubled, capsys, cases)
    assert "it changes `x` in place" in first
    assert cases == [([1, 2],)]


def first_array(arrays):
    """Return the first array."""
    return arrays[0]


def test_a_list_of_arrays(capsys) -> None:
    def untouched(arrays):
        arrays[0] + 1
        return arrays[0]

    def touched(arrays):
        arrays[1][0] = 5
        return arrays[0]

    cases = [([np.ones(2), np.zeros(3)],)]
    assert judge(untouched, first_array, cases, [], "yes.") is untouched
    assert capsys.readouterr().out == "Right: yes.\n"
    assert judge(touched, first_array, cases, [], "yes.") is first_array
    assert "it changes `arrays` in place" in capsys.readouterr().out


def test_a_wrong_answer_that_changes_its_input_gets_its_mistake(
    capsys,
) -> None:
    def squared(x):
        x **= 2
        return x

    first, _ = verdict(squared, capsys, [(np.array([3.0]),)])
    assert first == "Not yet: it squares: multiply by 2."


def test_an_answer_that_gives_the_same_array_each_time(capsys) -> None:
    buffer = np.zeros(1)

    def doubled(x):
        buffer[:] = 2 * x
        return buffer

    cases = [(np.ones(1),), (np.zeros(1),)]
    assert verdict(doubled, capsys, cases) == ["Right: twice is more."]


def test_a_result_is_compared_as_it_was_given(capsys) -> None:
    """An answer may give back its argument if it has not changed it."""
    cases = [(np.zeros(2),)]
    assert verdict(lambda x: x, capsys, cases) == ["Right: twice is more."]


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
        (ValueError("a"), ValueError("b")),
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
        (iter([1, 2]), (1, 2)),
        (BadResult(), 1),
        ((BadResult(), 1), (1, 1)),
        (SystemExit(), 1),
        (float("nan"), 1.0),
    ],
)
def test_not_same(a, b) -> None:
    assert not same(a, b) and not same(b, a)
