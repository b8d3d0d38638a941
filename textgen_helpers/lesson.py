"""The first line of every notebook."""

import keras
import tensorflow as tf

from .plots.base import use_style
from .settings import SEED, Settings, read_settings


def begin_lesson(notebook: str) -> Settings:
    """Begin a notebook: seed all random numbers, and print one line.

    It also sets how the pictures look.

    Args:
        notebook: The notebook's name, printed in that line.

    Returns:
        The settings that the environment asks for: the quick profile, unless
        `TEXTGEN_PROFILE` is "full".

    Raises:
        ValueError: For a profile or a number format that does not exist.

    Example:
        `settings = tg.begin_lesson("03_training_with_fit")`
    """
    settings = read_settings()
    keras.utils.set_random_seed(SEED)
    use_style()
    bits = 32 if settings.dtype == "float32" else 16
    device = "GPU" if tf.config.list_physical_devices("GPU") else "no GPU"
    print(
        # As Python writes it: a file name can have what cannot be printed.
        f"{notebook}: {settings.profile} profile, text {settings.corpus!r}, "
        f"TensorFlow {tf.__version__}, Keras {keras.__version__}, {device}, "
        f"{bits}-bit training"
    )
    return settings
