"""What a new city begins with: two model towns and as many fictitious residents as are wanted.

    town = load_town("jinjiang")                 # 27 public institutions, 43 stations, one where vendors test
    town = load_town("taiyuan", whole=True)      # 2,831 institutions in ten counties and districts
    for resident in residents(10_000, town=town): …

Pure data: nothing here knows a database. Names of hospitals and health centres are public facts; places are those of
the neighbourhood, levels and leaders may have changed; everybody who works or lives there is invented (see `people`).

    jinjiang/, taiyuan/   town.json · institutions.csv · staff.csv · devices.csv · people.json
    catalogue.csv, insurance_rules.json   what things cost, and what the insurance pays
    observations.json     what can be measured, with its bounds
    departments.csv       what a kind of institution has; opening_hours.json: when it is open
"""

from seeds.people import SeedDocument, SeedResident, residents
from seeds.prices import catalogue, insurance_rules, observation_codes
from seeds.towns import (
    TOWNS,
    Alliance,
    BadTown,
    Colleague,
    Department,
    Institution,
    Machine,
    Proxy,
    Town,
    load_town,
)

__all__ = [
    "TOWNS",
    "Alliance",
    "BadTown",
    "Colleague",
    "Department",
    "Institution",
    "Machine",
    "Proxy",
    "SeedDocument",
    "SeedResident",
    "Town",
    "catalogue",
    "insurance_rules",
    "observation_codes",
    "load_town",
    "residents",
]
