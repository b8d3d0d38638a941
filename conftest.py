"""What the examples in docstrings may use without importing it."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def example_names(doctest_namespace: dict[str, Any]) -> None:
    """Give the examples the names that every notebook has."""
    import textgen_helpers as tg  # isort: skip (first: it loads TensorFlow)
    import keras
    import numpy as np
    import tensorflow as tf

    doctest_namespace.update(tg=tg, keras=keras, np=np, tf=tf)
