"""Benchmarks and long simulations: each prints its figures beside those of a plain baseline."""
