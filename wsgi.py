"""For production servers: ``gunicorn wsgi:application``."""

from mobility.app import create_app
from mobility.settings import Settings

application = create_app(Settings.from_env())
