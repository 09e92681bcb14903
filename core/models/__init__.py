"""What every app stands on: the record of acts, the outbox, files, printed documents, dated settings."""

from core.models.document import PrintedDocument
from core.models.event import Event
from core.models.file import FileView, StoredFile
from core.models.outbox import Job, Mail, Notice
from core.models.personal import PersonalView
from core.models.setting import DatedSetting
from core.models.sheet import SheetUpload
from core.models.submit import SubmitKey
from core.models.version import DataVersion
from core.workflow import Document

__all__ = [
    "DataVersion",
    "DatedSetting",
    "Document",
    "Event",
    "FileView",
    "Job",
    "Mail",
    "Notice",
    "PersonalView",
    "PrintedDocument",
    "SheetUpload",
    "StoredFile",
    "SubmitKey",
]
