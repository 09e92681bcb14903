"""The demo story: real areas, invented people and providers, every state reached by calling the verbs.

Everything here is DATA CONTOH. It is told once; a second telling changes nothing.
"""

from p2ktd.demo.cast import PASSWORD, demo_accounts

__all__ = ["PASSWORD", "demo_accounts"]
