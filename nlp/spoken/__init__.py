"""Words to values, in both languages: numbers, digits, money, dates, places, as people say them.

Pure and cheap to import (neither spaCy nor numpy): it is shared by the listeners, which read the
answer to one question (ivr/listening), and by what finds entities in a free sentence
(nlp/entities). Each module reads one kind of value; numerals.py is what most of them stand on.
"""
