"""The use cases of reports, by what they do."""

from healthcode.care.reports.service.codes import find_codes, load_codes, map_local_code
from healthcode.care.reports.service.critical import acknowledge, critical_at
from healthcode.care.reports.service.reading import Point, reports_at, reports_of, show, trend, versions
from healthcode.care.reports.service.writing import Draft, Result, add_version, record

__all__ = [
    "Draft",
    "Point",
    "Result",
    "acknowledge",
    "add_version",
    "critical_at",
    "find_codes",
    "load_codes",
    "map_local_code",
    "record",
    "reports_at",
    "reports_of",
    "show",
    "trend",
    "versions",
]
