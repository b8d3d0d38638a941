"""What holds for every test, and for every example in a docstring."""

import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# No test depends on a clock, or on a folder that may be written.
settings.register_profile(
    "course",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)
settings.load_profile("course")


@pytest.fixture(autouse=True)
def known_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Announce times as for one and the same machine; measure nothing."""
    from textgen_helpers import settings as course_settings
    from textgen_helpers.training import duration

    monkeypatch.setattr(duration, "quick_step_seconds", lambda _: 0.02)
    folder = tmp_path_factory.getbasetemp() / f"measured-{uuid.uuid4().hex}"
    monkeypatch.setattr(course_settings, "measured_dir", lambda: folder)


@pytest.fixture(autouse=True)
def example_names(doctest_namespace: dict[str, Any]) -> None:
    """Give the examples the names that every notebook has."""
    import textgen_helpers as tg  # isort: skip (first: it loads TensorFlow)
    import keras
    import numpy as np
    import tensorflow as tf

    doctest_namespace.update(tg=tg, keras=keras, np=np, tf=tf)
