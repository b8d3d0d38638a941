"""Wrong answers to the exercises of notebook 7."""

WRONG = {
    "row_block": {
        "dealt one by one": """
def row_block(worker, workers, batch_size):
    return [row for row in range(batch_size) if row % workers == worker]
""",
        "begins at the worker's number": """
def row_block(worker, workers, batch_size):
    return np.arange(worker, worker + batch_size // workers)
""",
        "workers count from 0": """
def row_block(worker, workers, batch_size):
    count = batch_size // workers
    return range(count * (worker - 1), count * worker)
""",
        "one row too long": """
def row_block(worker, workers, batch_size):
    count = batch_size // workers
    return range(worker * count, (worker + 1) * count + 1)
""",
        "the last row is missing": """
def row_block(worker, workers, batch_size):
    count = batch_size // workers
    return range(worker * count, (worker + 1) * count - 1)
""",
        "the two ends": """
def row_block(worker, workers, batch_size):
    count = batch_size // workers
    return worker * count, (worker + 1) * count
""",
        "first row alone": """
def row_block(worker, workers, batch_size):
    return worker * (batch_size // workers)
""",
        "as many rows as there are workers": """
def row_block(worker, workers, batch_size):
    return range(worker * workers, worker * workers + workers)
""",
        "all workers get the first block": """
def row_block(worker, workers, batch_size):
    return list(range(batch_size // workers))
""",
        "goes on to the last row": """
def row_block(worker, workers, batch_size):
    return np.arange(batch_size)[worker * (batch_size // workers) :]
""",
        "`range` needs whole numbers": """
def row_block(worker, workers, batch_size):
    count = batch_size / workers
    return range(worker * count, (worker + 1) * count)
""",
    },
    "whole_gradient": {
        "this is the sum": """
def whole_gradient(grads, rows):
    return np.sum(grads, axis=0)
""",
        "right for equal numbers of rows only": """
def whole_gradient(grads, rows):
    return np.mean(grads, axis=0)
""",
        "the division is missing": """
def whole_gradient(grads, rows):
    return sum(n * grad for n, grad in zip(rows, grads))
""",
        "divides by the number of workers": """
def whole_gradient(grads, rows):
    return np.mean([n * grad for n, grad in zip(rows, grads)], axis=0)
""",
        "counts as a single row": """
def whole_gradient(grads, rows):
    return sum(grads) / sum(rows)
""",
        "in place of dividing": """
def whole_gradient(grads, rows):
    return sum(grad / n for n, grad in zip(rows, grads))
""",
        "the first worker alone": """
def whole_gradient(grads, rows):
    for grad, n in zip(grads, rows):
        return grad * n / n
""",
        "all numbers became one": """
def whole_gradient(grads, rows):
    return np.mean(grads)
""",
        "not added yet": """
def whole_gradient(grads, rows):
    return [grad * n / sum(rows) for grad, n in zip(grads, rows)]
""",
        "changes `grads` in place": """
def whole_gradient(grads, rows):
    for grad, n in zip(grads, rows):
        grad *= n / sum(rows)
    return sum(grads)
""",
    },
    "network_ratio": {
        "this is half of it": """
def network_ratio(machines, seconds, size, speed):
    network = (machines - 1) / machines * size / speed
    return network / (seconds / machines)
""",
        "the computing is not shared yet": """
def network_ratio(machines, seconds, size, speed):
    return 2 * (machines - 1) / machines * size / speed / seconds
""",
        "a single machine sends nothing": """
def network_ratio(machines, seconds, size, speed):
    return 2 * size / speed / (seconds / machines)
""",
        "to every other": """
def network_ratio(machines, seconds, size, speed):
    network = 2 * (machines - 1) * size / speed
    return network / (seconds / machines)
""",
        "upside down": """
def network_ratio(machines, seconds, size, speed):
    network = 2 * (machines - 1) / machines * size / speed
    return seconds / machines / network
""",
        "this counts bits": """
def network_ratio(machines, seconds, size, speed):
    network = 2 * (machines - 1) / machines * 8 * size / speed
    return network / (seconds / machines)
""",
        "share of the whole step": """
def network_ratio(machines, seconds, size, speed):
    network = 2 * (machines - 1) / machines * size / speed
    return network / (network + seconds / machines)
""",
        "a difference in seconds": """
def network_ratio(machines, seconds, size, speed):
    network = 2 * (machines - 1) / machines * size / speed
    return network - seconds / machines
""",
        "these are the seconds of the network": """
def network_ratio(machines, seconds, size, speed):
    return 2 * (machines - 1) / machines * size / speed
""",
        "only whether it is more": """
def network_ratio(machines, seconds, size, speed):
    network = 2 * (machines - 1) / machines * size / speed
    return network > seconds / machines
""",
    },
}
