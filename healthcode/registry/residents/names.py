"""Names: kept as given, compared in a normal form, shown masked.

A name is evidence for a person at a desk, never a key: two people of the same name and the same date of birth are
ordinary in a city, so no rule may find, bind or merge records by them. `compare_form` answers "is this the name that is on
the record I already hold by its document?" and nothing more.
"""

import re
import unicodedata

from healthcode.core.words import Words
from healthcode.registry.residents.typed import Mistyped

LONGEST_NAME = 100  # characters; the longest names in China's own register stay below 50
DOT = "·"  # U+00B7, which the register prescribes between the parts of a name

# What else people's input methods and old systems write for it. NFKC leaves • and ‧ alone and widens ･ into ・.
_DOTS = "•‧・･∙⋅．"
# A character that was long missing from Unicode, as old systems keep it in the private area.
_PRIVATE = {"\ue863": "䶮"}
# Invisible signs (zero width, direction, soft hyphen, byte order) are removed and not refused: they come along when a name
# is copied, nobody can see or mend them, and kept they would make equal names differ or turn a line of a label around.
_INVISIBLE = dict.fromkeys(
    [
        *(0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF, 0xFFA0),
        *(*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xE0000, 0xE0080)),
    ]
)
_KEPT = str.maketrans(dict.fromkeys(_DOTS, DOT) | _PRIVATE) | _INVISIBLE

_MARKS_TOGETHER = 4  # on one letter; more is drawing over other lines
_PUNCTUATION = frozenset(" ·'’ʼ‘-‐.,()（）/")
_RARE_HANZI = range(0x20000, 0x40000)  # by block: Python's own tables lag behind the newest characters
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # which drawing of a character is meant
_BETWEEN = re.compile(r"[\s·'’ʼ‘\-‐.,()/]+")

_SURNAMES = """
欧阳 司马 上官 诸葛 司徒 东方 独孤 南宫 夏侯 尉迟 皇甫 公孙 慕容 长孙 宇文 令狐 端木 百里 呼延 轩辕
钟离 闻人 东郭 南门 西门 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 鲜于 司空 司寇 闾丘 亓官 巫马
公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 段干 羊舌 微生 梁丘 左丘 第五 赫连 万俟 公羊 太史
子车 公仪 即墨 达奚 褚师 纳兰 完颜 叶赫 那拉 歐陽 司馬 諸葛 東方 獨孤 南宮 尉遲 公孫 長孫 鍾離 聞人
東郭 南門 西門 澹臺 濮陽 單于 仲孫 鮮于 閭丘 巫馬 顓孫
"""
_COMPOUND_SURNAMES = frozenset(_SURNAMES.split())


class BadName(Mistyped):
    """A name that cannot be kept."""

    reasons = {
        "empty": Words(zh="请填写姓名", en="a name is needed"),
        "long": Words(zh="姓名最长 100 字", en="a name has at most 100 characters"),
        "sign": Words(zh="姓名含有不能使用的符号", en="the name has a sign that names do not have"),
        "private": Words(
            zh="姓名中的生僻字编码不规范，请重新输入该字", en="a rare character is in a private code; type it anew"
        ),
        "letters": Words(zh="姓名中没有文字", en="the name has no letter"),
        "marks": Words(zh="姓名中的附加符号过多", en="too many marks on one letter"),
    }


def read_name(given: str) -> str:
    """The name as it is kept: canonical composition (NFC), one kind of middle dot, one kind of space, nothing invisible.

    Everything else stays as given: rare characters, their variants, capitals, full-width letters. Raises BadName.
    """
    if len(given) > 4 * LONGEST_NAME:
        raise BadName("name", "long")
    name = unicodedata.normalize("NFC", given.translate(_KEPT))
    name = re.sub(rf" ?{DOT} ?", DOT, " ".join(name.split()))
    if not name:
        raise BadName("name", "empty")
    if len(name) > LONGEST_NAME:
        raise BadName("name", "long")
    for character in name:
        _make_sure_belongs(character)
    if not any(_is_letter(character) for character in name):
        raise BadName("name", "letters")
    if any(len(cluster) > 1 + _MARKS_TOGETHER or _is_mark(cluster[0]) for cluster in _clusters(name)):
        raise BadName("name", "marks")
    return name


def compare_form(name: str) -> str:
    """Two ways of writing one name have the same form: width, case, dots, spaces, hyphens and drawn variants are equal."""
    flat = unicodedata.normalize("NFKC", _SELECTORS.sub("", name.translate(_KEPT))).casefold()
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", flat)) or flat


def mask(name: str) -> str:
    """Enough to call somebody up without telling everybody: 张*三, 张*, 欧阳**, 阿***·买**, J*** S****.

    A name of a single sign shows nothing of it.
    """
    parts = re.split(f"([ {DOT}])", name)
    if len(parts) == 1 and all(_is_syllable(cluster[0]) for cluster in _clusters(name)):
        return _masked_hanzi(_clusters(name))
    return "".join(part if part in (" ", DOT) else _masked_part(_clusters(part)) for part in parts)


def _masked_hanzi(signs: list[str]) -> str:
    count = len(signs)
    if count <= 2:
        return _masked_part(signs)
    if "".join(signs[:2]) in _COMPOUND_SURNAMES:
        return "".join(signs[:2]) + "*" * (count - 2)
    return signs[0] + "*" * (count - 2) + signs[-1]


def _masked_part(signs: list[str]) -> str:
    return signs[0] + "*" * (len(signs) - 1) if len(signs) > 1 else "*" * len(signs)


def _clusters(text: str) -> list[str]:
    """A letter and the marks that are drawn on it, together."""
    found: list[str] = []
    for character in text:
        if found and _is_mark(character):
            found[-1] += character
        else:
            found.append(character)
    return found


def _make_sure_belongs(character: str) -> None:
    if _is_letter(character) or _is_mark(character) or character in _PUNCTUATION or character in "0123456789":
        return
    raise BadName("name", "private" if unicodedata.category(character) == "Co" else "sign")


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] == "L" or character == "〇" or ord(character) in _RARE_HANZI


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _is_syllable(character: str) -> bool:
    """Whether one sign is a syllable: Hanzi or Hangul. Then three signs are a whole name."""
    return character == "〇" or ord(character) in _RARE_HANZI or "가" <= character <= "힣" or "㐀" <= character <= "鿿"
