"""A city's money under load and under faults, drawn from one seed: what `soak billing` runs."""
