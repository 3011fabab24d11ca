"""Draw the PNG icons from the same few shapes as healthcode.svg: `python healthcode/doors/static/icons/make_icons.py`."""

from pathlib import Path

from PIL import Image, ImageDraw

TEAL, WHITE = "#0b5f59", "#ffffff"
UNITS = 96
FINE = 4  # drawn larger, then made smaller, for smooth edges


def draw(side: int, *, is_maskable: bool) -> Image.Image:
    """One icon. A maskable one fills the square and keeps its drawing within the middle 80 %."""
    scale = side * FINE / UNITS
    shrink = 0.8 if is_maskable else 1.0
    image = Image.new("RGBA", (side * FINE, side * FINE), TEAL if is_maskable else "#00000000")
    pen = ImageDraw.Draw(image)
    if not is_maskable:
        pen.rounded_rectangle((0, 0, side * FINE - 1, side * FINE - 1), 20 * scale, TEAL)

    def box(left: float, top: float, size: float, height: float, colour: str) -> None:
        middle = UNITS / 2
        corners = (left, top, left + size, top + height)
        pen.rectangle([((value - middle) * shrink + middle) * scale for value in corners], colour)

    for left, top in ((18, 18), (54, 18), (18, 54)):
        box(left, top, 24, 24, WHITE)
        box(left + 6, top + 6, 12, 12, TEAL)
    box(62, 54, 8, 24, WHITE)
    box(54, 62, 24, 8, WHITE)
    return image.resize((side, side), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    here = Path(__file__).parent
    draw(192, is_maskable=False).save(here / "healthcode-192.png", optimize=True)
    draw(512, is_maskable=False).save(here / "healthcode-512.png", optimize=True)
    draw(512, is_maskable=True).save(here / "healthcode-512-maskable.png", optimize=True)
