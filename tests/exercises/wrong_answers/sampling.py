"""Wrong answers to the exercises of notebook 4."""

WRONG = {
    "with_temperature": {
        "multiplied by the temperature": """
def with_temperature(logits, temperature):
    return tf.nn.softmax(logits * temperature)
""",
        "the softmax is missing": """
def with_temperature(logits, temperature):
    return logits / temperature
""",
        "this divides probabilities": """
def with_temperature(logits, temperature):
    return tf.nn.softmax(logits) / temperature
""",
        "there are two softmaxes": """
def with_temperature(logits, temperature):
    return tf.nn.softmax(tf.nn.softmax(logits) / temperature)
""",
        "the temperature has no effect": """
def with_temperature(logits, temperature):
    return tf.nn.softmax(logits)
""",
        "the powers alone do not add up": """
def with_temperature(logits, temperature):
    return np.exp(logits / temperature)
""",
        "logits can be negative": """
def with_temperature(logits, temperature):
    scaled = logits / temperature
    return scaled / np.sum(scaled)
""",
        "`np.exp` overflows": """
def with_temperature(logits, temperature):
    powers = np.exp(logits / temperature)
    return powers / np.sum(powers)
""",
        "changes `logits` in place": """
def with_temperature(logits, temperature):
    logits /= temperature
    return tf.nn.softmax(logits)
""",
    },
    "top_k": {
        "the others are zero": """
def top_k(logits, k):
    return np.where(logits >= np.sort(logits)[-k], logits, 0)
""",
        "one too many is left": """
def top_k(logits, k):
    least = np.sort(logits)[::-1][k]
    return np.where(logits >= least, logits, -np.inf)
""",
        "one too few is left": """
def top_k(logits, k):
    least = np.sort(logits)[-k]
    return np.where(logits > least, logits, -np.inf)
""",
        "the smallest are left": """
def top_k(logits, k):
    result = np.full(len(logits), -np.inf)
    kept = np.argsort(logits)[:k]
    result[kept] = logits[kept]
    return result
""",
        "the k largest are removed": """
def top_k(logits, k):
    least = np.sort(logits)[-k]
    return np.where(logits >= least, -np.inf, logits)
""",
        "these are probabilities": """
def top_k(logits, k):
    least = np.sort(logits)[-k]
    return tf.nn.softmax(np.where(logits >= least, logits, -np.inf))
""",
        "sort only to find which logits to keep": """
def top_k(logits, k):
    ordered = np.sort(logits)[::-1]
    ordered[k:] = -np.inf
    return ordered
""",
        "the k largest alone": """
def top_k(logits, k):
    return tf.math.top_k(logits, k).values
""",
        "the k largest in rising order": """
def top_k(logits, k):
    return np.sort(logits)[-k:]
""",
        "these are ids: keep": """
def top_k(logits, k):
    return tf.math.top_k(logits, k).indices
""",
        "these are ids, the likeliest last": """
def top_k(logits, k):
    return np.argsort(logits)[-k:]
""",
        "changes `logits` in place": """
def top_k(logits, k):
    logits[logits < np.sort(logits)[-k]] = -np.inf
    return logits
""",
    },
    "top_p": {
        "it stops before the sum reaches": """
def top_p(logits, p):
    order = np.argsort(-logits)
    reached = np.cumsum(tf.nn.softmax(logits).numpy()[order])
    result = np.array(logits)
    result[order[reached > p]] = -np.inf
    return result
""",
        "one too many is left": """
def top_p(logits, p):
    order = np.argsort(-logits)
    reached = np.cumsum(tf.nn.softmax(logits).numpy()[order])
    result = np.array(logits)
    result[order[np.argmax(reached >= p) + 2 :]] = -np.inf
    return result
""",
        "each probability alone is compared": """
def top_p(logits, p):
    return np.where(tf.nn.softmax(logits) >= p, logits, -np.inf)
""",
        "order of the vocabulary: begin with": """
def top_p(logits, p):
    chances = tf.nn.softmax(logits).numpy()
    before = np.cumsum(chances) - chances
    return np.where(before < p, logits, -np.inf)
""",
        "order of the vocabulary: sort first": """
def top_p(logits, p):
    reached = np.cumsum(tf.nn.softmax(logits))
    return np.where(reached <= p, logits, -np.inf)
""",
        "begins with the unlikeliest": """
def top_p(logits, p):
    order = np.argsort(logits)
    chances = tf.nn.softmax(logits).numpy()[order]
    before = np.cumsum(chances) - chances
    result = np.array(logits)
    result[order[before >= p]] = -np.inf
    return result
""",
        "the choice is made in sorted order": """
def top_p(logits, p):
    chances = np.sort(tf.nn.softmax(logits))[::-1]
    before = np.cumsum(chances) - chances
    return np.where(before < p, logits, -np.inf)
""",
        "the logits come back sorted": """
def top_p(logits, p):
    ordered = np.sort(logits)[::-1]
    chances = tf.nn.softmax(ordered).numpy()
    before = np.cumsum(chances) - chances
    return np.where(before < p, ordered, -np.inf)
""",
        "the others are zero": """
def top_p(logits, p):
    order = np.argsort(-logits)
    chances = tf.nn.softmax(logits).numpy()[order]
    before = np.cumsum(chances) - chances
    result = np.array(logits)
    result[order[before >= p]] = 0
    return result
""",
        "these are probabilities": """
def top_p(logits, p):
    chances = tf.nn.softmax(logits).numpy()
    order = np.argsort(-chances)
    before = np.cumsum(chances[order]) - chances[order]
    chances[order[before >= p]] = 0
    return chances / chances.sum()
""",
        "changes `logits` in place": """
def top_p(logits, p):
    order = np.argsort(-logits)
    chances = tf.nn.softmax(logits).numpy()[order]
    before = np.cumsum(chances) - chances
    logits[order[before >= p]] = -np.inf
    return logits
""",
    },
}
