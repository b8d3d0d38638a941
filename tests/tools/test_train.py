"""The command that trains by a recipe and measures it."""

import hashlib
import math
import re
from dataclasses import replace

import numpy as np
import pytest

import textgen_helpers as tg
from textgen_helpers.model import pretrained
from textgen_helpers.settings import settings_for
from textgen_helpers.training.recipes import ONE_MINUTE
from textgen_helpers.training.workers import worker_config
from tools import train

TINY = replace(
    ONE_MINUTE,
    seq_length=20,
    batch_size=64,
    embedding_dim=8,
    rnn_units=16,
    dropout=0.25,
    epochs=1,
)


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    """Return a function that trains a tiny recipe, and what it prints."""
    monkeypatch.setenv("TEXTGEN_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("TEXTGEN_DTYPE", "float32")
    monkeypatch.setitem(tg.RECIPES, "one-minute", TINY)
    path = tmp_path / "pretrained.npz"
    save = pretrained.save_pretrained
    monkeypatch.setattr(
        train, "save_pretrained", lambda *facts: save(*facts, path)
    )
    monkeypatch.setattr(pretrained, "PATH", path)

    def command(*options: str) -> str:
        assert train.main(["one-minute", *options]) == 0
        return capsys.readouterr().out

    return command


def test_it_says_what_it_does_and_how_good_it_is(run) -> None:
    printed = run()
    first, *_ = printed.splitlines()
    assert first.startswith("one-minute: 1 layer of 16 units, dropout 0.25, ")
    assert "1 epochs of 100 steps, 64 streams, 20 characters" in first
    assert first.endswith("; float32")
    for text in ("validation", "test", "last tenth"):
        assert f"{text}, streams: " in printed
        assert f"{text}, windows of 256: " in printed
    assert " nats = " in printed and "trained in " in printed
    assert "ROMEO: " in printed
    assert "comes with the course" not in printed
    assert not pretrained.PATH.exists()
    again = run()
    assert "Epoch 1/1" not in again  # it is finished
    marker = "validation, streams: "
    assert again.split(marker)[1:] == printed.split(marker)[1:]


def test_one_slow_epoch_does_not_count() -> None:
    printed = train.report({"test": {"streams": math.log(2)}}, [2, 9, 3])
    assert "test, streams: 0.6931 nats = 1.000 bits per character" in printed
    assert "trained in 14 s on " in printed and "time in 9 s" in printed


def test_the_result_can_become_the_pretrained_model(run, sample) -> None:
    printed = run("--pretrained")
    assert "It is the model that comes with the course now." in printed
    facts = tg.pretrained_info()
    assert facts["settings"] == TINY.hyperparameters()
    assert facts["corpus_sha256"] == hashlib.sha256(sample.encode()).hexdigest()
    assert facts["history"]["seconds"][0] > 0
    assert facts["processor"].endswith(" cores, float32")
    assert set(facts["versions"]) == {"python", "tensorflow", "keras", "numpy"}
    model, vocabulary = tg.load_pretrained()
    assert model.count_params() == facts["parameters"]
    train_text, validation_text, test_text = tg.split_corpus(sample)
    texts = {
        "held_out": sample[len(train_text) :],
        "validation": validation_text,
        "test": test_text,
    }
    for name, each in texts.items():
        bits = tg.bits_per_char(model, vocabulary.encode(each))
        nats = bits * math.log(2)
        assert nats == pytest.approx(facts[name]["streams"], abs=0.005)


def test_an_unknown_recipe_is_refused_with_their_names(capsys) -> None:
    with pytest.raises(SystemExit):
        train.main(["an-hour"])
    message = capsys.readouterr().err
    for name in tg.RECIPES:
        assert name in message


def test_two_workers_train_the_same(run) -> None:
    """Whatever is printed, the measured numbers are those of one process."""
    one = run("--workers", "1")
    for path in tg.list_checkpoints(settings_for(TINY).checkpoint_dir):
        path.unlink()
    two = run("--workers", "2")
    assert "Epoch 1/1: loss " in two
    numbers = [re.findall(r"= (\d\.\d+) bits", text) for text in (one, two)]
    assert len(numbers[0]) == 6
    # Dropout leaves out other numbers.
    difference = np.subtract(*np.array(numbers, float))
    assert np.abs(difference).max() < 0.1


def test_a_text_of_ones_own_is_read_from_disk(run, tmp_path, sample) -> None:
    path = tmp_path / "мой текст.txt"
    path.write_text(sample[:30_000].replace("R", "Я"), encoding="utf-8")
    printed = run("--corpus", str(path))
    assert "1 epochs of 21 steps" in printed
    assert "test, streams: " in printed
    assert "ROMEO" not in printed  # it has no R


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--workers", "0"], "--workers must be 1 or more, but is 0"),
        (["--pretrained", "--corpus", "x"], "has read its text"),
    ],
)
def test_wrong_options_are_refused(capsys, options, message) -> None:
    with pytest.raises(SystemExit):
        train.main(["one-minute", *options])
    assert message in capsys.readouterr().err


def test_a_cluster_has_its_workers_already(monkeypatch) -> None:
    config = worker_config(["localhost:1", "localhost:2"], 0)
    monkeypatch.setenv("TF_CONFIG", config)
    with pytest.raises(ValueError, match="leave out --workers"):
        train.main(["one-minute", "--workers", "2"])
    monkeypatch.setenv("TF_CONFIG", "{")
    with pytest.raises(ValueError, match="TF_CONFIG is no JSON"):
        train.main(["one-minute"])
