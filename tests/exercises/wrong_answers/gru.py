"""Wrong answers to the exercises of notebook 6."""

WRONG = {
    "share_left": {
        "this multiplies by the number of steps": """
def share_left(z, steps):
    return z * steps
""",
        "takes the same amount at each step": """
def share_left(z, steps):
    share = 1
    for _ in range(steps):
        share -= 1 - z
    return share
""",
        "what the first step leaves": """
def share_left(z, steps):
    for _ in range(steps):
        share = z * 1
    return share
""",
        "`z` is the share that stays": """
def share_left(z, steps):
    return (1 - z) ** steps
""",
        "the share that is lost": """
def share_left(z, steps):
    return 1 - z**steps
""",
        "one step is missing": """
def share_left(z, steps):
    share = 1
    for _ in range(1, steps):
        share *= z
    return share
""",
        "this divides by the number of steps": """
def share_left(z, steps):
    return z / steps
""",
        "one step too many": """
def share_left(z, steps):
    share = z
    for _ in range(steps):
        share *= z
    return share
""",
    },
    "lstm_step": {
        "input and forget gate have changed places": """
def lstm_step(x, h, c, kernel, recurrent, bias):
    f, i, g, o = np.split(x @ kernel + h @ recurrent + bias, 4)
    c = tf.sigmoid(f) * c + tf.sigmoid(i) * np.tanh(g)
    return tf.sigmoid(o) * np.tanh(c), c
""",
        "candidate and output gate have changed places": """
def lstm_step(x, h, c, kernel, recurrent, bias):
    i, f, o, g = np.split(x @ kernel + h @ recurrent + bias, 4)
    c = tf.sigmoid(f) * c + tf.sigmoid(i) * np.tanh(g)
    return tf.sigmoid(o) * np.tanh(c), c
""",
        "forget gate and candidate have changed places": """
def lstm_step(x, h, c, kernel, recurrent, bias):
    i, g, f, o = np.split(x @ kernel + h @ recurrent + bias, 4)
    c = tf.sigmoid(f) * c + tf.sigmoid(i) * np.tanh(g)
    return tf.sigmoid(o) * np.tanh(c), c
""",
        "tanh is missing between the new cell and `h`": """
def lstm_step(x, h, c, kernel, recurrent, bias):
    i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4)
    c = tf.sigmoid(f) * c + tf.sigmoid(i) * np.tanh(g)
    return tf.sigmoid(o) * c, c
""",
        "tanh is missing at the candidate": """
def lstm_step(x, h, c, kernel, recurrent, bias):
    i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4)
    c = tf.sigmoid(f) * c + tf.sigmoid(i) * g
    return tf.sigmoid(o) * np.tanh(c), c
""",
        "the candidate is not a gate": """
def lstm_step(x, h, c, kernel, recurrent, bias):
    sums = x @ kernel + h @ recurrent + bias
    i, f, g, o = np.split(1 / (1 + np.exp(-sums)), 4)
    c = f * c + i * g
    return o * np.tanh(c), c
""",
        "`h` is computed from the old cell": """
def lstm_step(x, h, c, kernel, recurrent, bias):
    i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4)
    h = tf.sigmoid(o) * np.tanh(c)
    c = tf.sigmoid(f) * c + tf.sigmoid(i) * np.tanh(g)
    return h, c
""",
        "`1 - f` is used in place of the input gate": """
def lstm_step(x, h, c, kernel, recurrent, bias):
    i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4)
    c = tf.sigmoid(f) * c + (1 - tf.sigmoid(f)) * np.tanh(g)
    return tf.sigmoid(o) * np.tanh(c), c
""",
        "the old cell is lost": """
def lstm_step(x, h, c, kernel, recurrent, bias):
    def sigmoid(a):
        return 1 / (1 + np.exp(-a))

    i, f, c, o = np.split(x @ kernel + h @ recurrent + bias, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(c)
    return sigmoid(o) * np.tanh(c), c
""",
        "the bias is missing": """
def lstm_step(x, h, c, kernel, recurrent, bias):
    i, f, g, o = np.split(x @ kernel + h @ recurrent, 4)
    c = tf.sigmoid(f) * c + tf.sigmoid(i) * np.tanh(g)
    return tf.sigmoid(o) * np.tanh(c), c
""",
        "the two results have changed places": """
def lstm_step(x, h, c, kernel, recurrent, bias):
    i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4)
    c = tf.sigmoid(f) * c + tf.sigmoid(i) * np.tanh(g)
    return c, tf.sigmoid(o) * np.tanh(c)
""",
    },
    "step_back": {
        "the last two have changed places": """
def step_back(d, h, z, c):
    return d * z, d * (1 - z) * (1 - c**2), d * (h - c) * z * (1 - z)
""",
        "this ends at `z` and `c`": """
def step_back(d, h, z, c):
    return d * z, d * (h - c), d * (1 - z)
""",
        "the slope of the sigmoid is missing": """
def step_back(d, h, z, c):
    return d * z, d * (h - c), d * (1 - z) * (1 - c**2)
""",
        "the slope of tanh is missing": """
def step_back(d, h, z, c):
    return d * z, d * (h - c) * z * (1 - z), d * (1 - z)
""",
        "the sign at `z` is wrong": """
def step_back(d, h, z, c):
    return d * z, d * (c - h) * z * (1 - z), d * (1 - z) * (1 - c**2)
""",
        "`z` occurs twice in the formula": """
def step_back(d, h, z, c):
    return d * z, d * h * z * (1 - z), d * (1 - z) * (1 - c**2)
""",
        "do not apply them again": """
def step_back(d, h, z, c):
    gate = tf.sigmoid(z)
    d_z = d * (h - c) * gate * (1 - gate)
    return d * z, d_z, d * (1 - z) * (1 - np.tanh(c) ** 2)
""",
        "`d` is missing": """
def step_back(d, h, z, c):
    return z, (h - c) * z * (1 - z), (1 - z) * (1 - c**2)
""",
    },
}
