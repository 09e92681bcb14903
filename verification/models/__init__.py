"""Applications of providers, their documents, scores and decisions; the Pokja; and the standing that follows."""

from verification.models.application import Application
from verification.models.declaration import Declaration, TieRegister
from verification.models.name_key import NameKey
from verification.models.plenary import Plenary
from verification.models.plenary_lines import PlenaryAttendance, PlenaryItem
from verification.models.pokja import Pokja, PokjaMember
from verification.models.portfolio import Experience, Expert
from verification.models.reminder import Reminder
from verification.models.requirements import DocumentRequirement, DocumentType
from verification.models.rule import ScoreAspect, VerificationRule
from verification.models.sanction import Sanction
from verification.models.scoring import AspectScore, Interview, MemberScore
from verification.models.standing import Standing
from verification.models.submitted import SubmittedDocument

__all__ = [
    "Application",
    "AspectScore",
    "Declaration",
    "DocumentRequirement",
    "DocumentType",
    "Experience",
    "Expert",
    "Interview",
    "MemberScore",
    "NameKey",
    "Plenary",
    "PlenaryAttendance",
    "PlenaryItem",
    "Pokja",
    "PokjaMember",
    "Reminder",
    "Sanction",
    "ScoreAspect",
    "Standing",
    "SubmittedDocument",
    "TieRegister",
    "VerificationRule",
]
