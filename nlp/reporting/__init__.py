"""A page about a model: its figures, its confusions and its honesty, in one file with pictures."""
