"""A text's row points at its ticket's: app.py knows both rooms, here the tables are brought in."""

import tickets.tables

__all__ = ["tickets"]
