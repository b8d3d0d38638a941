"""A text that the report accepts goes through all that the notebooks do."""

import functools
import io
import random
import re
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import textgen_helpers as tg
from textgen_helpers.plots.base import Picture
from textgen_helpers.settings import QUICK
from tools import own_text

from .odd_text import write_odd_text

SMALL = replace(QUICK, embedding_dim=4, rnn_units=8)
LEAST = own_text.min_length(SMALL)
ALPHABETS = {
    "one character": "a",
    "one line break": "\n",
    "two letters": "ab",
    "two emoji": "\N{SNAKE}\N{UMBRELLA}",
    "emoji with joiners": "\U0001f468\u200d\ufe0f\U0001f3fd\U0001f1e9",
    "combining marks": "e\u0301\u0308\u0489\u20dd",
    "only combining marks": "\u0301\u0308",
    "right to left": "\u05d0\u05d1\u05b8 \u0627\u0644\u064f\u200f",
    "control characters": "\x01\x07\x08\x0b\x0c\x1b\x1c\x7f\x85\u2028\ufeff",
    "other planes": "\U00010348\U0001d49c\U00020000\U000e0041\U0010fffd",
    "not characters": "\ue000\uffff\ufdd0\U0010ffff",
    "no letters": ". -/",
    "digits": "01",
    "white space": " \t\u00a0\u3000\u200b",
    "line breaks and spaces": "\n ",
    "signs with a meaning elsewhere": "$\\{}^_%&#'\"`",
    "words": "To be, or not: 'it' is the \u00e9.",
    "many": "".join(map(chr, range(0x4E00, 0x4E00 + 200))),
}
ENDS = ("", "\n", "\r", "\r\n")
BEGINNINGS = ("", "\n" * 1_999, "\n" * 2_000, " " * 5_000, " " * 12_799)


@pytest.fixture(autouse=True)
def _same_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure no time."""
    monkeypatch.setattr(own_text, "lesson_seconds", lambda *_: 180.0)


@functools.cache
def model_of(size: int) -> keras.Sequential:
    """Return a tiny model that has learnt nothing, for so many characters."""
    keras.utils.set_random_seed(0)
    return tg.build_model(size, 4, 8)


def make_text(alphabet: str, end: str, beginning: str, length: int) -> str:
    """Return a text of lines that all end in `end`, not all of one length."""
    rng = random.Random(length)
    lines = [beginning]
    count = len(beginning)
    while count < length:
        line = "".join(rng.choices(alphabet, k=rng.randint(0, 60))) + end
        lines.append(line)
        count += len(line)
    return "".join(lines)[:length]


# The folder of a test may be used for several texts, one after the other.
@settings(
    max_examples=6,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
    ],
)
@given(
    alphabet=st.sampled_from(sorted(ALPHABETS)),
    end=st.sampled_from(ENDS),
    beginning=st.sampled_from(BEGINNINGS),
    length=st.integers(LEAST - 1, LEAST + 200),
)
@example(alphabet="two emoji", end="", beginning="", length=LEAST)
@example(alphabet="no letters", end="\n", beginning="", length=LEAST)
def test_a_text_is_refused_in_a_sentence_or_works(
    alphabet: str, end: str, beginning: str, length: int, tmp_path: Path
) -> None:
    path = tmp_path / "odd.txt"
    text = make_text(ALPHABETS[alphabet], end, beginning, length)
    path.write_bytes(text.encode())
    try:
        report = own_text.describe_text(str(path), SMALL)
    except ValueError as error:
        message = str(error)
        assert "\n" not in message and message.endswith(".")
        assert len(message) < 400
        return
    assert all(map(str.isprintable, report.split("\n")))
    use_all_of_it(tg.load_corpus(str(path)), tmp_path)


def test_the_text_of_the_longest_check_is_allowed(tmp_path: Path) -> None:
    path = write_odd_text(tmp_path)
    report = own_text.describe_text(path, SMALL)
    assert "Alphabet: 2 characters; symbols 2." in report
    assert f"Length: {LEAST:,} characters;" in report and report.encode()
    assert all(each in Path(path).name for each in " '$()")


def use_all_of_it(text: str, folder: Path) -> None:
    """Call what the notebooks call on their text."""
    vocabulary = tg.Vocabulary.from_text(text)
    ids = vocabulary.encode(text)
    assert vocabulary.decode(ids) == text
    train_text, validation_text, test_text = tg.split_corpus(text)
    train_ids = vocabulary.encode(train_text)
    validation_ids = vocabulary.encode(validation_text)
    recipe = tg.recipe_for(SMALL)
    for sizes in ((100, 64), (SMALL.seq_length, SMALL.batch_size)):
        assert len(tg.window_batches(ids, *sizes)) >= 1
    for part in (train_ids, validation_ids):
        sizes = (recipe.seq_length, recipe.batch_size)
        assert len(tg.stream_batches(part, *sizes)) >= 1
    assert len(list(tg.stream_batches(ids))) >= 2

    model = model_of(len(vocabulary))
    ladder = tg.compare_models(
        train_text, test_text, vocabulary, {"our GRU": model}
    )
    assert all(np.isfinite(bits.mean) for bits in ladder.values())
    assert tg.format_table(ladder)
    draw(tg.plot_comparison(ladder))
    use_sampling(model, vocabulary, text, train_text, test_text)
    use_evaluation(model, vocabulary, train_ids, test_text)
    use_states(text[len(train_text) :][:3_000])
    path = tg.save_checkpoint(
        model, 1, folder, vocabulary, SMALL, train_ids=train_ids
    )
    _, loaded = tg.load_for_generation(path)
    assert loaded.characters == vocabulary.characters


def use_sampling(
    model: keras.Sequential,
    vocabulary: tg.Vocabulary,
    text: str,
    train_text: str,
    test_text: str,
) -> None:
    """Do what notebook 4 does, and what notebook 3 writes."""
    start = text[:7]
    logits = tg.next_char_logits(model, vocabulary, start)
    few = min(3, len(vocabulary))
    filtered = tg.filter_logits(logits[np.newaxis], top_k=few)[0]
    choices = {"all": np.exp(logits), "few": np.exp(filtered)}
    draw(tg.plot_next_chars(choices, vocabulary.idx2char))
    written = tg.generate_text(model, vocabulary, start, 300, seed=1)
    starts = [start, text[:30], text[200:240]]
    tg.generate_text(model, vocabulary, starts, 20, top_k=few, top_p=0.7)
    known = set(re.findall(r"\w+", text))
    draw(tg.plot_growth({"epoch 1": written, "epoch 2": start}, known))
    tg.longest_common_substring(written, train_text)
    tg.ngram_overlap(test_text[:300], train_text, 16)
    tg.compare_guess(50, np.nan, "%")


def use_evaluation(
    model: keras.Sequential,
    vocabulary: tg.Vocabulary,
    train_ids: np.ndarray,
    test_text: str,
) -> None:
    """Do what notebooks 3 and 4 do with a trained model."""
    test_ids = vocabulary.encode(test_text)
    window = tg.recipe_for(SMALL).seq_length
    assert np.isfinite(tg.bits_per_char(model, test_ids, window=window))
    bits = tg.surprisals(model, test_ids[:2_001])[0]
    passage = test_text[1:2_001]
    begin = passage.rfind("\n", 0, -120) + 1
    shown = slice(begin, begin + 120)
    draw(tg.plot_surprisal(passage[shown], bits[shown]))
    embedding = model.layers[0].get_weights()[0]
    counts = np.bincount(train_ids, minlength=len(vocabulary))
    draw(tg.plot_embedding(embedding, vocabulary.characters, counts))


def use_states(passage: str) -> None:
    """Do what notebook 6 does with the states of a model."""
    rng = np.random.default_rng(0)
    states = rng.uniform(-1, 1, (len(passage), 12))
    half = len(passage) // 2
    features = tg.text_features(passage[:half])
    telling = tg.most_correlated_units(features, states[:half])
    assert telling, "there must be a best one"
    gates = {"update gate": np.abs(states[:48])}
    draw(tg.plot_gates(passage[:48], gates, range(12)))
    draw(tg.plot_coloured_text(passage[:300], states[:300, 0], "unit 0", 72))
    marked = tg.mark_text(passage[:300], states[:300, 0], above=0.5)
    assert len(marked) >= 300


def draw(picture: Picture) -> None:
    """Draw a picture as a notebook does."""
    assert "nan" not in picture.alt_text.lower().split()
    picture.figure.savefig(io.BytesIO(), format="png")
