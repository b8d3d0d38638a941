"""Recipes: sizes, the plan for the learning rate, the same first weights."""

from dataclasses import replace

import numpy as np
import pytest

import tasks
from textgen_helpers import (
    FULL,
    QUICK,
    RECIPES,
    planned_adam,
    recipe_for,
    recipe_model,
    recurrent_layers,
)
from textgen_helpers.recipes import FLOOR, ONE_MINUTE, THREE_MINUTES, WARMUP


def test_each_profile_has_a_recipe_that_keeps_profile_and_text() -> None:
    for settings, recipe in ((QUICK, ONE_MINUTE), (FULL, THREE_MINUTES)):
        own = replace(settings, corpus="poems.txt")
        found = recipe_for(own)
        assert found == replace(recipe, profile=own.profile, corpus=own.corpus)
        assert found.checkpoint_dir == own.checkpoint_dir


def test_the_commands_know_the_recipes() -> None:
    assert tuple(RECIPES) == tasks.RECIPES
    assert all(name == recipe.profile for name, recipe in RECIPES.items())


@pytest.mark.parametrize("steps", [10, 1_000])
def test_the_rate_rises_and_falls_as_planned(steps: int) -> None:
    adam = planned_adam(ONE_MINUTE, steps)
    rates = [float(adam._learning_rate(step)) for step in range(steps + 1)]
    top = int(np.argmax(rates))
    assert top == min(WARMUP, steps // 5)
    assert rates[top] == pytest.approx(ONE_MINUTE.learning_rate)
    assert rates[0] == pytest.approx(ONE_MINUTE.learning_rate / WARMUP)
    assert rates[-1] == pytest.approx(FLOOR * ONE_MINUTE.learning_rate)
    assert np.all(np.diff(rates[: top + 1]) > 0)
    assert np.all(np.diff(rates[top:]) < 0)
    assert adam.global_clipnorm == 1


def test_a_recipe_s_model_has_its_sizes_and_is_the_same_each_time() -> None:
    recipe = replace(
        ONE_MINUTE, rnn_layers=2, rnn_units=6, embedding_dim=5, batch_size=3
    )
    one, two = (recipe_model(recipe, 7, 10) for _ in range(2))
    for a, b in zip(one.get_weights(), two.get_weights(), strict=True):
        assert np.array_equal(a, b)
    assert [layer.units for layer in recurrent_layers(one)] == [6, 6]
    assert one.layers[0].output_dim == 5 and one.input_shape == (3, None)
    rates = {x.rate for x in one.layers if hasattr(x, "rate")}
    assert rates == {recipe.dropout, recipe.dropout / 4}
    assert one.optimizer.weight_decay == recipe.weight_decay
    assert one.compiled and one.optimizer.global_clipnorm == 1
    free = recipe_model(recipe, 7, 10, stateful=False)
    assert not any(layer.stateful for layer in recurrent_layers(free))
