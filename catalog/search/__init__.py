"""How services are found by what people type, on plain PostgreSQL.

`lexicon` makes words comparable, `keeping` writes a service's vector, `asking` turns what was typed into a question,
`vocabulary` and `spelling` know the words that services say, `marking` shows which were found.
"""

from catalog.search.asking import FEW, MOST_RANKED, Asked, Said, asking, ranked, saying
from catalog.search.keeping import area_lexemes, holding, index, index_all, serving
from catalog.search.lexicon import LONGEST_TEXT, MOST_WORDS, indexed_text, lexicon, words_of

__all__ = [
    "FEW",
    "LONGEST_TEXT",
    "MOST_RANKED",
    "MOST_WORDS",
    "Asked",
    "Said",
    "area_lexemes",
    "asking",
    "holding",
    "index",
    "index_all",
    "indexed_text",
    "lexicon",
    "ranked",
    "saying",
    "serving",
    "words_of",
]
