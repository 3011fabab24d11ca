"""Papers as people see them: pictures of the pages, not what a program finds in the file."""

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops

from healthcode.core import paper
from healthcode.core.paper import Column, Paper, TooLong, width, wrapped

RARE = "王䶮㛃龘𬱖𠮷"  # of the plane that all have, of its edges, and beyond it


def pages(data: bytes, scale: float = 3) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(data)
    return [page.render(scale=scale).to_pil().convert("L") for page in document]


def drawn(text: str) -> Image.Image:
    """The ink of one line, cut out."""
    one = Paper("", issuer="")
    one.text(text)
    data = one.finish()
    (page,) = pages(data)
    body = page.crop((0, 0, page.width, page.height - 200))  # without the foot
    box = ImageChops.invert(body).getbbox()
    assert box is not None, f"{text} is blank"
    return body.crop(box)


@pytest.mark.parametrize("letter", [*RARE, *"晋江市医院费用清单¥−·，。：", *"Ag9ü’"])
def test_every_character_is_drawn_as_itself(letter: str):
    picture = drawn(letter)
    assert picture.size[1] > 1
    assert picture.tobytes() != drawn("\uffff").tobytes(), "a box for what is missing"
    if letter != "王":
        assert picture.tobytes() != drawn("王").tobytes()


def test_what_no_font_has_is_drawn_as_printers_do():
    assert drawn("\U0003fffd").tobytes() == drawn("〓").tobytes()


def test_the_same_content_is_the_same_bytes():
    def make() -> bytes:
        one = Paper("费用清单", issuer="晋江市医院")
        one.facts([("姓名", RARE)])
        return one.finish()

    assert make() == make()


def test_lines_are_no_wider_than_their_room():
    text = "苯磺酸氨氯地平片 amlodipine besylate tablets 5 mg，每日一次 " * 6 + "x" * 200
    for points in (8.5, 10.0):
        lines = wrapped(text, points, 200)
        assert max(width(line, points) for line in lines) <= 200
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert wrapped("", 10, 100) == [""]
    assert wrapped("amlodipine tablets", 10, width("amlodipine tab", 10)) == ["amlodipine", "tablets"]


def test_a_long_table_goes_on_with_its_titles():
    one = Paper("清单", issuer="医院")
    one.table([Column("项目", 0.7), Column("金额", 0.3, "right")], [[f"第 {n} 项", "¥1.00"] for n in range(120)])
    document = pypdfium2.PdfDocument(one.finish())
    texts = [page.get_textpage().get_text_range() for page in document]
    assert len(texts) == 4
    assert all("项目" in text and "金额" in text for text in texts)
    assert [n for n in range(120) if f"第 {n} 项" not in "".join(texts)] == []


@pytest.mark.case("R3")
def test_a_paper_without_end_is_refused():
    one = Paper("清单", issuer="医院")
    with pytest.raises(TooLong):
        one.table([Column("项目", 1)], [["一"]] * 100 * paper.MOST_PAGES)


@pytest.mark.case("R3")
def test_what_looks_like_a_command_is_text():
    words = "<para><img src='http://127.0.0.1:9/x'/></para> (a) Tj ET /JS (app.alert(1)) %PDF"
    one = Paper(words, issuer=words)
    one.text(words)
    data = one.finish()
    document = pypdfium2.PdfDocument(data)
    assert words in document[0].get_textpage().get_text_range().replace("\r\n", " ")
    assert b"/JavaScript" not in data
    assert b"/URI" not in data


def test_a_code_is_read_from_the_page():
    text = "https://code.example.org/receipt#" + "Ab3_" * 130
    one = Paper("收据", issuer="医院")
    one.code(text, "扫码核对")
    (page,) = pages(one.finish())
    (found,) = zxingcpp.read_barcodes(page)
    assert found.text == text
