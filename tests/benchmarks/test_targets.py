"""A target says which processors it is for, and whether it is reached."""

from dataclasses import replace

import pytest

from benchmarks.targets import ANY, BITS_16, BITS_32, KINDS, Target, kind_of
from textgen_helpers.settings import QUICK


@pytest.mark.parametrize(
    ("target", "value", "verdict"),
    [
        (Target(1 / 0.62), 1.7, "any: 1.61x reached"),
        (Target(4), 4.0, "any: 4x reached"),
        (Target(4), 3.99, "any: 4x MISSED"),
        (Target(4, BITS_32), 3.99, "32 bits: 4x MISSED"),
        (Target(4, BITS_16), 3.99, "(16 bits: 4x)"),
        (Target(4, BITS_16), 4.01, "(16 bits: 4x)"),
        (Target(1.15, is_most=True), 1.15, "any: at most 1.15x reached"),
        (Target(1.15, is_most=True), 1.16, "any: at most 1.15x MISSED"),
        (
            Target(180, BITS_32, " s", is_most=True),
            150,
            "32 bits: at most 180 s reached",
        ),
    ],
)
def test_a_missed_target_is_published_where_it_holds(
    target, value, verdict
) -> None:
    assert target.verdict(value, BITS_32) == verdict


def test_the_kind_is_the_format_that_trains_faster() -> None:
    assert kind_of(QUICK) == BITS_32
    assert kind_of(replace(QUICK, dtype="mixed_bfloat16")) == BITS_16
    assert set(KINDS) == {BITS_32, BITS_16} and ANY not in KINDS
