"""For any WSGI server, from any folder: ``gunicorn wsgi:application``, ``waitress-serve wsgi:application``."""

from mobility.app import create_app

application = create_app()
