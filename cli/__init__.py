"""The commands of ./cityline, each a few lines over the packages.

One file per command or group of commands; each has a click command named `command`, and one line
in `cli/__main__.py`, from which the list is printed without importing any of them.
"""
