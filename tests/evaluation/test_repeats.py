"""Results of other seeds are found by recipe and text."""

import json
from dataclasses import replace

import numpy as np
import pytest

from textgen_helpers.evaluation import repeats
from textgen_helpers.evaluation.repeats import stored_results
from textgen_helpers.model.checkpoints import describe_training
from textgen_helpers.settings import ONE_MINUTE, QUICK
from textgen_helpers.text.corpus import split_corpus
from textgen_helpers.training.recipes import recipe_for

RESULTS = {"streams": {"long rows": [2.1, 2.2]}}
IDS = np.arange(50, dtype=np.int32)


@pytest.fixture
def stored(tmp_path, monkeypatch) -> None:
    """Store one entry, of 16-bit training."""
    recipe = replace(ONE_MINUTE, dtype="mixed_bfloat16")
    training = describe_training(recipe, IDS)
    path = tmp_path / "repeats.json"
    path.write_text(json.dumps([{"training": training, "results": RESULTS}]))
    monkeypatch.setattr(repeats, "PATH", path)


@pytest.mark.usefixtures("stored")
def test_they_are_those_of_this_recipe_and_this_text() -> None:
    assert stored_results(ONE_MINUTE, IDS) == RESULTS
    assert stored_results(replace(ONE_MINUTE, epochs=3), IDS) == {}
    assert stored_results(ONE_MINUTE, IDS[1:]) == {}


def test_without_the_file_there_are_none(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(repeats, "PATH", tmp_path / "nowhere.json")
    assert stored_results(ONE_MINUTE, IDS) == {}


def test_the_course_has_them_for_its_play(sample, vocabulary) -> None:
    train_ids = vocabulary.encode(split_corpus(sample)[0])
    recipe = replace(recipe_for(QUICK), epochs=2)
    results = stored_results(recipe, train_ids)
    assert list(results) == ["streams", "windows, carried", "windows, emptied"]
    for row in results.values():
        assert list(row) == ["read in long rows", "read in windows"]
        for values in row.values():
            assert len(values) == 5
            assert all(0 < bits < np.log2(65) for bits in values)
