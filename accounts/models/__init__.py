"""People, what they may do where and since when, the villages' offices and the providers."""

from accounts.models.limit import Limit
from accounts.models.membership import Membership, Role
from accounts.models.office import VillageOffice
from accounts.models.provider import LegalForm, Provider
from accounts.models.succession import Succession
from accounts.models.user import User
from accounts.models.village_access import VillageAccess
from accounts.models.village_data import VillageData

__all__ = [
    "LegalForm",
    "Limit",
    "Membership",
    "Provider",
    "Role",
    "Succession",
    "User",
    "VillageAccess",
    "VillageData",
    "VillageOffice",
]
