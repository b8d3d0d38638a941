"""Both number formats are trained side by side, all else being equal."""

from dataclasses import replace
from functools import partial

import numpy as np

from benchmarks import number_formats
from textgen_helpers.model.build import build_model
from textgen_helpers.text.batches import window_batches
from textgen_helpers.text.corpus import load_corpus


def test_both_formats_begin_alike_and_read_the_same(
    monkeypatch, capsys
) -> None:
    tg = number_formats.tg
    weights, seeds = {}, []

    def build(vocab_size: int, dtype: str):
        model = build_model(vocab_size, 4, 8, batch_size=4, dtype=dtype)
        weights[dtype] = model.get_weights()
        return model

    def cut(ids: np.ndarray, seed: int):
        seeds.append(seed)
        return window_batches(ids, 10, 4, seed=seed)

    sample = partial(load_corpus, "sample", max_chars=1_000)
    monkeypatch.setattr(tg, "load_corpus", lambda _: sample())
    monkeypatch.setattr(tg, "build_model", build)
    monkeypatch.setattr(tg, "window_batches", cut)
    short = replace(number_formats.FULL, epochs=2)
    monkeypatch.setattr(number_formats, "FULL", short)
    number_formats.main()
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["epoch", "float32", "mixed_bfloat16"]
    assert [line.split()[0] for line in lines] == ["1", "2"]
    for line in lines:
        losses = [float(number) for number in line.split()[1:3]]
        assert len(losses) == 2 and np.isfinite(losses).all()
    first, second = weights.values()
    for array, expected in zip(first, second, strict=True):
        assert np.array_equal(array, expected)
    assert seeds[0] == seeds[1]
