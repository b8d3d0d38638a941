"""The model: shapes, parameters, memory."""

import subprocess
import sys

import keras
import numpy as np
import pytest

from textgen_helpers import (
    FastGRU,
    build_model,
    recurrent_layers,
    reset_states,
    summary_text,
    with_keras_gru,
)


def test_the_lesson_s_model_has_its_parameters() -> None:
    model = build_model(65)
    counts = [layer.count_params() for layer in model.layers]
    assert counts == [16_640, 3_938_304, 66_625]
    assert model.count_params() == 4_021_569
    assert model.input_shape == (64, None)
    assert model.output_shape == (64, None, 65)


def test_logits_for_every_character(tiny) -> None:
    logits = tiny(np.zeros((4, 7), np.int32))
    assert logits.shape == (4, 7, 65)
    assert logits.dtype == "float32"


def test_an_untrained_model_knows_nothing(tiny, ids) -> None:
    logits = tiny(ids[:400].reshape(4, 100)).numpy()
    chances = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    assert -np.log(chances).mean() == pytest.approx(np.log(65), abs=0.01)


def test_the_state_stays_until_it_is_reset(tiny) -> None:
    batch = np.ones((4, 5), np.int32)
    first = tiny(batch).numpy()
    assert not np.allclose(first, tiny(batch).numpy())
    reset_states(tiny)
    assert np.allclose(first, tiny(batch).numpy())


def test_a_model_without_carried_state() -> None:
    model = build_model(65, 8, 16, 4, stateful=False)
    batch = np.ones((4, 5), np.int32)
    first = model(batch).numpy()
    assert np.array_equal(first, model(batch).numpy())
    reset_states(model)


def test_layers_and_dropout() -> None:
    model = build_model(65, 8, 16, 4, rnn_layers=2, dropout=0.5)
    names = [type(layer).__name__ for layer in model.layers]
    assert names == [
        *("Embedding", "Dropout", "GRU", "Dropout", "GRU", "Dropout"),
        "Dense",
    ]
    assert len(recurrent_layers(model)) == 2
    batch = np.ones((4, 5), np.int32)
    assert not np.allclose(model(batch, training=True), model(batch))
    rates = [layer.rate for layer in model.layers if hasattr(layer, "rate")]
    assert rates == [0.125, 0.5, 0.5]


def test_dropout_stays_the_same_through_a_batch_s_time() -> None:
    keras.utils.set_random_seed(0)
    model = build_model(65, 8, 16, 4, dropout=0.5)
    dropped = model.layers[3](np.ones((4, 5, 16)), training=True).numpy() == 0
    assert np.array_equal(dropped, np.repeat(dropped[:, :1], 5, axis=1))
    assert 0.2 < dropped[:, 0].mean() < 0.8
    assert not np.array_equal(dropped[0], dropped[1])


def test_it_computes_in_the_format_asked_for() -> None:
    model = build_model(65, 8, 16, 4, dropout=0.1, dtype="mixed_bfloat16")
    computed = [layer.compute_dtype for layer in model.layers]
    assert computed == ["bfloat16"] * 4 + ["float32"]
    assert {w.dtype for w in model.weights} == {"float32"}
    assert model(np.zeros((4, 7), np.int32)).dtype == "float32"


def test_keras_loads_a_plain_copy_without_this_package(tiny, tmp_path) -> None:
    assert isinstance(recurrent_layers(tiny)[0], FastGRU)
    plain = with_keras_gru(tiny)
    assert type(plain.layers[1]) is keras.layers.GRU
    batch = np.arange(20).reshape(4, 5)
    assert np.allclose(plain(batch), tiny(batch), atol=1e-6)
    plain.save(tmp_path / "plain.keras")
    program = (
        "import keras, sys\n"
        f"model = keras.models.load_model({str(tmp_path / 'plain.keras')!r})\n"
        "assert 'textgen_helpers' not in sys.modules\n"
        "print(*model.output_shape)"
    )
    answer = subprocess.check_output([sys.executable, "-c", program], text=True)
    assert answer.split() == ["4", "None", "65"]


@pytest.mark.parametrize("which", range(5))
def test_sizes_below_one_are_refused(which: int) -> None:
    sizes = [65, 8, 16, 4, 1]
    sizes[which] = 0
    with pytest.raises(ValueError, match="must be at least 1"):
        build_model(*sizes[:4], rnn_layers=sizes[4])


@pytest.mark.parametrize("dropout", [-0.1, 1.0, float("nan")])
def test_a_wrong_dropout_is_refused(dropout: float) -> None:
    with pytest.raises(ValueError, match="dropout must be from 0"):
        build_model(65, 8, 16, 4, dropout=dropout)


def test_the_summary_is_plain_text(tiny) -> None:
    summary = summary_text(tiny)
    assert "(Embedding)" in summary and "\x1b" not in summary
    assert f"Total params: {tiny.count_params():,}" in summary
