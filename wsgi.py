"""The service as a WSGI application: `wsgi:app`."""

import os

from config import load
from healthcode import create_app

app = create_app(load(os.environ))
