"""Units of measurement (UCUM), as far as one can be turned into another without losing a digit.

Only powers of ten lie between the units of one line here. Whatever needs a molar mass, an assay or a rounding is not turned:
two results in such units are shown each as it was written.
"""

from decimal import Decimal

# What can be compared, and by how many powers of ten each unit is above the line's first.
_LINES: tuple[dict[str, int], ...] = (
    {
        "g/L": 0,
        "mg/mL": 0,
        "g/dL": 1,
        "mg/dL": -2,
        "mg/L": -3,
        "ug/mL": -3,
        "ug/L": -6,
        "ng/mL": -6,
        "ng/L": -9,
        "pg/mL": -9,
    },
    {"mol/L": 0, "mmol/L": -3, "umol/L": -6, "nmol/L": -9, "pmol/L": -12},
    {"/L": 0, "10*12/L": 12, "10*9/L": 9, "10*6/uL": 12, "10*3/uL": 9, "/uL": 6, "10*6/L": 6},
    {"U/L": 0, "kU/L": 3, "U/mL": 3, "mU/L": -3},
    {"[IU]/L": 0, "k[IU]/L": 3, "[IU]/mL": 3, "m[IU]/L": -3, "u[IU]/mL": -3},
    {"1": 0, "%": -2, "[ppth]": -3},
    {"m": 0, "cm": -2, "mm": -3, "um": -6},
    {"kg": 0, "g": -3, "mg": -6},
    {"s": 0, "ms": -3},
    {"L": 0, "dL": -1, "mL": -3, "uL": -6, "fL": -15},
)
_PLACES = {unit: (number, power) for number, line in enumerate(_LINES) for unit, power in line.items()}


def convert(value: Decimal, unit: str, into: str) -> Decimal | None:
    """The same quantity in another unit, exactly; None where that is not known to be exact."""
    if unit == into:
        return value
    here, there = _PLACES.get(unit), _PLACES.get(into)
    if here is None or there is None or here[0] != there[0]:
        return None
    return value.scaleb(here[1] - there[1])
