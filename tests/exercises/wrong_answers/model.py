"""Wrong answers to the exercises of notebook 2."""

WRONG = {
    "lstm_parameters": {
        "this is a GRU's number": """
def lstm_parameters(embedding_dim, rnn_units):
    return 3 * (embedding_dim + rnn_units + 2) * rnn_units
""",
        "three sets are a GRU's": """
def lstm_parameters(embedding_dim, rnn_units):
    return 3 * (embedding_dim + rnn_units + 1) * rnn_units
""",
        "two biases for each number": """
def lstm_parameters(embedding_dim, rnn_units):
    return 4 * (embedding_dim + rnn_units + 2) * rnn_units
""",
        "the biases are missing": """
def lstm_parameters(embedding_dim, rnn_units):
    inputs = embedding_dim * rnn_units
    states = rnn_units * rnn_units
    return 4 * (inputs + states)
""",
        "the weights for the old state are missing": """
def lstm_parameters(embedding_dim, rnn_units):
    return 4 * (embedding_dim + 1) * rnn_units
""",
        "each set has one bias here": """
def lstm_parameters(embedding_dim, rnn_units):
    return 4 * ((embedding_dim + rnn_units) * rnn_units + 1)
""",
        "this is one set": """
def lstm_parameters(embedding_dim, rnn_units):
    return (embedding_dim + rnn_units + 1) * rnn_units
""",
    },
    "softmax": {
        "subtract the largest logit of the row": """
def softmax(logits):
    powers = np.exp(logits - logits.min(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
""",
        "first subtract a number from each row": """
def softmax(logits):
    powers = np.exp(logits)
    return powers / powers.sum(axis=-1, keepdims=True)
""",
        "each column adds up to 1, but each row should: use axis -1.": """
def softmax(logits):
    powers = np.exp(logits - logits.max(axis=0))
    return powers / powers.sum(axis=0)
""",
        "all rows together add up to 1, but each should: sum with an axis.": """
def softmax(logits):
    powers = np.exp(logits - np.max(logits))
    return powers / np.sum(powers)
""",
        "the same number is subtracted from all rows": """
def softmax(logits):
    powers = np.exp(logits - logits.max())
    return powers / powers.sum(axis=-1, keepdims=True)
""",
        "the shapes do not fit": """
def softmax(logits):
    powers = np.exp(logits - logits.max(axis=-1))
    return powers / powers.sum(axis=-1)
""",
        "these are the logarithms": """
def softmax(logits):
    largest = logits.max(axis=-1, keepdims=True)
    shifted = logits - largest
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
""",
        "a probability is negative": """
def softmax(logits):
    return logits / logits.sum(axis=-1, keepdims=True)
""",
        "use axis -1. And e to the 1,000th overflows": """
def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum(axis=0)
""",
        "sum with an axis. And e to the 1,000th overflows": """
def softmax(logits):
    return np.exp(logits) / np.sum(np.exp(logits))
""",
        "changes `logits` in place": """
def softmax(logits):
    logits -= logits.max(axis=-1, keepdims=True)
    powers = np.exp(logits)
    return powers / powers.sum(axis=-1, keepdims=True)
""",
    },
    "mean_cross_entropy": {
        "a minus is missing": """
def mean_cross_entropy(logits, labels):
    probabilities = tf.nn.softmax(logits).numpy()
    return np.log(probabilities[np.arange(len(labels)), labels]).mean()
""",
        "these are bits": """
def mean_cross_entropy(logits, labels):
    probabilities = tf.nn.softmax(logits).numpy()
    return -np.log2(probabilities[np.arange(len(labels)), labels]).mean()
""",
        "this is the sum of all losses": """
def mean_cross_entropy(logits, labels):
    probabilities = tf.nn.softmax(logits).numpy()
    loss = 0
    for row, label in zip(probabilities, labels):
        loss -= np.log(row[label])
    return loss
""",
        "a loss for each character": """
def mean_cross_entropy(logits, labels):
    return keras.losses.sparse_categorical_crossentropy(
        labels, logits, from_logits=True
    ).numpy()
""",
        "every character of the vocabulary is counted": """
def mean_cross_entropy(logits, labels):
    return -np.log(tf.nn.softmax(logits)).mean()
""",
        "picks every label in every row": """
def mean_cross_entropy(logits, labels):
    probabilities = tf.nn.softmax(logits).numpy()
    return -np.log(probabilities[:, labels]).mean()
""",
        "the softmax is missing": """
def mean_cross_entropy(logits, labels):
    return -np.log(logits[np.arange(len(labels)), labels]).mean()
""",
        "only then the mean": """
def mean_cross_entropy(logits, labels):
    probabilities = tf.nn.softmax(logits).numpy()
    return -np.log(probabilities[np.arange(len(labels)), labels].mean())
""",
        "this takes the most likely characters": """
def mean_cross_entropy(logits, labels):
    probabilities = tf.nn.softmax(logits).numpy()
    return -np.log(probabilities.max(axis=-1)).mean()
""",
    },
    "draw": {
        "always takes the most likely": """
def draw(probabilities, uniform):
    return np.argmax(probabilities)
""",
        "all ids have the same chance": """
def draw(probabilities, uniform):
    return int(uniform * len(probabilities))
""",
        "the end of an interval": """
def draw(probabilities, uniform):
    end = 0.0
    for i, probability in enumerate(probabilities):
        end += probability
        if uniform <= end:
            return i
""",
        "one id too far": """
def draw(probabilities, uniform):
    i, end = 0, 0.0
    while end <= uniform:
        end += probabilities[i]
        i += 1
    return i
""",
        "one id too low": """
def draw(probabilities, uniform):
    return np.argmax(np.cumsum(probabilities) > uniform) - 1
""",
        "compared with each probability alone": """
def draw(probabilities, uniform):
    return np.argmax(probabilities > uniform)
""",
        "a place in the sorted list": """
def draw(probabilities, uniform):
    ends = np.cumsum(sorted(probabilities, reverse=True))
    return np.searchsorted(ends, uniform, side="right")
""",
        "this is the probability": """
def draw(probabilities, uniform):
    end = 0.0
    for probability in probabilities:
        end += probability
        if uniform < end:
            return probability
""",
        "the border nearest to `uniform`": """
def draw(probabilities, uniform):
    return np.abs(np.cumsum(probabilities) - uniform).argmin()
""",
    },
}
