"""Wrong answers to the exercises of notebook 5."""

WRONG = {
    "global_norm": {
        "the root is missing": """
def global_norm(grads):
    return sum(np.sum(grad**2) for grad in grads)
""",
        "norms do not add up": """
def global_norm(grads):
    return sum(np.linalg.norm(grad) for grad in grads)
""",
        "a norm for each array": """
def global_norm(grads):
    return [np.linalg.norm(grad) for grad in grads]
""",
        "the largest norm of a single array": """
def global_norm(grads):
    return max(np.linalg.norm(grad) for grad in grads)
""",
        "the last array alone": """
def global_norm(grads):
    for grad in grads:
        total = np.sum(grad**2)
    return np.sqrt(total)
""",
        "adds the numbers without their signs": """
def global_norm(grads):
    return sum(np.sum(np.abs(grad)) for grad in grads)
""",
        "numbers of both signs cancel out": """
def global_norm(grads):
    return sum(np.sum(grad) for grad in grads)
""",
        "a mean of the squares": """
def global_norm(grads):
    flat = np.concatenate([grad.ravel() for grad in grads])
    return np.sqrt(np.mean(flat**2))
""",
        "cannot be joined": """
def global_norm(grads):
    return np.linalg.norm(np.concatenate(grads))
""",
        "sum the squares within each": """
def global_norm(grads):
    return np.sqrt(sum(grad**2 for grad in grads))
""",
    },
    "clip_by_global_norm": {
        "each array is clipped by its own norm": """
def clip_by_global_norm(grads, limit):
    return [tf.clip_by_norm(grad, limit) for grad in grads]
""",
        "each number is clipped by itself": """
def clip_by_global_norm(grads, limit):
    return [np.clip(grad, -limit, limit) for grad in grads]
""",
        "small gradients are scaled up": """
def clip_by_global_norm(grads, limit):
    norm = np.sqrt(sum(np.sum(grad**2) for grad in grads))
    return [grad * limit / norm for grad in grads]
""",
        "get a norm of 1": """
def clip_by_global_norm(grads, limit):
    norm = np.sqrt(sum(np.sum(grad**2) for grad in grads))
    if norm > limit:
        grads = [grad / norm for grad in grads]
    return grads
""",
        "the factor is upside down": """
def clip_by_global_norm(grads, limit):
    norm = np.sqrt(sum(np.sum(grad**2) for grad in grads))
    if norm > limit:
        grads = [grad * norm / limit for grad in grads]
    return grads
""",
        "the norm lacks its root": """
def clip_by_global_norm(grads, limit):
    norm = sum(np.sum(grad**2) for grad in grads)
    if norm > limit:
        grads = [grad * limit / norm for grad in grads]
    return grads
""",
        "come back as they were": """
def clip_by_global_norm(grads, limit):
    norm = np.sqrt(sum(np.sum(grad**2) for grad in grads))
    for grad in grads:
        if norm > limit:
            grad = grad * limit / norm
    return grads
""",
        "the norm comes back with the gradients": """
def clip_by_global_norm(grads, limit):
    return tf.clip_by_global_norm(grads, limit)
""",
        "changes `grads` in place": """
def clip_by_global_norm(grads, limit):
    norm = np.sqrt(sum(np.sum(grad**2) for grad in grads))
    for grad in grads:
        grad *= limit / max(norm, limit)
    return grads
""",
    },
    "scheduled_inputs": {
        "takes its place: it belongs": """
def scheduled_inputs(inputs, guesses, coins):
    return np.where(coins, guesses, inputs)
""",
        "except for the first": """
def scheduled_inputs(inputs, guesses, coins):
    mixed = inputs.copy()
    mixed[:, 1:] = np.where(coins[:, 1:], guesses[:, 1:], inputs[:, 1:])
    return mixed
""",
        "the coins are inverted": """
def scheduled_inputs(inputs, guesses, coins):
    mixed = inputs.copy()
    mixed[:, 1:] = np.where(coins[:, 1:], inputs[:, 1:], guesses[:, :-1])
    return mixed
""",
        "replaced by the row's last guess": """
def scheduled_inputs(inputs, guesses, coins):
    return np.where(coins, np.roll(guesses, 1, axis=1), inputs)
""",
        "move from one row into the next": """
def scheduled_inputs(inputs, guesses, coins):
    return np.where(coins, np.roll(guesses, 1), inputs)
""",
        "the coin of the position before": """
def scheduled_inputs(inputs, guesses, coins):
    mixed = inputs.copy()
    mixed[:, 1:] = np.where(coins[:, :-1], guesses[:, :-1], inputs[:, 1:])
    return mixed
""",
        "all are guesses": """
def scheduled_inputs(inputs, guesses, coins):
    return np.concatenate([inputs[:, :1], guesses[:, :-1]], axis=1)
""",
        "the first character is missing": """
def scheduled_inputs(inputs, guesses, coins):
    return np.where(coins[:, 1:], guesses[:, :-1], inputs[:, 1:])
""",
        "changes `inputs` in place": """
def scheduled_inputs(inputs, guesses, coins):
    inputs[:, 1:] = np.where(coins[:, 1:], guesses[:, :-1], inputs[:, 1:])
    return inputs
""",
    },
}
