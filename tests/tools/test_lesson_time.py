"""How long all notebooks take, from their trainings."""

import numpy as np
import pytest

from textgen_helpers.settings import FULL, QUICK
from textgen_helpers.text.batches import stream_batches, window_batches
from textgen_helpers.text.corpus import split_corpus
from textgen_helpers.training import duration
from textgen_helpers.training.recipes import recipe_for
from tools import lesson_time
from tools.lesson_time import lesson_seconds, training_steps


@pytest.mark.parametrize("settings", [QUICK, FULL])
def test_steps_are_counted_as_the_notebooks_make_them(settings) -> None:
    length = 200_003
    ids = np.zeros(length, np.int32)
    classic = len(window_batches(ids, settings.seq_length, settings.batch_size))
    recipe = recipe_for(settings)
    sizes = (recipe.seq_length, recipe.batch_size)
    train_ids = ids[: len(split_corpus("a" * length)[0])]
    windows = len(window_batches(train_ids, *sizes))
    streams = len(stream_batches(train_ids, *sizes))
    with_fit = streams * recipe.epochs + streams
    in_both = 2 * classic * settings.epochs + 2 * 20
    part = ids[: len(split_corpus("a" * 100_000)[0])]
    by_hand = streams * 2 + 5 * len(stream_batches(part, *sizes))
    steps = training_steps(length, settings, is_stored=True)
    assert steps == (in_both, with_fit + 2 * windows + by_hand)
    on_training_text = settings.epochs * len(
        window_batches(train_ids, settings.seq_length, settings.batch_size)
    )
    compared = (streams + 2 * windows) * 2
    assert training_steps(length, settings) == (
        in_both + on_training_text,
        with_fit + compared + by_hand,
    )


def test_the_play_has_stored_results_and_another_text_has_none(sample) -> None:
    assert lesson_time.has_stored_results(sample, QUICK)
    assert not lesson_time.has_stored_results(sample[1:], QUICK)


def test_a_longer_text_takes_longer_by_its_steps(monkeypatch) -> None:
    monkeypatch.setattr(lesson_time, "step_seconds", lambda *_: 0.01)
    monkeypatch.setattr(lesson_time, "quick_step_seconds", lambda _: 0.05)
    times = []
    for length in (20_000, 60_000):
        steps = sum(training_steps(length, QUICK))
        times.append(lesson_seconds(length, 65, QUICK) - 0.01 * steps)
    rest = lesson_time.REST_SECONDS * 0.05 / lesson_time.REST_STEP_SECONDS
    assert times == pytest.approx([rest, rest])


def test_each_recipe_has_steps_of_its_own_sizes(monkeypatch) -> None:
    monkeypatch.setattr(lesson_time, "quick_step_seconds", lambda _: 0.05)
    monkeypatch.setattr(duration, "quick_step_seconds", lambda _: 0.05)
    shapes = []

    def observed(model, batch_size: int, seq_length: int) -> float:
        units = model.layers[1].units
        shapes.append((batch_size, seq_length, units, model.output_shape[-1]))
        return 0.0

    monkeypatch.setattr(lesson_time, "step_seconds", observed)
    lesson_seconds(20_000, 7, QUICK)
    recipe = recipe_for(QUICK)
    assert shapes == [
        (each.batch_size, each.seq_length, each.rnn_units, 7)
        for each in (QUICK, recipe)
    ]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (110, "All notebooks: about 2 min on this machine."),
        (5_900, "All notebooks: about 1.6 h on this machine.\nShorter: "),
    ],
)
def test_a_long_run_is_announced_with_ways_out(seconds, expected) -> None:
    text = lesson_time.announcement(seconds).strip("\r")
    assert text.startswith(expected)
    for way in ("outputs of such a run", "--profile quick", "pretrained"):
        assert (way in text) == (seconds > duration.LONG)


def test_the_program_prints_it(monkeypatch, capsys) -> None:
    monkeypatch.setenv("TEXTGEN_PROFILE", "quick")
    monkeypatch.setenv("TEXTGEN_CORPUS", "sample")
    monkeypatch.setattr(lesson_time, "lesson_seconds", lambda *_: 150.0)
    lesson_time.main()
    printed = capsys.readouterr().out
    assert printed == "\rAll notebooks: about 2 min on this machine.\n"
