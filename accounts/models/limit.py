from django.db import models


class Limit(models.Model):
    """How often something was tried in the present window: wrong passwords of one account, mails to one address.

    The key is a fingerprint, so the table names nobody. Written only by `accounts.limits`, in one statement.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    resets_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "batas percobaan"
        verbose_name_plural = "batas percobaan"

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.count}"
