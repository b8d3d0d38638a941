"""The two sizes of the lesson, and what the environment asks for."""

import os
from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path

import keras
import pytest

from textgen_helpers import settings as settings_module
from textgen_helpers.settings import (
    DATA_DIR,
    FULL,
    QUICK,
    ROOT,
    Settings,
    default_checkpoint_dir,
    download_dir,
    read_settings,
)


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with an environment that asks for nothing."""
    for name in ("PROFILE", "CORPUS", "CHECKPOINTS", "DTYPE", "DATA"):
        monkeypatch.delenv(f"TEXTGEN_{name}", raising=False)
    monkeypatch.setattr(
        settings_module, "preferred_dtype_policy", lambda: "float32"
    )


def test_quick_is_the_default() -> None:
    settings = read_settings()
    assert settings.hyperparameters() == QUICK.hyperparameters()
    assert settings.profile == "quick" and settings.corpus == "sample"
    folder = ROOT / "training_checkpoints" / "quick-sample"
    assert settings.checkpoint_dir == folder


def test_full_has_the_lesson_s_hyperparameters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEXTGEN_PROFILE", "full")
    full = read_settings()
    assert full.hyperparameters() == FULL.hyperparameters()
    assert (full.seq_length, full.batch_size) == (100, 64)
    assert (full.embedding_dim, full.rnn_units) == (256, 1024)
    assert (full.corpus, full.epochs) == ("shakespeare", 10)
    assert full.learning_rate == keras.optimizers.Adam().learning_rate
    assert full.checkpoint_dir.name == "full-shakespeare"


def test_an_empty_variable_asks_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = read_settings()
    for name in ("PROFILE", "CORPUS", "CHECKPOINTS", "DTYPE", "DATA"):
        monkeypatch.setenv(f"TEXTGEN_{name}", "")
    assert read_settings() == expected


def test_an_unknown_profile_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTGEN_PROFILE", "huge")
    with pytest.raises(ValueError, match=r"'huge'.*'quick' or to 'full'"):
        read_settings()


@pytest.mark.parametrize("name", ["float32", "mixed_bfloat16"])
def test_the_number_format_can_be_chosen(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(settings_module, "preferred_dtype_policy", None)
    monkeypatch.setenv("TEXTGEN_DTYPE", name)
    assert read_settings().dtype == name


def test_without_a_choice_the_number_format_is_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        settings_module, "preferred_dtype_policy", lambda: "mixed_bfloat16"
    )
    assert read_settings().dtype == "mixed_bfloat16"


def test_an_unknown_number_format_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEXTGEN_DTYPE", "bf16")
    with pytest.raises(ValueError, match=r"'bf16'.*float32, mixed_bfloat16"):
        read_settings()


# Settings are data.


def test_settings_are_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_module, "preferred_dtype_policy", None)
    monkeypatch.setenv("TEXTGEN_DTYPE", "unknown")
    monkeypatch.setenv("TEXTGEN_CHECKPOINTS", "elsewhere")
    # Neither the environment nor the processor matters.
    assert QUICK.dtype == "float32"
    assert QUICK.checkpoint_dir == Path("training_checkpoints")
    with pytest.raises(FrozenInstanceError):
        QUICK.epochs = 7


def test_hyperparameters_do_not_depend_on_the_machine() -> None:
    names = [field.name for field in fields(Settings)]
    hyperparameters = QUICK.hyperparameters()
    assert names == [*hyperparameters, "dtype", "checkpoint_dir"]
    elsewhere = replace(QUICK, dtype="mixed_bfloat16", checkpoint_dir=Path("x"))
    assert elsewhere.hyperparameters() == hyperparameters
    assert hyperparameters["rnn_units"] == QUICK.rnn_units


# Folders.


def test_a_text_of_one_s_own_has_its_own_checkpoints(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEXTGEN_CORPUS", "my/poems.txt")
    settings = read_settings()
    assert settings.corpus == "my/poems.txt"
    assert settings.checkpoint_dir == ROOT / "training_checkpoints/quick-poems"


def test_texts_of_one_name_do_not_share_checkpoints(tmp_path: Path) -> None:
    folders = {default_checkpoint_dir("quick", "sample")}
    for folder, text in (("a", "one"), ("b", "two"), ("b", "three")):
        (tmp_path / folder).mkdir(exist_ok=True)
        path = tmp_path / folder / "sample.txt"
        path.write_text(text)
        folders.add(default_checkpoint_dir("quick", str(path)))
    assert len(folders) == 4


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("my_poems-2", "quick-my_poems-2"),
        ("it's $(touch x).", "quick-it-s-touch-x"),
        ("cafe\u0301 \udcff\n", "quick-cafe"),
        ("\u4e09\U0001f40d", "quick-text"),
        ("CON", "quick-CON"),
        ("a" * 249, f"quick-{'a' * 40}"),
    ],
)
def test_every_system_takes_the_name_of_the_folder(
    stem: str, name: str
) -> None:
    assert default_checkpoint_dir("quick", f"{stem}.txt").name == name


def test_a_file_named_like_the_embedded_text_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = default_checkpoint_dir("quick", "sample")
    (tmp_path / "sample").write_text("another text")
    monkeypatch.chdir(tmp_path)
    assert default_checkpoint_dir("quick", "sample") == expected


def test_checkpoints_can_go_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTGEN_CHECKPOINTS", "elsewhere")
    assert read_settings().checkpoint_dir == Path("elsewhere/quick-sample")


def test_downloads_can_go_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: True)
    assert download_dir() == DATA_DIR
    monkeypatch.setenv("TEXTGEN_DATA", "elsewhere")
    assert download_dir() == Path("elsewhere")


def test_where_data_is_read_only_downloads_go_to_the_home_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        os, "access", lambda path, mode: path != DATA_DIR or mode != os.W_OK
    )
    assert download_dir() == Path.home() / ".textgen" / "data"


def test_an_installed_package_writes_to_the_home_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings_module, "_IS_CHECKOUT", False)
    home = Path.home() / ".textgen"
    assert download_dir() == home / "data"
    assert default_checkpoint_dir("full", "shakespeare") == (
        home / "training_checkpoints" / "full-shakespeare"
    )


def test_a_checkout_needs_no_home_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_home(path: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", no_home)
    monkeypatch.setattr(os, "access", lambda path, mode: True)
    assert download_dir() == DATA_DIR
    assert read_settings().checkpoint_dir.is_relative_to(ROOT)
