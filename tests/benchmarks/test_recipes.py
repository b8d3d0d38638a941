"""Variants of the recipes: one change each, trained once."""

import re
from dataclasses import replace

from benchmarks import recipes
from textgen_helpers.text.corpus import load_corpus
from textgen_helpers.training.recipes import THREE_MINUTES, TWENTY_MINUTES


def test_each_variant_differs_from_its_recipe() -> None:
    groups = ((THREE_MINUTES, recipes.SHORT), (TWENTY_MINUTES, recipes.LONG))
    for recipe, variants in groups:
        results = [replace(recipe, **changes) for changes in variants.values()]
        assert results[0] == recipe and recipe.profile in variants
        assert len(set(results)) == len(results)


def test_variants_are_trained_and_measured_once(
    monkeypatch, tmp_path, capsys
) -> None:
    tiny = replace(
        THREE_MINUTES, embedding_dim=4, rnn_units=8, seq_length=10, epochs=1
    )
    monkeypatch.setenv("TEXTGEN_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("TEXTGEN_DTYPE", "float32")
    monkeypatch.setattr(recipes, "THREE_MINUTES", tiny)
    variants = {"three-minutes": {}, "high rate": {"learning_rate": 0.01}}
    monkeypatch.setattr(recipes, "SHORT", variants)
    text = load_corpus("sample")[:15_000]
    monkeypatch.setattr(recipes.tg, "load_corpus", lambda _: text)
    recipes.main([])
    first = capsys.readouterr().out
    assert first.count(", validation ") == 2
    table = first.splitlines()[-3:]
    assert table[0].split()[0] == "epochs"
    for line, name in zip(table[1:], variants, strict=True):
        assert re.match(rf"{name} +\d+ +\d\.\d{{3}} +\d\.\d{{3}}$", line)
    recipes.main([])
    again = capsys.readouterr().out
    assert "Epoch" not in again and again.splitlines()[-3:] == table
