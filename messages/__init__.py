"""Text messages out: consent, quiet hours, templates, one text sent once."""
