"""Who is told of what in an order: the one whose turn it is next, and the one who waits for the result.

One module for each stage; `people` says who holds a role today.
"""

from transactions.notifications import contract, musdes, payment, planning, sourcing

__all__ = ["contract", "musdes", "payment", "planning", "sourcing"]
