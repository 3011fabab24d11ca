"""What things cost, and what the insurance pays: a catalogue and rules that were invented, of a plausible size."""

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent


def catalogue() -> list[dict[str, Any]]:
    """The items with their prices in whole fen, as the catalogue takes them."""
    with (_HERE / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        return [
            {
                "code": row["code"],
                "name": row["name"],
                "name_en": row["name_en"] or None,
                "category": row["category"],
                "unit": row["unit"],
                "price_fen": int(Decimal(row["price_yuan"]) * 100),
                "insurance_class": row["insurance_class"],
            }
            for row in csv.DictReader(file)
        ]


def observation_codes() -> list[dict[str, Any]]:
    """What can be measured, with its LOINC code and bounds."""
    codes: list[dict[str, Any]] = json.loads((_HERE / "observations.json").read_text(encoding="utf-8"))["codes"]
    return codes


def insurance_rules() -> list[dict[str, Any]]:
    """The rules of each plan, each with the day from which it holds."""
    rules: list[dict[str, Any]] = json.loads((_HERE / "insurance_rules.json").read_text(encoding="utf-8"))["rules"]
    return rules
