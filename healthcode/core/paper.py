"""Papers: A4 pages of text, facts and tables as PDF, in Chinese and in Latin letters, with a code that can be scanned.

Nothing is fetched and nothing is interpreted: what is written is drawn as it is, character by character, in fonts that lie
beside this file. A character that no font has is drawn as 〓, as printers do. The same content is the same bytes.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Literal

import qrcode
import reportlab
from qrcode.constants import ERROR_CORRECT_M
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

MOST_PAGES = 60
_MARGIN = 18 * mm
_WIDTH, _HEIGHT = A4
_ROOM = _WIDTH - 2 * _MARGIN
_TEXT, _SMALL, _TITLE = 10.0, 8.5, 18.0  # points
_LEADING = 1.5
_SOFT, _LINE = (0.35, 0.38, 0.37), (0.8, 0.82, 0.81)
_INK = (0.07, 0.09, 0.09)
_MODULE = 0.5 * mm  # of a code: a phone reads it at arm's length
_QUIET = 4  # modules
_MISSING = "〓"

_FONTS = {
    "Vera": Path(reportlab.__file__).parent / "fonts" / "Vera.ttf",
    "DroidSansFallback": Path(__file__).parent / "fonts" / "DroidSansFallbackFull.ttf",
    "NotoSansCJKsc-Supplementary": Path(__file__).parent / "fonts" / "NotoSansCJKsc-Supplementary.ttf",
}
Align = Literal["left", "right"]


class TooLong(Exception):
    """The content would take more than MOST_PAGES pages."""


@dataclass(frozen=True)
class Column:
    """One column of a table; `share` is its part of the page's width."""

    title: str
    share: float
    align: Align = "left"


class Paper:
    """One document, written from top to bottom; `finish` gives its bytes."""

    def __init__(self, title: str, *, issuer: str) -> None:
        """`issuer` stands small above the title, and among the file's properties with it."""
        _fonts()
        self._out = io.BytesIO()
        self._canvas = Canvas(self._out, pagesize=A4, invariant=True)
        self._canvas.setTitle(title)
        self._canvas.setAuthor(issuer)
        self._issuer, self._title = issuer, title
        self._page = 1
        self._y = _HEIGHT - _MARGIN
        self._write(issuer, _SMALL, _SOFT)
        self._write(title, _TITLE)
        self._down(3 * mm)

    def heading(self, text: str) -> None:
        """A heading stays with what follows it."""
        self._need(20 * mm)
        self._down(4 * mm)
        self._write(text, 12)
        self._down(1 * mm)

    def text(self, text: str, *, is_soft: bool = False) -> None:
        """A paragraph over the whole width."""
        self._write(text, _SMALL if is_soft else _TEXT, _SOFT if is_soft else _INK)

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """Names and what they are, one under the other."""
        for name, value in rows:
            lines = wrapped(value, _TEXT, _ROOM - 40 * mm)
            self._need(len(lines) * _TEXT * _LEADING)
            self._draw(_MARGIN, self._y - _TEXT, name, _TEXT, _SOFT)
            for line in lines:
                self._draw(_MARGIN + 40 * mm, self._y - _TEXT, line, _TEXT)
                self._down(_TEXT * _LEADING)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Rows under titles, which stand again on every further page."""
        self._titles(columns)
        for row in rows:
            cells = [
                wrapped(cell, _SMALL, column.share * _ROOM - 2 * mm) for cell, column in zip(row, columns, strict=True)
            ]
            height = max(len(lines) for lines in cells) * _SMALL * _LEADING + 2 * mm
            if self._y - height < _MARGIN + 8 * mm:
                self._turn()
                self._titles(columns)
            self._row(columns, cells, height)

    def code(self, text: str, caption: str) -> None:
        """A QR code with words beside it."""
        code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=2)  # to choose one takes longest
        code.add_data(text)
        code.make(fit=True)
        modules = code.get_matrix()
        side = (len(modules) + 2 * _QUIET) * _MODULE
        self._need(side)
        for down, row in enumerate(modules):
            for across, is_dark in enumerate(row):
                if is_dark:
                    x = _MARGIN + (across + _QUIET) * _MODULE
                    y = self._y - (down + _QUIET + 1) * _MODULE
                    self._canvas.rect(x, y, _MODULE, _MODULE, stroke=0, fill=1)
        beside = _MARGIN + side + 4 * mm
        y = self._y - side / 2
        for line in wrapped(caption, _TEXT, _WIDTH - _MARGIN - beside):
            self._draw(beside, y, line, _TEXT)
            y -= _TEXT * _LEADING
        self._down(side + 2 * mm)

    def finish(self) -> bytes:
        """The whole document. Nothing can be written after it."""
        self._foot()
        self._canvas.save()
        return self._out.getvalue()

    def _titles(self, columns: Sequence[Column]) -> None:
        self._need(20 * mm)
        cells = [wrapped(column.title, _SMALL, column.share * _ROOM - 2 * mm) for column in columns]
        self._row(columns, cells, max(len(lines) for lines in cells) * _SMALL * _LEADING + 2 * mm, _SOFT)

    def _row(
        self,
        columns: Sequence[Column],
        cells: Sequence[Sequence[str]],
        height: float,
        color: tuple[float, float, float] = _INK,
    ) -> None:
        x = _MARGIN
        for column, lines in zip(columns, cells, strict=True):
            y = self._y - _SMALL - 0.5 * mm
            for line in lines:
                indent = column.share * _ROOM - 2 * mm - width(line, _SMALL) if column.align == "right" else 0
                self._draw(x + indent, y, line, _SMALL, color)
                y -= _SMALL * _LEADING
            x += column.share * _ROOM
        self._down(height)
        self._canvas.setStrokeColorRGB(*_LINE)
        self._canvas.line(_MARGIN, self._y + 1 * mm, _WIDTH - _MARGIN, self._y + 1 * mm)

    def _write(self, text: str, points: float, color: tuple[float, float, float] = _INK) -> None:
        for line in wrapped(text, points, _ROOM):
            self._need(points * _LEADING)
            self._draw(_MARGIN, self._y - points, line, points, color)
            self._down(points * _LEADING)

    def _draw(self, x: float, y: float, text: str, points: float, color: tuple[float, float, float] = _INK) -> None:
        written = self._canvas.beginText(x, y)
        written.setFillColorRGB(*color)
        for font, run in _runs(text):
            written.setFont(font, points)
            written.textOut(run)
        self._canvas.drawText(written)
        self._canvas.setFillColorRGB(*_INK)

    def _down(self, points: float) -> None:
        self._y -= points

    def _need(self, points: float) -> None:
        if self._y - points < _MARGIN + 8 * mm:
            self._turn()

    def _turn(self) -> None:
        if self._page == MOST_PAGES:
            raise TooLong()
        self._foot()
        self._canvas.showPage()
        self._page += 1
        self._y = _HEIGHT - _MARGIN

    def _foot(self) -> None:
        said = f"{self._issuer} · {self._title} · {self._page}"
        self._draw(_MARGIN, _MARGIN - 4 * mm, said, _SMALL, _SOFT)


def width(text: str, points: float) -> float:
    """In points, in the fonts that it is drawn in."""
    return points * sum(map(_advance, text))


def wrapped(text: str, points: float, room: float) -> list[str]:
    """Lines no wider than `room`: broken at spaces, between ideographs, and inside a word only if it fills a line alone."""
    lines, line, taken = [], "", 0.0
    for piece in _pieces(text):
        for part in piece if width(piece, points) > room else (piece,):
            needed = width(part, points)
            if line and taken + width(part.rstrip(), points) > room:
                lines.append(line.rstrip())
                line, taken = "", 0.0
            line, taken = line + part, taken + needed
    return [*lines, line.rstrip()]


def _pieces(text: str) -> Iterator[str]:
    """What is not broken apart: an ideograph, or letters up to the next space."""
    for is_word, letters in groupby(text, key=lambda letter: ord(letter) < 0x2E80):
        run = "".join(letters)
        if not is_word:
            yield from run
            continue
        while run:
            head, space, run = run.partition(" ")
            yield head + space


def _runs(text: str) -> Iterator[tuple[str, str]]:
    for font, letters in groupby(((_font_of(letter), letter) for letter in text), key=lambda pair: pair[0]):
        run = "".join(letter for _, letter in letters)
        yield (font, run) if font else ("DroidSansFallback", _MISSING * len(run))


@lru_cache(maxsize=8192)
def _advance(letter: str) -> float:
    """At a size of one point."""
    font = _font_of(letter)
    return float(pdfmetrics.stringWidth(letter if font else _MISSING, font or "DroidSansFallback", 1))


@lru_cache(maxsize=8192)
def _font_of(letter: str) -> str | None:
    return next((name for name, font in _fonts().items() if ord(letter) in font.face.charToGlyph), None)


@lru_cache
def _fonts() -> dict[str, TTFont]:
    """Read once, when the first paper is written: it takes a quarter of a second."""
    found = {name: TTFont(name, str(file)) for name, file in _FONTS.items()}
    for font in found.values():
        pdfmetrics.registerFont(font)
    return found
