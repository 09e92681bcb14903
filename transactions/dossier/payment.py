"""The money: what was asked for, checked, approved and paid."""

from __future__ import annotations

from transactions.dossier.frame import Holder, Paper

HOLDERS: tuple[Holder, ...] = ()
PAPERS: tuple[Paper, ...] = ()
