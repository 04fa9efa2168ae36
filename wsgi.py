"""For any WSGI server: ``gunicorn wsgi:app``. `hub serve` also runs the worker."""

from hub.server import application

app = application()
