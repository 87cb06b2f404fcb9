"""Bringing in what another billing system held: loaded, compared to the cent, then live."""
