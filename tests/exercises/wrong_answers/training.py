"""Wrong answers to the exercises of notebook 3."""

WRONG = {
    "perplexity": {
        "not in bits": """
def perplexity(nats):
    return 2**nats
""",
        "this takes a logarithm": """
def perplexity(nats):
    return np.log(nats)
""",
        "leave out the minus": """
def perplexity(nats):
    return np.exp(-nats)
""",
        "these are bits": """
def perplexity(nats):
    return nats / np.log(2)
""",
        "an exponent, not a factor": """
def perplexity(nats):
    return np.e * nats
""",
    },
    "place_in_text": {
        "row and batch have changed places": """
def place_in_text(row, batch, length, batch_size, seq_length):
    return batch * ((length - 1) // batch_size) + row * seq_length
""",
        "the pieces of a batch side by side": """
def place_in_text(row, batch, length, batch_size, seq_length):
    return (batch * batch_size + row) * seq_length
""",
        "cut one character too long": """
def place_in_text(row, batch, length, batch_size, seq_length):
    return row * (length // batch_size) + batch * seq_length
""",
        "not by one more": """
def place_in_text(row, batch, length, batch_size, seq_length):
    return row * ((length - 1) // batch_size) + batch * (seq_length + 1)
""",
        "where the row begins, in any batch": """
def place_in_text(row, batch, length, batch_size, seq_length):
    return row * ((length - 1) // batch_size)
""",
    },
    "stop_epoch": {
        "this goes through all epochs": """
def stop_epoch(validation_losses, patience):
    best = int(np.argmin(validation_losses))
    return len(validation_losses), best + 1
""",
        "epochs count from 1": """
def stop_epoch(validation_losses, patience):
    best = 0
    for epoch, loss in enumerate(validation_losses):
        if loss < validation_losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return epoch, best
""",
        "first the stop, then the best": """
def stop_epoch(validation_losses, patience):
    best, lowest = 1, validation_losses[0]
    for epoch, loss in enumerate(validation_losses, start=1):
        if loss < lowest:
            best, lowest = epoch, loss
        if epoch - best == patience:
            return best, epoch
    return best, len(validation_losses)
""",
        "one epoch too late": """
def stop_epoch(validation_losses, patience):
    best, lowest = 1, validation_losses[0]
    for epoch, loss in enumerate(validation_losses, start=1):
        if loss < lowest:
            best, lowest = epoch, loss
        if epoch - best > patience:
            return epoch, best
    return len(validation_losses), best
""",
        "one epoch too early": """
def stop_epoch(validation_losses, patience):
    best, lowest = 1, validation_losses[0]
    for epoch, loss in enumerate(validation_losses, start=1):
        if loss < lowest:
            best, lowest = epoch, loss
        elif epoch - best + 1 == patience:
            return epoch, best
    return len(validation_losses), best
""",
        "stops at the first epoch": """
def stop_epoch(validation_losses, patience):
    lowest = validation_losses[0]
    for epoch, loss in enumerate(validation_losses[1:], start=2):
        if loss >= lowest:
            return epoch, epoch - 1
        lowest = loss
    return len(validation_losses), len(validation_losses)
""",
        "comes after the stop": """
def stop_epoch(validation_losses, patience):
    lowest, waited = validation_losses[0], 0
    best = validation_losses.index(min(validation_losses)) + 1
    for epoch, loss in enumerate(validation_losses[1:], start=2):
        waited = waited + 1 if loss >= lowest else 0
        lowest = min(lowest, loss)
        if waited == patience:
            return epoch, best
    return len(validation_losses), best
""",
        "compare with the best loss so far": """
def stop_epoch(validation_losses, patience):
    waited = 0
    for i in range(1, len(validation_losses)):
        if validation_losses[i] < validation_losses[i - 1]:
            waited = 0
        else:
            waited += 1
        if waited == patience:
            break
    return i + 1, int(np.argmin(validation_losses[: i + 1])) + 1
""",
        "epochs in a row: after a new best": """
def stop_epoch(validation_losses, patience):
    best, lowest, waited = 1, validation_losses[0], 0
    for epoch, loss in enumerate(validation_losses[1:], start=2):
        if loss < lowest:
            best, lowest = epoch, loss
        else:
            waited += 1
        if waited == patience:
            return epoch, best
    return len(validation_losses), best
""",
        "equal to the best": """
def stop_epoch(validation_losses, patience):
    best, lowest = 1, validation_losses[0]
    for epoch, loss in enumerate(validation_losses, start=1):
        if loss <= lowest:
            best, lowest = epoch, loss
        if epoch - best == patience:
            return epoch, best
    return len(validation_losses), best
""",
        "changes `validation_losses` in place": """
def stop_epoch(validation_losses, patience):
    losses, epoch, best = validation_losses, 0, 1
    lowest = float("inf")
    while losses and epoch - best < patience:
        loss, epoch = losses.pop(0), epoch + 1
        if loss < lowest:
            best, lowest = epoch, loss
    return epoch, best
""",
    },
    "unigram_bits": {
        "a minus is missing": """
def unigram_bits(train_ids, test_ids, vocab_size):
    counts = np.bincount(train_ids, minlength=vocab_size) + 1
    return np.log2((counts / counts.sum())[test_ids]).mean()
""",
        "these are nats": """
def unigram_bits(train_ids, test_ids, vocab_size):
    counts = np.bincount(train_ids, minlength=vocab_size) + 1
    return -np.log((counts / counts.sum())[test_ids]).mean()
""",
        "this is the sum": """
def unigram_bits(train_ids, test_ids, vocab_size):
    counts = np.bincount(train_ids, minlength=vocab_size) + 1
    return -np.log2((counts / counts.sum())[test_ids]).sum()
""",
        "the counts of `test_ids`": """
def unigram_bits(train_ids, test_ids, vocab_size):
    counts = np.bincount(test_ids, minlength=vocab_size) + 1
    return -np.log2((counts / counts.sum())[test_ids]).mean()
""",
        "the characters of `train_ids` cost": """
def unigram_bits(train_ids, test_ids, vocab_size):
    counts = np.bincount(train_ids, minlength=vocab_size) + 1
    return -np.log2((counts / counts.sum())[train_ids]).mean()
""",
        "costs infinitely much": """
def unigram_bits(train_ids, test_ids, vocab_size):
    counts = np.bincount(train_ids, minlength=vocab_size)
    return -np.log2((counts / counts.sum())[test_ids]).mean()
""",
        "add up to more than 1": """
def unigram_bits(train_ids, test_ids, vocab_size):
    counts = np.bincount(train_ids, minlength=vocab_size)
    return -np.log2(((counts + 1) / len(train_ids))[test_ids]).mean()
""",
        "`minlength`": """
def unigram_bits(train_ids, test_ids, vocab_size):
    counts = np.bincount(train_ids) + 1
    return -np.log2((counts / counts.sum())[test_ids]).mean()
""",
    },
    "witten_bell": {
        "this is right where the context came": """
def witten_bell(counts, shorter):
    total, different = counts.sum(), np.count_nonzero(counts)
    share = different / (total + different)
    return share * shorter + (1 - share) * counts / total
""",
        "T is how many different characters came, not how many came in all: "
        "that is N.": """
def witten_bell(counts, shorter):
    total = different = counts.sum()
    if total == 0:
        return shorter
    return (counts + different * shorter) / (total + different)
""",
        "not the size of the vocabulary": """
def witten_bell(counts, shorter):
    total, different = counts.sum(), len(counts)
    if total == 0:
        return shorter
    return (counts + different * shorter) / (total + different)
""",
        "the shares have changed places: the frequencies get N / (N + T).": """
def witten_bell(counts, shorter):
    total, different = counts.sum(), np.count_nonzero(counts)
    if total == 0:
        return shorter
    share = different / (total + different)
    return share * counts / total + (1 - share) * shorter
""",
        "a character that came needs something from `shorter` as well, or the "
        "sum is below 1.": """
def witten_bell(counts, shorter):
    total, different = counts.sum(), np.count_nonzero(counts)
    if total == 0:
        return shorter
    mixed = np.where(counts > 0, counts, different * shorter)
    return mixed / (total + different)
""",
        "the sum is above 1: the two shares must add up to 1.": """
def witten_bell(counts, shorter):
    total, different = counts.sum(), np.count_nonzero(counts)
    if total == 0:
        return shorter
    return (counts + different * shorter) / total
""",
        "not how many came in all: that is N. And for a context": """
def witten_bell(counts, shorter):
    total = counts.sum()
    return (counts + total * shorter) / (total + total)
""",
        "how many different counts there are": """
def witten_bell(counts, shorter):
    total, different = counts.sum(), len(np.unique(counts))
    if total == 0:
        return shorter
    return (counts + different * shorter) / (total + different)
""",
        "get N / (N + T). And for a context": """
def witten_bell(counts, shorter):
    total, different = counts.sum(), np.count_nonzero(counts)
    share = different / (total + different)
    return share * counts / total + (1 - share) * shorter
""",
        "or the sum is below 1. And for a context": """
def witten_bell(counts, shorter):
    total, different = counts.sum(), np.count_nonzero(counts)
    mixed = np.where(counts > 0, counts, different * shorter)
    return mixed / (total + different)
""",
        "must add up to 1. And for a context": """
def witten_bell(counts, shorter):
    total, different = counts.sum(), np.count_nonzero(counts)
    return counts / total + different / total * shorter
""",
    },
}
