"""The benchmarks: what is compared, and how the table is made."""
