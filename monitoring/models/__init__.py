"""Roll-ups that are kept, and the reports made from them."""

from monitoring.models.facilitator import (
    MOST_PHOTOS,
    FacilitatorActivity,
    FacilitatorPhoto,
    FacilitatorProblem,
    FacilitatorReport,
)
from monitoring.models.figure import FLOWS, READERS, STOCKS, MonthlyFigure, RollupState
from monitoring.models.report import ASKING, ISSUING, LETTERHEAD_KEEPERS, Letterhead, Report

__all__ = [
    "ASKING",
    "FLOWS",
    "ISSUING",
    "LETTERHEAD_KEEPERS",
    "MOST_PHOTOS",
    "READERS",
    "STOCKS",
    "FacilitatorActivity",
    "FacilitatorPhoto",
    "FacilitatorProblem",
    "FacilitatorReport",
    "Letterhead",
    "MonthlyFigure",
    "Report",
    "RollupState",
]
