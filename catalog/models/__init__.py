"""What providers offer to villages: categories, services with their photos, and how they are rated."""

from catalog.models.category import Category, ServiceKind, Unit
from catalog.models.edition import DirectoryEdition
from catalog.models.photo import ServicePhoto
from catalog.models.rating import Rated
from catalog.models.service import Service

__all__ = ["Category", "DirectoryEdition", "Rated", "Service", "ServiceKind", "ServicePhoto", "Unit"]
