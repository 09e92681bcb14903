"""What providers offer to villages: categories, services with their photos, and how they are rated."""

from catalog.models.attribute import CategoryAttribute
from catalog.models.category import Category, ServiceKind, Subcategory, Unit
from catalog.models.edition import DirectoryEdition
from catalog.models.interest import FoldedViews, ServiceViews
from catalog.models.photo import ServicePhoto
from catalog.models.question import Question
from catalog.models.rating import Rated
from catalog.models.review import ServiceReview
from catalog.models.service import Service
from catalog.models.version import ServiceVersion
from catalog.models.wanted import WantedService
from catalog.models.words import MissedSearch, Synonym, Term

__all__ = [
    "Category",
    "CategoryAttribute",
    "DirectoryEdition",
    "FoldedViews",
    "MissedSearch",
    "Question",
    "Rated",
    "Service",
    "ServiceKind",
    "ServicePhoto",
    "ServiceReview",
    "ServiceVersion",
    "ServiceViews",
    "Subcategory",
    "Synonym",
    "Term",
    "Unit",
    "WantedService",
]
