"""The many small ones: village stations, clinics and pharmacies of a town whose names no list tells.

Their number is a fact, their names are made: a neighbourhood's name from a fixed seed below the health centre that leads
them, and a running code, so that the same town always has the same ones.
"""

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from seeds.towns import Department, Hours, Institution

SEED = 2831
FIRST_CODE = 1001  # named institutions lie below

_FRONT = "东西南北上下前后新古大小中赵李王张郭郝任温阎梁段石杨柳榆槐枣桃梨清龙凤马牛羊云泉沙河山岭"
_ENDINGS = "家庄 村 寨 沟 坪 峪 堡 营 庄 坡 湾 岭 家堡 家沟 社区 里 园 苑 井 桥"
_END = tuple(_ENDINGS.split())
# Of a hundred: what they are, and how their names end.
_SORTS = (
    (58, "station", "卫生站", "Health Station"),
    (22, "clinic", "诊所", "Clinic"),
    (20, "pharmacy", "药房", "Pharmacy"),
)


def small_ones(
    count: int,
    *,
    city: str,
    centres: Sequence[Institution],
    hours: Mapping[str, Hours],
    departments: Mapping[str, tuple[Department, ...]],
) -> Iterator[Institution]:
    """So many small institutions, spread evenly over the health centres."""
    random = Random(f"{city} {SEED}")  # noqa: S311  # a seed is the point
    taken: set[str] = set()
    sorts = [sort for sort in _SORTS for _ in range(sort[0])]
    for number in range(count):
        centre = centres[number % len(centres)]
        _, sort, ending, english = random.choice(sorts)
        name = _fresh(random, centre.district, ending, taken)
        yield Institution(
            code=f"{city}-{FIRST_CODE + number:04d}",
            name=name,
            name_en=f"{english} {FIRST_CODE + number}, {centre.name_en}",
            kind="pharmacy" if sort == "pharmacy" else "station",
            level="unrated",
            tier="community",
            parent=centre.code,
            district=centre.district,
            latitude=round(centre.latitude + random.uniform(-0.03, 0.03), 4),
            longitude=round(centre.longitude + random.uniform(-0.03, 0.03), 4),
            opening_hours=hours[sort],
            departments=departments[sort],
        )


def _fresh(random: Random, district: str, ending: str, taken: set[str]) -> str:
    while True:
        name = f"{district}{random.choice(_FRONT)}{random.choice(_END)}{ending}"
        if name in taken:
            name = f"{district}{random.choice(_FRONT)}{random.choice(_FRONT)}{random.choice(_END)}{ending}"
        if name not in taken:
            taken.add(name)
            return name
