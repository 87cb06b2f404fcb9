"""Payments and all that happens to them and for them: taking, applying, giving back, promising."""
