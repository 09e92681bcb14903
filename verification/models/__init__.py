"""Applications of providers, their documents, scores and decisions; and the standing that follows from them."""

from verification.models.application import Application
from verification.models.requirements import DocumentRequirement, DocumentType, ScoreAspect
from verification.models.standing import Standing
from verification.models.submitted import AspectScore, SubmittedDocument

__all__ = [
    "Application",
    "AspectScore",
    "DocumentRequirement",
    "DocumentType",
    "ScoreAspect",
    "Standing",
    "SubmittedDocument",
]
