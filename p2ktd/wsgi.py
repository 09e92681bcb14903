"""The web process."""

import os

from django.core.wsgi import get_wsgi_application

from core.middleware import WholeBody

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "p2ktd.settings")
application = WholeBody(get_wsgi_application())
