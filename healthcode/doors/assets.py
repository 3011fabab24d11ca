"""Files that pages are made of, served from memory."""

from functools import lru_cache
from pathlib import Path

from healthcode.core.http import File
from healthcode.core.problems import NotFound

ASSETS = "6000/minute"  # a page asks for some dozens of files at once
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}


@lru_cache(maxsize=256)
def asset(folder: Path, name: str) -> File:
    """A file of one of our folders as an answer; there are few, so they are kept. Raises NotFound."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or path.suffix not in _TYPES or not path.is_file():
        raise NotFound()
    return File(_TYPES[path.suffix], path.read_bytes(), {"Cache-Control": "no-cache"})
