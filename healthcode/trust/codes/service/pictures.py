"""QR pictures, for clients that cannot draw their own. Drawing is the slowest thing the server does, so the mask is
fixed (choosing one costs two thirds of the time) and pictures are kept by text."""

import io
from functools import lru_cache

import qrcode
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.image.svg import SvgPathImage
from qrcode.util import MODE_ALPHA_NUM, QRData

from healthcode.core.problems import Invalid
from healthcode.core.words import Words

_MASK = 2
QUIET_ZONE = 4  # modules


@lru_cache(maxsize=64)
def draw(text: str, *, form: str, on_paper: bool = False) -> bytes:
    """The QR code of `text` as svg or png: alphanumeric mode, error correction M on screens and Q on paper.

    Raises Invalid for a text that is nothing but a long row of the same sign: the library cannot draw it, and no code is.
    """
    code = qrcode.QRCode(
        error_correction=ERROR_CORRECT_Q if on_paper else ERROR_CORRECT_M,
        mask_pattern=_MASK,
        border=QUIET_ZONE,
        box_size=10 if form == "svg" else 8,
        image_factory=SvgPathImage if form == "svg" else None,
    )
    code.add_data(QRData(text, mode=MODE_ALPHA_NUM))
    try:
        code.make(fit=True)
    except ValueError:  # of a block of zeros it cannot make the correcting half
        raise Invalid.at("text", Words(zh="无法绘制", en="cannot be drawn")) from None
    picture = io.BytesIO()
    image = code.make_image()
    if form == "svg":
        image.save(picture)
    else:
        image.save(picture, format="PNG")
    return picture.getvalue()
