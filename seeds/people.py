"""Fictitious residents, as many as are wanted, always the same for the same seed.

Nobody here exists. Identity numbers carry county codes that were never given to a county (the nine below the town's
`invented_region`; the region itself belongs to the named people), permits and passports come from ranges of their own,
and phones begin with +86 160, which no network had been given when this was written, so that no seed names or calls a
real person. All of them pass every check.

    for resident in residents(2_000_000, town=load_town("jinjiang")): …

The first thirty-two hold one of every kind at least. Two million take some twenty seconds and little memory.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from seeds.towns import Town

SEED = 20261123
AS_OF = date(2026, 11, 1)  # the day on which the newborns are new and ages are counted

KINDS = (
    "adult",
    "child",
    "elder",
    "centenarian",
    "newborn",
    "twin",
    "foreigner",
    "permanent",
    "hk-macao",
    "taiwan",
    "unconscious",
    "rare-name",
    "long-name",
    "leap-day",
)


class SeedDocument(NamedTuple):
    """A document as `registry.residents.documents.read_document` reads it."""

    kind: str
    country: str  # ISO 3166-1 alpha-3
    number: str


@dataclass(frozen=True, slots=True)
class SeedResident:
    """A resident to enter. `guardians` and `mother` are keys of residents that came before."""

    key: str
    kind: str  # one of KINDS, or "persona"
    name: str
    sex: str  # FHIR AdministrativeGender
    birth_date: date | None  # None: unconscious
    documents: tuple[SeedDocument, ...]
    phone: str | None  # E.164
    district: str | None
    coverage: str | None  # employee, resident, self-pay
    registers: tuple[str, ...] = ()  # chronic-disease registers
    guardians: tuple[str, ...] = ()
    mother: str | None = None  # of a newborn, who is known by her document and its place in the birth
    birth_order: int | None = None

    @property
    def identity(self) -> str:
        return "temporary" if self.birth_date is None else "proved"


def residents(count: int, *, town: "Town", seed: int = SEED, as_of: date = AS_OF) -> Iterator[SeedResident]:
    """So many residents of a town. The first n are the same however many are asked for."""
    maker = _Maker(town, seed, as_of)
    made = 0
    while made < count:
        together = maker.next_ones(made + 1)[: count - made]
        made += len(together)
        yield from together


# How often each kind is met, in 100,000. What is left are adults, children and elders by the pyramid.
_RARER = {
    "centenarian": 12,
    "newborn": 70,
    "twin": 4,
    "foreigner": 60,
    "permanent": 6,
    "hk-macao": 90,
    "taiwan": 40,
    "unconscious": 3,
    "rare-name": 80,
    "long-name": 150,
    "leap-day": 10,
}
# Residents by five-year groups from 0 to 99, about as China's census of 2020 has them, moved on by six years.
_PYRAMID = (40, 55, 62, 60, 52, 53, 62, 84, 76, 66, 72, 84, 74, 58, 52, 34, 21, 11, 4, 1)
_FOUNDERS = 12  # men and women in turn, so that the first newborns find a mother
_OPENING = (*(("adult",) * _FOUNDERS), *KINDS[1:], "adult", "child", "elder", "twin")

_SURNAMES, _MEN, _WOMEN, _RARE, _FIRST, _LAST = (
    tuple(line.split())
    for line in """
陈 林 王 李 黄 吴 张 蔡 许 杨 庄 洪 施 曾 丁 柯 苏 颜 谢 郑 刘 周 叶 赖 郭 何 赵 徐 高 梁 罗 宋 唐 韩 冯 于 董 萧 程 欧阳
伟 强 磊 军 勇 杰 涛 明 辉 鹏 华 飞 刚 波 斌 宇 浩 凯 健 俊 帆 龙 毅 峰 宏 志 文 建 国 海 清 荣 金 水 德 家 天 泽 宗 庆
芳 娜 敏 静 丽 艳 娟 霞 婷 玲 燕 红 梅 萍 莉 兰 英 慧 洁 琳 雪 颖 佳 欣 怡 秀 珍 月 美 华 云 春 淑 惠 雅 思 梦 晓 小 阿
𬱖 䶮 㛃 𫖯 𠮷 𬀩 堃 喆 犇 翀 昇 珺 祎 淼 垚 燚 𬭎 𫍯
阿依古丽 古丽娜尔 麦麦提 艾合买提 阿卜杜热合曼 吐尔逊 热依汗 玛丽亚木 扎西 卓玛 次仁 阿木 迪丽热巴 努尔艾力
买买提 阿不都热依木 艾山江 吐尔逊江 玉素甫 依明 木合塔尔 尼亚孜 多吉 旺堆 子洛 阿卜力孜 卡德尔 赛买提
""".strip().splitlines()
)
_FOREIGN = (
    ("DEU", "Anna Jonas Marie Lukas Greta Emil", "Schmidt Weber Krüger Vogel"),
    ("USA", "James Mary Grace Daniel Ruth Henry", "Smith Johnson O’Neill Carter"),
    ("PHL", "Maria Jose Angelica Ramon", "dela Cruz|Santos Reyes Bautista"),
    ("JPN", "花子 太郎 美咲 健", "山田 佐藤 鈴木 高橋"),
    ("IDN", "Suharto Sukarno Megawati", ""),  # one word is a whole name
    ("KOR", "민수 서연 지훈 하은", "김 이 박 최"),
)
_REGISTERS = (("hypertension",), ("diabetes",), ("hypertension", "diabetes"), ("copd",), ("hypertension", "stroke"))

_CHECKS = "10X98765432"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SERIALS = [f"{serial:03d}" for serial in range(1000)]
_SUMS = [sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS[14:], strict=True)) for text in _SERIALS]


class _Numbers:
    """Identity numbers that nobody has, each once: a serial per day and sex, odd for men, and nine regions."""

    def __init__(self, region: str) -> None:
        self._regions = [f"{int(region) - less:06d}" for less in range(1, 10)]
        self._given: dict[int, int] = {}
        self._heads: dict[int, tuple[str, int]] = {}

    def next(self, born: date, is_man: bool) -> str:
        """Raises IndexError when all 4,491 of a day and sex are given."""
        day = born.toordinal() * 2 + is_man
        given = self._given.get(day, 0)
        self._given[day] = given + 1
        region, place = divmod(given, 499)
        serial = 2 * place + (1 if is_man else 2)
        head, total = self._head(day, born, region)
        return head + _SERIALS[serial] + _CHECKS[(total + _SUMS[serial]) % 11]

    def _head(self, day: int, born: date, region: int) -> tuple[str, int]:
        key = (day >> 1) * 10 + region
        found = self._heads.get(key)
        if found is None:
            text = f"{self._regions[region]}{born:%Y%m%d}"
            found = text, sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
            self._heads[key] = found
        return found


class _Maker:
    """Makes one resident after the other; remembers the latest adults, who become parents."""

    def __init__(self, town: "Town", seed: int, as_of: date) -> None:
        self._random = Random(f"{town.slug} {seed}")  # noqa: S311  # a seed is the point
        self._today = as_of.toordinal()
        self._numbers = _Numbers(town.invented_region)
        self._foreigners = _Numbers("935999")  # 9, a province, and a nationality that ISO 3166 leaves to its users
        self._districts = town.districts
        self._parents: deque[tuple[int, str, str, bool]] = deque(maxlen=48)  # born, key, surname, is a man
        kinds = ["ordinary", *_RARER]
        self._kinds = kinds
        self._kind_weights = list(accumulate([100_000 - sum(_RARER.values()), *_RARER.values()]))
        self._ages = [age for age, weight in enumerate(_PYRAMID) for _ in range(weight)]
        self._surnames = [name for rank, name in enumerate(_SURNAMES) for _ in range(max(1, 40 - rank))]
        self._queue = list(reversed(_OPENING))
        self._special: dict[str, Callable[[int], list[SeedResident]]] = {
            "newborn": self._newborn,
            "twin": self._twins,
            "foreigner": self._foreigner,
            "permanent": self._permanent,
            "hk-macao": self._hk_macao,
            "taiwan": self._taiwan,
            "unconscious": self._unconscious,
        }

    def next_ones(self, number: int) -> list[SeedResident]:
        """One resident, the `number`-th, or two of one birth."""
        if not self._queue:
            self._queue = self._random.choices(self._kinds, cum_weights=self._kind_weights, k=4096)
        kind = self._queue.pop()
        special = self._special.get(kind)
        return special(number) if special else [self._ordinary(kind, number)]

    def _ordinary(self, kind: str, number: int) -> SeedResident:
        chance = self._random.random
        is_man = chance() < 0.51 if number > _FOUNDERS else number % 2 == 0
        born = self._born(kind, chance)
        age = (self._today - born) // 365.2425
        if kind == "ordinary":
            kind = "child" if age < 18 else "elder" if age >= 65 else "adult"
        guardians: tuple[str, ...] = ()
        surname = self._surnames[int(chance() * len(self._surnames))]
        if age < 18 and (parent := self._parent_of(born)):
            guardians, surname = (parent[1],), parent[2]
        day = date.fromordinal(born)
        key = f"r{number}"
        if 20 <= age < 50:
            self._parents.append((born, key, surname, is_man))
        return SeedResident(
            key,
            kind,
            self._name(kind, is_man, surname),
            "male" if is_man else "female",
            day,
            (SeedDocument("resident-id", "CHN", self._numbers.next(day, is_man)),),
            self._phone(number) if self._has_phone(kind, age) else None,
            self._district(),
            "employee" if 22 <= age < 60 and chance() < 0.45 else "resident",
            self._registers(age),
            guardians,
        )

    def _born(self, kind: str, chance: Callable[[], float]) -> int:
        """A day of birth, as an ordinal."""
        if kind == "centenarian":
            return self._today - int(36_525 + chance() * 2_500)
        if kind == "leap-day":
            return date(1928 + 4 * int(chance() * 24), 2, 29).toordinal()
        if kind == "child":
            return self._today - int(400 + chance() * 6_000)
        if kind == "elder":
            return self._today - int(23_800 + chance() * 9_000)
        if kind == "adult":
            return self._today - int(8_000 + chance() * 9_000)
        group = self._ages[int(chance() * len(self._ages))]
        return self._today - int((group + chance()) * 1826.2) - 30

    def _name(self, kind: str, is_man: bool, surname: str) -> str:
        if kind == "long-name":
            return f"{self._pick(_FIRST)}·{self._pick(_LAST)}"
        if kind == "rare-name":
            return surname + self._pick(_RARE)
        given, chance = (_MEN if is_man else _WOMEN), self._random.random
        first = given[int(chance() * len(given))]
        return surname + first if chance() < 0.18 else surname + first + given[int(chance() * len(given))]

    def _pick(self, among: Sequence[str]) -> str:
        return among[int(self._random.random() * len(among))]

    def _district(self) -> str:
        return self._districts[int(self._random.random() * len(self._districts))]

    def _phone(self, number: int) -> str:
        return (
            f"+86160{number * 61_803_399 % 100_000_000:08d}"  # each once: the factor has no divisor in common with 10^8
        )

    def _has_phone(self, kind: str, age: float) -> bool:
        if kind == "centenarian" or age < 14:
            return False
        return self._random.random() < (0.97 if age < 65 else 0.8 if age < 80 else 0.45)

    def _registers(self, age: float) -> tuple[str, ...]:
        if age < 45 or self._random.random() > 0.015 * (age - 40):
            return ()
        return _REGISTERS[int(self._random.random() * len(_REGISTERS))]

    def _parent_of(self, born: int, mother: bool = False) -> tuple[int, str, str, bool] | None:
        """Somebody of the latest adults who is twenty to forty-five years older."""
        for parent in self._parents:
            if 7_305 <= born - parent[0] <= 16_436 and not (mother and parent[3]):
                self._parents.rotate(-7)
                return parent
        return None

    def _newborn(self, number: int) -> list[SeedResident]:
        return self._birth(number, "newborn", "宝")

    def _twins(self, number: int) -> list[SeedResident]:
        return self._birth(number, "twin", "大宝", "小宝")

    def _birth(self, number: int, kind: str, *called: str) -> list[SeedResident]:
        """Children of one birth within the last four weeks; if no mother is at hand, an adult, who may become one."""
        mother = self._parent_of(self._today, mother=True)
        if mother is None:
            return [self._ordinary("adult", number)]
        self._parents.remove(mother)  # who gave birth this month does not do so again
        born = date.fromordinal(self._today - int(self._random.random() * 28))
        return [
            self._baby(number + order, kind, mother[2] + name, born, mother[1], order + 1)
            for order, name in enumerate(called)
        ]

    def _baby(self, number: int, kind: str, name: str, born: date, mother: str, order: int) -> SeedResident:
        """A child known by its mother's document alone, or, every third, by a birth certificate too."""
        is_boy = self._random.random() < 0.51
        return SeedResident(
            f"r{number}",
            kind,
            name,
            "male" if is_boy else "female",
            born,
            (SeedDocument("birth-certificate", "CHN", f"Z{number:09d}"),) if number % 3 == 0 else (),
            None,
            self._district(),
            "resident",
            (),
            (mother,),
            mother,
            order,
        )

    def _foreigner(self, number: int) -> list[SeedResident]:
        country, first, last = _FOREIGN[int(self._random.random() * len(_FOREIGN))]
        document = SeedDocument("passport", country, f"X{number:08d}")
        return [self._guest(number, "foreigner", self._foreign_name(country, first, last), document)]

    def _foreign_name(self, country: str, first: str, last: str) -> str:
        given, family = self._pick(first.split()), self._pick(last.replace("|", " ").split() or [""])
        return family + given if country in ("JPN", "KOR") else f"{given} {family}".strip()

    def _permanent(self, number: int) -> list[SeedResident]:
        country, first, last = _FOREIGN[int(self._random.random() * 2)]
        is_man = self._random.random() < 0.5
        day = date.fromordinal(self._born("adult", self._random.random))
        card = SeedDocument("permanent-residence", "CHN", self._foreigners.next(day, is_man))
        return [self._guest(number, "permanent", self._foreign_name(country, first, last), card, day, is_man)]

    def _hk_macao(self, number: int) -> list[SeedResident]:
        is_man = self._random.random() < 0.5
        document = SeedDocument("hk-macao-permit", "CHN", f"{'HM'[number % 2]}{99_899_999 - number:08d}")
        return [
            self._guest(number, "hk-macao", self._name("adult", is_man, self._pick(_SURNAMES)), document, is_man=is_man)
        ]

    def _taiwan(self, number: int) -> list[SeedResident]:
        is_man = self._random.random() < 0.5
        document = SeedDocument("taiwan-permit", "CHN", f"{99_899_999 - number:08d}")
        return [
            self._guest(number, "taiwan", self._name("adult", is_man, self._pick(_SURNAMES)), document, is_man=is_man)
        ]

    def _guest(
        self,
        number: int,
        kind: str,
        name: str,
        document: SeedDocument,
        day: date | None = None,
        is_man: bool | None = None,
    ) -> SeedResident:
        day = day or date.fromordinal(self._born("adult", self._random.random))
        if is_man is None:
            is_man = self._random.random() < 0.5
        sex = "male" if is_man else "female"
        return SeedResident(
            f"r{number}", kind, name, sex, day, (document,), self._phone(number), self._district(), "self-pay"
        )

    def _unconscious(self, number: int) -> list[SeedResident]:
        """Carried in: a guessed sex, a wristband, nothing else."""
        sex = "male" if self._random.random() < 0.5 else "unknown"
        band = (SeedDocument("temporary", "CHN", f"ER-{number:08d}"),)
        return [SeedResident(f"r{number}", "unconscious", "无名氏", sex, None, band, None, None, None)]
