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
        "one minus too many": """
def perplexity(nats):
    return np.exp(-nats)
""",
        "these are bits": """
def perplexity(nats):
    return nats / np.log(2)
""",
    },
    "stop_epoch": {
        "this goes through all epochs": """
def stop_epoch(held_out_losses, patience):
    best = int(np.argmin(held_out_losses))
    return len(held_out_losses), best + 1
""",
        "epochs count from 1": """
def stop_epoch(held_out_losses, patience):
    best = 0
    for epoch, loss in enumerate(held_out_losses):
        if loss < held_out_losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return epoch, best
""",
        "first the stop, then the best": """
def stop_epoch(held_out_losses, patience):
    best, lowest = 1, held_out_losses[0]
    for epoch, loss in enumerate(held_out_losses, start=1):
        if loss < lowest:
            best, lowest = epoch, loss
        if epoch - best == patience:
            return best, epoch
    return best, len(held_out_losses)
""",
        "one epoch too late": """
def stop_epoch(held_out_losses, patience):
    best, lowest = 1, held_out_losses[0]
    for epoch, loss in enumerate(held_out_losses, start=1):
        if loss < lowest:
            best, lowest = epoch, loss
        if epoch - best > patience:
            return epoch, best
    return len(held_out_losses), best
""",
        "one epoch too early": """
def stop_epoch(held_out_losses, patience):
    best, lowest = 1, held_out_losses[0]
    for epoch, loss in enumerate(held_out_losses, start=1):
        if loss < lowest:
            best, lowest = epoch, loss
        elif epoch - best + 1 == patience:
            return epoch, best
    return len(held_out_losses), best
""",
        "stops at the first epoch": """
def stop_epoch(held_out_losses, patience):
    lowest = held_out_losses[0]
    for epoch, loss in enumerate(held_out_losses[1:], start=2):
        if loss >= lowest:
            return epoch, epoch - 1
        lowest = loss
    return len(held_out_losses), len(held_out_losses)
""",
        "comes after the stop": """
def stop_epoch(held_out_losses, patience):
    lowest, waited = held_out_losses[0], 0
    best = held_out_losses.index(min(held_out_losses)) + 1
    for epoch, loss in enumerate(held_out_losses[1:], start=2):
        waited = waited + 1 if loss >= lowest else 0
        lowest = min(lowest, loss)
        if waited == patience:
            return epoch, best
    return len(held_out_losses), best
""",
        "compare with the best so far": """
def stop_epoch(held_out_losses, patience):
    waited = 0
    for i in range(1, len(held_out_losses)):
        if held_out_losses[i] < held_out_losses[i - 1]:
            waited = 0
        else:
            waited += 1
        if waited == patience:
            break
    return i + 1, int(np.argmin(held_out_losses[: i + 1])) + 1
""",
        "in a row are meant": """
def stop_epoch(held_out_losses, patience):
    best, lowest, waited = 1, held_out_losses[0], 0
    for epoch, loss in enumerate(held_out_losses[1:], start=2):
        if loss < lowest:
            best, lowest = epoch, loss
        else:
            waited += 1
        if waited == patience:
            return epoch, best
    return len(held_out_losses), best
""",
        "equal to the best": """
def stop_epoch(held_out_losses, patience):
    best, lowest = 1, held_out_losses[0]
    for epoch, loss in enumerate(held_out_losses, start=1):
        if loss <= lowest:
            best, lowest = epoch, loss
        if epoch - best == patience:
            return epoch, best
    return len(held_out_losses), best
""",
    },
    "unigram_bits": {
        "one sign is missing": """
def unigram_bits(train_ids, ids, vocab_size):
    counts = np.bincount(train_ids, minlength=vocab_size) + 1
    return np.log2((counts / counts.sum())[ids]).mean()
""",
        "these are nats": """
def unigram_bits(train_ids, ids, vocab_size):
    counts = np.bincount(train_ids, minlength=vocab_size) + 1
    return -np.log((counts / counts.sum())[ids]).mean()
""",
        "this is the sum": """
def unigram_bits(train_ids, ids, vocab_size):
    counts = np.bincount(train_ids, minlength=vocab_size) + 1
    return -np.log2((counts / counts.sum())[ids]).sum()
""",
        "the counts of `ids`": """
def unigram_bits(train_ids, ids, vocab_size):
    counts = np.bincount(ids, minlength=vocab_size) + 1
    return -np.log2((counts / counts.sum())[ids]).mean()
""",
        "the characters of `train_ids` cost": """
def unigram_bits(train_ids, ids, vocab_size):
    counts = np.bincount(train_ids, minlength=vocab_size) + 1
    return -np.log2((counts / counts.sum())[train_ids]).mean()
""",
        "an unseen character costs infinitely much": """
def unigram_bits(train_ids, ids, vocab_size):
    counts = np.bincount(train_ids, minlength=vocab_size)
    return -np.log2((counts / counts.sum())[ids]).mean()
""",
        "their total lacks the ones": """
def unigram_bits(train_ids, ids, vocab_size):
    counts = np.bincount(train_ids, minlength=vocab_size)
    return -np.log2(((counts + 1) / len(train_ids))[ids]).mean()
""",
        "`minlength`": """
def unigram_bits(train_ids, ids, vocab_size):
    counts = np.bincount(train_ids) + 1
    return -np.log2((counts / counts.sum())[ids]).mean()
""",
    },
    "witten_bell": {
        "this is right where the context came": """
def witten_bell(counts, shorter):
    total, different = counts.sum(), np.count_nonzero(counts)
    share = different / (total + different)
    return share * shorter + (1 - share) * counts / total
""",
        "not how many came in all": """
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
        "the shares have changed places": """
def witten_bell(counts, shorter):
    total, different = counts.sum(), np.count_nonzero(counts)
    if total == 0:
        return shorter
    share = different / (total + different)
    return share * counts / total + (1 - share) * shorter
""",
        "needs something from `shorter` as well": """
def witten_bell(counts, shorter):
    total, different = counts.sum(), np.count_nonzero(counts)
    if total == 0:
        return shorter
    mixed = np.where(counts > 0, counts, different * shorter)
    return mixed / (total + different)
""",
        "the sum is above 1": """
def witten_bell(counts, shorter):
    total, different = counts.sum(), np.count_nonzero(counts)
    if total == 0:
        return shorter
    return (counts + different * shorter) / total
""",
    },
}
