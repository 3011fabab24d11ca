"""Appointments as iCalendar (RFC 5545). A calendar lies open on desks and phones: it says where and when, never why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event

AGAIN = timedelta(hours=1)  # how often a calendar should ask


@dataclass(frozen=True)
class Entry:
    """One appointment, as a calendar shows it. `sequence` grows with every change."""

    id: str
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    is_cancelled: bool
    sequence: int
    created_at: datetime
    changed_at: datetime


def write(entries: Iterable[Entry]) -> bytes:
    """A calendar of these, as its bytes: lines folded, ended by CRLF, moments in UTC."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//healthcode//appointments//ZH")
    calendar.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        calendar.add_component(_event(entry))
    written: bytes = calendar.to_ical()
    return written


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", f"{entry.id}@healthcode")
    event.add("dtstamp", entry.changed_at)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("summary", entry.title)
    event.add("location", entry.place)
    event.add("class", "PRIVATE")
    event.add("created", entry.created_at)
    event.add("last-modified", entry.changed_at)
    return event
