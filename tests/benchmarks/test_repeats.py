"""Repeated trainings are stored seed by seed; an interrupted run goes on."""

from dataclasses import replace

import pytest

from benchmarks import repeats
from textgen_helpers.evaluation.repeats import read_entries
from textgen_helpers.settings import ONE_MINUTE

SETTINGS = replace(ONE_MINUTE, profile="made up")


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch) -> None:
    """Store the results in a folder of the test."""
    monkeypatch.setattr(repeats.repeats, "PATH", tmp_path / "repeats.json")


class Training:
    """A training that gives its seed as the result, and may be interrupted."""

    def __init__(self, interrupted_at: int | None = None) -> None:
        self.seeds: list[int] = []
        self._interrupted_at = interrupted_at

    def __call__(self, settings, vocab_size, parts, seed):
        if seed == self._interrupted_at:
            raise KeyboardInterrupt
        assert len(parts.train) > len(parts.validation) > 0
        self.seeds.append(seed)
        return {"a way": {"bits": seed + 0.12345}}


def test_results_are_those_of_all_seeds() -> None:
    training = Training()
    results = repeats.repeat(SETTINGS, range(1, 4), training)
    assert results == {"a way": {"bits": [1.1235, 2.1235, 3.1235]}}
    (entry,) = read_entries()
    assert entry["results"] == results
    assert entry["seeds"] == [1, 2, 3]


def test_an_interrupted_run_goes_on() -> None:
    with pytest.raises(KeyboardInterrupt):
        repeats.repeat(SETTINGS, range(1, 6), Training(interrupted_at=3))
    assert read_entries()[0]["seeds"] == [1, 2]
    training = Training()
    results = repeats.repeat(SETTINGS, range(1, 6), training)
    assert training.seeds == [3, 4, 5]
    assert len(results["a way"]["bits"]) == 5
    assert len(read_entries()) == 1


def test_a_finished_run_begins_again() -> None:
    repeats.repeat(SETTINGS, range(1, 3), Training())
    training = Training()
    repeats.repeat(SETTINGS, range(1, 3), training)
    assert training.seeds == [1, 2]


def test_another_training_is_kept_apart(monkeypatch) -> None:
    repeats.repeat(SETTINGS, range(1, 3), Training())
    repeats.repeat(replace(SETTINGS, epochs=9), range(1, 2), Training())
    assert len(read_entries()) == 2
    monkeypatch.setattr(repeats, "versions", lambda: {"keras": "another"})
    training = Training()
    repeats.repeat(SETTINGS, range(1, 4), training)
    assert training.seeds == [1, 2, 3]


def test_the_rows_of_the_readme_are_those_of_recipes(capsys) -> None:
    row = {
        "test, streams": 0.5,
        "last tenth, streams": 0.6,
        "last tenth, windows of 256": 0.7,
    }

    def train(*_: object) -> dict[str, dict[str, float]]:
        return {"one-minute": row, "another way": row}

    repeats.repeat(ONE_MINUTE, range(2), train)
    capsys.readouterr()
    repeats.main(["rows"])
    (line,) = capsys.readouterr().out.splitlines()
    assert "one-minute" in line
    assert "0.721 ± 0.000 | 0.600 ± 0.000 | 0.700 ± 0.000 | 2" in line
