"""The benchmarks: what is compared, and how the table is made."""

import re
import sys
from dataclasses import replace
from importlib import import_module
from types import ModuleType

import pytest

from benchmarks import recipes
from textgen_helpers import load_corpus
from textgen_helpers.recipes import THREE_MINUTES, TWENTY_MINUTES
from textgen_helpers.settings import ROOT


@pytest.fixture
def compare(monkeypatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    yield import_module("compare")
    for name in ("compare", "ways", "peers"):
        sys.modules.pop(name, None)


def test_all_ways_run_in_turn_and_the_median_counts(compare) -> None:
    called = []
    times = {"a": iter([1, 9, 2]), "b": iter([3, 4, 100])}

    def way(name: str):
        def run() -> float:
            called.append(name)
            return next(times[name])

        return run

    medians = compare.measure({name: way(name) for name in times}, rounds=3)
    assert called == ["a", "b"] * 3
    assert medians == {"a": 2, "b": 4}


def test_a_line_gives_share_factor_limit_and_verdict(compare) -> None:
    group = compare.Group("work", {}, {"new": 4.0, "newer": 5.0}, flops=1e9)
    medians = {"old": 0.1, "new": 0.025, "newer, bfloat16": 0.02, "newer": 0.02}
    rates = {"float32": 100e9, "bfloat16": 200e9}
    title, old, new, short, newer = compare.lines(group, medians, rates)
    assert title.split() == ["work", "ms", "share", "faster", "limit", "target"]
    assert old.split() == ["old", "100", "1.000", "1.0x", "10%"]
    assert new.split()[2:] == ["0.250", "4.0x", "40%", "4x", "reached"]
    assert short.split()[-1] == "25%"
    assert newer.split()[-3:] == ["50%", "5x", "reached"]
    assert compare.verdict(3.99, 4).endswith("MISSED")


def test_a_training_step_is_154_billion_operations(compare) -> None:
    step = 3 * compare.ways.STEP_FLOPS
    assert step == pytest.approx(154e9, rel=0.01)
    peers = sys.modules["peers"]
    ours = [getattr(compare.ways, n) for n in ("VOCAB", "EMBEDDING", "UNITS")]
    assert ours == [peers.VOCAB, peers.EMBEDDING, peers.UNITS]
    sizes = (compare.ways.BATCH, compare.ways.LENGTH)
    assert sizes == (peers.BATCH, peers.LENGTH)


def test_a_first_call_is_timed_without_the_full_corpus(
    compare, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(compare.ways, "corpus", None)
    compare.ways.write_first(count=3)
    assert 0 < float(capsys.readouterr().out) < 100
    assert 0 < compare.ways.first_call() < 100


def test_without_peers_nothing_is_started(compare) -> None:
    peers = sys.modules["peers"].Peers(wanted=False)
    assert peers.ways("train") == {} and peers.versions == []
    peers.close()


def test_the_readme_holds_a_table_that_reaches_all_targets() -> None:
    text = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    assert len(re.findall(r"(?:\dx|3 s) reached", text)) == 8
    assert "MISSED" not in text


def test_without_the_corpus_the_play_is_as_long(compare, monkeypatch) -> None:
    def fail(name: str) -> str:
        if name == "shakespeare":
            raise OSError("no network.")
        return load_corpus(name)

    monkeypatch.setattr(compare.tg, "load_corpus", fail)
    compare.ways.corpus.cache_clear()
    assert len(compare.ways.corpus()) == compare.ways.CHARACTERS


def test_each_variant_differs_from_its_recipe() -> None:
    groups = ((THREE_MINUTES, recipes.SHORT), (TWENTY_MINUTES, recipes.LONG))
    for recipe, variants in groups:
        found = [replace(recipe, **changes) for changes in variants.values()]
        assert found[0] == recipe and recipe.profile in variants
        assert len(set(found)) == len(found)


def test_variants_are_trained_and_measured_once(
    monkeypatch, tmp_path, capsys
) -> None:
    tiny = replace(
        THREE_MINUTES, embedding_dim=4, rnn_units=8, seq_length=10, epochs=1
    )
    monkeypatch.setenv("TEXTGEN_CHECKPOINTS", str(tmp_path))
    monkeypatch.setattr(recipes, "THREE_MINUTES", tiny)
    variants = {"three-minutes": {}, "two layers": {"rnn_layers": 2}}
    monkeypatch.setattr(recipes, "SHORT", variants)
    text = load_corpus("sample")[:20_000]
    monkeypatch.setattr(recipes.tg, "load_corpus", lambda _: text)
    recipes.main([])
    first = capsys.readouterr().out
    assert first.count(", held-out ") == 2
    table = first.splitlines()[-3:]
    assert table[0].split()[0] == "epochs"
    for line, name in zip(table[1:], variants, strict=True):
        assert re.match(rf"{name} +\d+ +\d\.\d{{3}} +\d\.\d{{3}}$", line)
    recipes.main([])
    again = capsys.readouterr().out
    assert "Epoch" not in again and again.splitlines()[-3:] == table
