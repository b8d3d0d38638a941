"""Does a generated text copy? What of it occurs verbatim in another text."""


def longest_common_substring(text: str, source: str) -> str:
    """Find the longest part of a text that occurs verbatim in another one.

    Args:
        text: For example a generated text.
        source: For example the text that the model was trained on.

    Returns:
        The longest part of `text` that occurs in `source`, the first one of
        several; an empty string if they share no character.

    Example:
        >>> tg.longest_common_substring("my lord, good day", "good day, sir")
        'good day'

    Notebook 4 uses it.
    """
    longest = ""
    for start in range(len(text)):
        # Only a part that is longer than the best so far is of interest.
        end = start + len(longest) + 1
        while end <= len(text) and text[start:end] in source:
            longest = text[start:end]
            end += 1
    return longest


def ngram_overlap(text: str, source: str, n: int) -> float:
    """Measure how many of a text's n-grams occur in another text.

    Args:
        text: For example a generated text.
        source: For example the text that the model was trained on.
        n: Number of characters in an n-gram.

    Returns:
        A fraction from 0 to 1. N-grams overlap: one begins at each character.

    Raises:
        ValueError: `n` is below 1, or longer than the text.

    Example:
        >>> tg.ngram_overlap("abcd", "xabcx", n=3)
        0.5

    Notebook 4 uses it.
    """
    if not 1 <= n <= len(text):
        raise ValueError(
            f"n must be from 1 to the text's {len(text):,} characters, but "
            f"is {n}: take a longer text or a smaller n."
        )
    starts = range(len(text) - n + 1)
    count = sum(text[start : start + n] in source for start in starts)
    return count / len(starts)
