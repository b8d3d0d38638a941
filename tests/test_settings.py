"""The two sizes of the lesson, and the quiet first line."""

import os
import subprocess
import sys
from dataclasses import replace

import keras
import numpy as np
import pytest

from textgen_helpers import FULL, QUICK, begin_lesson
from textgen_helpers.machine import FORMATS, fastest_format
from textgen_helpers.settings import ROOT, read_settings


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PROFILE", "CORPUS", "CHECKPOINTS", "DTYPE"):
        monkeypatch.delenv(f"TEXTGEN_{name}", raising=False)


def test_quick_is_the_default() -> None:
    assert read_settings() == QUICK
    assert QUICK.corpus == "sample"


def test_full_has_the_lesson_s_hyperparameters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEXTGEN_PROFILE", "full")
    full = read_settings()
    assert full == FULL
    assert (full.seq_length, full.batch_size) == (100, 64)
    assert (full.embedding_dim, full.rnn_units) == (256, 1024)
    assert (full.corpus, full.epochs) == ("shakespeare", 10)
    assert full.learning_rate == keras.optimizers.Adam().learning_rate


def test_an_unknown_profile_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTGEN_PROFILE", "huge")
    with pytest.raises(ValueError, match=r"'huge'.*'quick' or to 'full'"):
        read_settings()


def test_a_corpus_replaces_the_profile_s(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEXTGEN_CORPUS", "my/poems.txt")
    settings = read_settings()
    assert settings.corpus == "my/poems.txt"
    assert settings.checkpoint_dir == ROOT / "training_checkpoints/quick-poems"


def test_texts_of_one_name_do_not_share_checkpoints(tmp_path) -> None:
    folders = set()
    for folder, text in (("a", "one"), ("b", "two"), ("b", "three")):
        (tmp_path / folder).mkdir(exist_ok=True)
        path = tmp_path / folder / "sample.txt"
        path.write_text(text)
        folders.add(replace(QUICK, corpus=str(path)).checkpoint_dir)
    assert len(folders | {QUICK.checkpoint_dir}) == 4


def test_checkpoints_can_go_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTGEN_CHECKPOINTS", "elsewhere")
    assert QUICK.checkpoint_dir.parts == ("elsewhere", "quick-sample")


def test_the_number_format_can_be_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert QUICK.dtype == fastest_format()
    for name, bits in zip(FORMATS, (32, 16), strict=True):
        monkeypatch.setenv("TEXTGEN_DTYPE", name)
        assert QUICK.dtype == name
        begin_lesson("03_training_with_fit")
        assert capsys.readouterr().out.endswith(f", {bits}-bit training\n")
    monkeypatch.setenv("TEXTGEN_DTYPE", "bf16")
    with pytest.raises(ValueError, match=r"'bf16'.*float32, mixed_bfloat16"):
        begin_lesson("03_training_with_fit")


def test_begin_lesson_seeds_and_prints_one_line(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert begin_lesson("03_training_with_fit") == QUICK
    first = np.random.random()
    begin_lesson("03_training_with_fit")
    assert np.random.random() == first
    out, err = capfd.readouterr()
    lines = out.splitlines()
    assert lines[0] == lines[1]
    assert lines[0].startswith("03_training_with_fit: quick profile, text")
    assert err == ""


@pytest.mark.parametrize("show_logs", ["", "1"])
def test_importing_tensorflow_is_quiet(show_logs: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import textgen_helpers"],
        env={**os.environ, "TEXTGEN_SHOW_LOGS": show_logs},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    assert bool(done.stderr) == bool(show_logs)
