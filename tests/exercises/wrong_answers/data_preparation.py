"""Wrong answers to the exercises of notebook 1."""

WRONG = {
    "most_common": {
        "counts beside the characters": """
from collections import Counter
def most_common(text, count):
    return Counter(text).most_common(count)
""",
        "the rarest come first": """
def most_common(text, count):
    return sorted(set(text), key=text.count)[:count]
""",
        "the first of the alphabet": """
def most_common(text, count):
    return sorted(set(text))[:count]
""",
        "counted together": """
def most_common(text, count):
    text = text.lower()
    return sorted(set(text), key=text.count, reverse=True)[:count]
""",
        "gives all characters": """
def most_common(text, count):
    return sorted(set(text), key=text.count, reverse=True)
""",
        "this is one string": """
def most_common(text, count):
    order = sorted(set(text), key=text.count, reverse=True)
    return "".join(order[:count])
""",
    },
    "cut_windows": {
        "targets equal inputs": """
def cut_windows(ids, seq_length, stride):
    starts = range(0, len(ids) - seq_length, stride)
    inputs = np.array([ids[i : i + seq_length] for i in starts])
    return inputs, inputs
""",
        "inputs and targets have changed places": """
def cut_windows(ids, seq_length, stride):
    starts = range(0, len(ids) - seq_length, stride)
    chunks = np.array([ids[i : i + seq_length + 1] for i in starts])
    return chunks[:, 1:], chunks[:, :-1]
""",
        "the last window is missing": """
def cut_windows(ids, seq_length, stride):
    starts = range(0, len(ids) - seq_length - 1, stride)
    chunks = np.array([ids[i : i + seq_length + 1] for i in starts])
    return chunks[:, :-1], chunks[:, 1:]
""",
        "begins one character too late": """
def cut_windows(ids, seq_length, stride):
    starts = range(0, len(ids) - seq_length + 1, stride)
    chunks = np.array([ids[i : i + seq_length + 1] for i in starts])
    return chunks[:, :-1], chunks[:, 1:]
""",
        "one input window too many": """
def cut_windows(ids, seq_length, stride):
    size = range(0, len(ids) - seq_length + 1, stride)
    inputs = np.array([ids[i : i + seq_length] for i in size])
    size = range(1, len(ids) - seq_length + 1, stride)
    return inputs, np.array([ids[i : i + seq_length] for i in size])
""",
        "the last windows are too short": """
def cut_windows(ids, seq_length, stride):
    starts = range(0, len(ids), stride)
    chunks = np.array([ids[i : i + seq_length + 1] for i in starts])
    return chunks[:, :-1], chunks[:, 1:]
""",
        "begin `seq_length` apart": """
def cut_windows(ids, seq_length, stride):
    starts = range(0, len(ids) - seq_length, seq_length)
    chunks = np.array([ids[i : i + seq_length + 1] for i in starts])
    return chunks[:, :-1], chunks[:, 1:]
""",
        "begin at every character": """
def cut_windows(ids, seq_length, stride):
    starts = range(len(ids) - seq_length)
    chunks = np.array([ids[i : i + seq_length + 1] for i in starts])
    return chunks[:, :-1], chunks[:, 1:]
""",
        "begin `seq_length + 1` apart": """
def cut_windows(ids, seq_length, stride):
    starts = range(0, len(ids) - seq_length, seq_length + 1)
    chunks = np.array([ids[i : i + seq_length + 1] for i in starts])
    return chunks[:, :-1], chunks[:, 1:]
""",
        "changes `ids` in place": """
def cut_windows(ids, seq_length, stride):
    starts = range(0, len(ids) - seq_length, stride)
    chunks = np.array([ids[i : i + seq_length + 1] for i in starts])
    ids[:] = 0
    return chunks[:, :-1], chunks[:, 1:]
""",
    },
}
