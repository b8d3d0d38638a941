"""What is promised, and for which kind of processor."""

from dataclasses import dataclass

from textgen_helpers.settings import Settings

ANY, BITS_32, BITS_16 = "any", "32 bits", "16 bits"
KINDS = {
    BITS_32: "two cores with AVX2 or Arm",
    BITS_16: "fast 16-bit products",
}


def kind_of(settings: Settings) -> str:
    """Return the kind of this machine: the format that it trains in."""
    return BITS_32 if settings.dtype == "float32" else BITS_16


@dataclass(frozen=True)
class Target:
    """A number to reach, and the kind of processor that it is for.

    With `is_most`, the number must not be exceeded.
    """

    number: float
    kind: str = ANY
    unit: str = "x"
    is_most: bool = False

    def verdict(self, value: float, here: str) -> str:
        """Return this target, and whether a value reaches it.

        `here` is this machine's kind. For another kind, the target stands in
        brackets, without a verdict.
        """
        text = f"{self.number:.3g}{self.unit}"
        if self.is_most:
            text = f"at most {text}"
        if self.kind not in (ANY, here):
            return f"({self.kind}: {text})"
        is_reached = value >= self.number
        if self.is_most:
            is_reached = value <= self.number
        return f"{self.kind}: {text} {'reached' if is_reached else 'MISSED'}"
