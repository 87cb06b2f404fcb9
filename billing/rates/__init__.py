"""Rates: the published tariffs as data, and the pure engine that turns use into lines of a bill."""
