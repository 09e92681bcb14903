"""The file of an order: see `frame` for how a stage declares its papers, and `whole` for how the file is read."""

from transactions.dossier.frame import Holder, Paper, past, reached
from transactions.dossier.whole import STAGES, Dossier, Entry, printed_for

__all__ = ["STAGES", "Dossier", "Entry", "Holder", "Paper", "past", "printed_for", "reached"]
