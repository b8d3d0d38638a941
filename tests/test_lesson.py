"""The first line of every notebook."""

import random
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from textgen_helpers import lesson
from textgen_helpers import settings as settings_module
from textgen_helpers.lesson import begin_lesson
from textgen_helpers.settings import QUICK, read_settings


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with an environment that asks for nothing."""
    for name in ("PROFILE", "CORPUS", "CHECKPOINTS", "DTYPE"):
        monkeypatch.delenv(f"TEXTGEN_{name}", raising=False)
    monkeypatch.setattr(
        settings_module, "preferred_dtype_policy", lambda: "float32"
    )


def random_numbers() -> tuple[float, float, float]:
    """Return the next one of Python, of NumPy and of TensorFlow."""
    from_tensorflow = float(tf.random.uniform(()))
    return random.random(), np.random.random(), from_tensorflow


def test_it_seeds_and_prints_one_line(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert begin_lesson("03_training_with_fit") == read_settings()
    first = random_numbers()
    begin_lesson("03_training_with_fit")
    assert random_numbers() == first
    out, err = capfd.readouterr()
    line, same_line = out.splitlines()
    assert line == same_line
    assert line.startswith("03_training_with_fit: quick profile, text 'sample'")
    assert err == ""


@pytest.mark.parametrize(
    ("dtype", "bits"), [("float32", 32), ("mixed_bfloat16", 16)]
)
def test_the_line_names_the_number_format(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    dtype: str,
    bits: int,
) -> None:
    monkeypatch.setenv("TEXTGEN_DTYPE", dtype)
    begin_lesson("03_training_with_fit")
    assert capsys.readouterr().out.endswith(f", {bits}-bit training\n")


def test_a_wrong_variable_is_refused_before_the_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TEXTGEN_PROFILE", "huge")
    with pytest.raises(ValueError, match="TEXTGEN_PROFILE is 'huge'"):
        begin_lesson("03_training_with_fit")
    assert capsys.readouterr().out == ""


def test_a_file_name_that_cannot_be_printed_is_written_as_in_python(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = replace(QUICK, corpus="it's \udcff\n.txt")
    monkeypatch.setattr(lesson, "read_settings", lambda: settings)
    begin_lesson("01_data_preparation")
    printed = capsys.readouterr().out
    assert r"""text "it's \udcff\n.txt", """ in printed
    assert printed.encode() and printed.count("\n") == 1
