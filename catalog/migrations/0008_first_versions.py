"""What villages can read of each service today becomes its first version."""

from django.db import migrations
from django.utils import timezone

from regions.naming import label_of

BATCH = 2_000


def place(area):
    """As `Area.full_name` says it."""
    label = label_of(area.title, area.name)
    return f"{label}, {area.ancestry}" if area.ancestry else label


def content(service):
    return {
        "title": service.title,
        "summary": service.summary,
        "description": service.description,
        "deliverables": service.deliverables,
        "requirements": service.requirements,
        "kind": service.kind,
        "kind_label": service.get_kind_display(),
        "category": {"key": service.category.key, "name": service.category.name},
        "subcategory": None,
        "unit": service.unit,
        "unit_label": service.get_unit_display(),
        "price": service.price,
        "tax_included": service.tax_included,
        "duration_days": service.duration_days,
        "attributes": [],
        "areas": [
            {"code": area.code, "name": place(area), "level": area.level}
            for area in sorted(service.areas.all(), key=lambda area: area.code)
        ],
        "photos": [
            {"file": photo.file.code, "thumb": photo.thumb.code, "caption": photo.caption}
            for photo in service.photos.all()
        ],
    }


def bring(apps, schema_editor):
    service = apps.get_model("catalog", "Service")
    version = apps.get_model("catalog", "ServiceVersion")
    rows = service.objects.filter(version_number=0).exclude(published_at=None).defer("search")
    while some := list(
        rows.order_by("pk")
        .select_related("category")
        .prefetch_related("areas", "photos__file", "photos__thumb")[:BATCH]
    ):
        version.objects.bulk_create(
            version(
                service=row, number=1, content=content(row), price=row.price, made_at=row.published_at or timezone.now()
            )
            for row in some
        )
        service.objects.filter(pk__in=[row.pk for row in some]).update(version_number=1)


def take_back(apps, schema_editor):
    """Versions are only ever written; going back drops the table with them (0006)."""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_default_content"), ("regions", "0001_areas")]
    operations = [migrations.RunPython(bring, take_back)]
