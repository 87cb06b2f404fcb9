"""A card processor in a box: charges, refunds, tokens and settlement, with faults on request.

It takes the test numbers of `numbers.py` and no others. Numbers are kept in memory, as digests and
last four digits; they are in no answer, no log and no error. As a process: `python -m
devphone.cards --port P`.
"""
