"""What holds for every test, and for every example in a docstring."""

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
def example_names(doctest_namespace: dict[str, Any]) -> None:
    """Give the examples the names that every notebook has."""
    import textgen_helpers as tg  # isort: skip (first: it loads TensorFlow)
    import keras
    import numpy as np
    import tensorflow as tf

    doctest_namespace.update(tg=tg, keras=keras, np=np, tf=tf)
