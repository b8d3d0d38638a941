"""Bits per character: known values, and the order that must hold."""

import numpy as np
import pytest

from textgen_helpers import (
    bigram_bits,
    bits_per_char,
    build_model,
    nats_to_bits,
    stream_batches,
    train,
    uniform_bits,
    unigram_bits,
)


def test_uniform_is_log2_of_the_vocabulary() -> None:
    assert uniform_bits(64) == 6
    assert uniform_bits(65) == pytest.approx(6.0224, abs=1e-4)


def test_unigram_by_hand() -> None:
    # aaab: counts 3 + 1 and 1 + 1, so a has 4/6 and b 2/6.
    bits = unigram_bits(np.array([0, 0, 0, 1]), np.array([0, 1]), 2)
    assert bits == pytest.approx(-(np.log2(4 / 6) + np.log2(2 / 6)) / 2)


def test_bigram_by_hand() -> None:
    # aabab: aa 1, ab 2, ba 1, each and bb one more; rows sum to 5 and 3.
    bits = bigram_bits(np.array([0, 0, 1, 0, 1]), np.array([0, 1, 1]), 2)
    assert bits == pytest.approx(-(np.log2(3 / 5) + np.log2(1 / 3)) / 2)


def test_a_pair_needs_two_characters() -> None:
    with pytest.raises(ValueError, match="A pair needs two characters"):
        bigram_bits(np.array([0, 1]), np.array([0]), 2)


def test_a_unigram_needs_one_character() -> None:
    with pytest.raises(ValueError, match="no id to measure"):
        unigram_bits(np.array([0, 1]), np.array([], dtype=int), 2)


def test_the_more_is_known_the_fewer_bits(ids) -> None:
    train_ids, held_out = ids[:100_000], ids[100_000:]
    unigram = unigram_bits(train_ids, held_out, 65)
    bigram = bigram_bits(train_ids, held_out, 65)
    assert bigram < unigram < uniform_bits(65)


def test_a_known_text_is_cheaper_than_an_unknown_one(ids) -> None:
    for bits in (unigram_bits, bigram_bits):
        known = bits(ids[:1_000], ids[:1_000], 65)
        assert known < bits(ids[:1_000], ids[50_000:51_000], 65)


def test_an_untrained_model_costs_log2_of_the_vocabulary(tiny, ids) -> None:
    bits = bits_per_char(tiny, ids[:5_000])
    assert bits == pytest.approx(uniform_bits(65), abs=0.02)


def test_training_costs_less_afterwards(tiny, ids) -> None:
    before = bits_per_char(tiny, ids[:3_000])
    train(tiny, stream_batches(ids[:20_000], 20, 4), 1)
    assert bits_per_char(tiny, ids[:3_000]) < before - 1


def test_it_equals_the_mean_loss_of_its_streams(ids) -> None:
    model = build_model(65, 8, 16, batch_size=32)
    model.layers[0].embeddings.assign(model.layers[0].embeddings * 50)
    batches = stream_batches(ids[:10_000], 100, 32)
    model.compile(loss="sparse_categorical_crossentropy")
    losses = []
    for inputs, targets in batches:
        logits = model(inputs).numpy().astype(float)
        log_sum = np.log(np.exp(logits).sum(-1))
        right = np.take_along_axis(logits, targets.numpy()[..., None], -1)
        losses.append((log_sum - right[..., 0]).mean())
    wanted = nats_to_bits(np.mean(losses))
    assert bits_per_char(model, ids[:10_000]) == pytest.approx(wanted, abs=1e-4)


def test_neither_state_nor_batch_size_of_the_model_matter(tiny, ids) -> None:
    bits = bits_per_char(tiny, ids[:5_000])
    tiny(np.ones((4, 9), np.int32))
    state = tiny.layers[1].states[0].numpy()
    assert bits_per_char(tiny, ids[:5_000]) == bits
    assert np.array_equal(tiny.layers[1].states[0].numpy(), state)
    twin = build_model(65, 8, 16, batch_size=1, stateful=False)
    twin.set_weights(tiny.get_weights())
    assert bits_per_char(twin, ids[:5_000]) == pytest.approx(bits)


def test_a_short_text_is_read_in_fewer_streams(tiny, ids) -> None:
    assert bits_per_char(tiny, ids[:101]) > 0
    with pytest.raises(ValueError, match="need at least 101"):
        bits_per_char(tiny, ids[:100])
