"""Opening hours, holidays, business time and quiet hours. Pure: a moment and a calendar go in."""
