"""healthcode: one code for every resident of a city.

The map of the house, from the ground up (imports go down only):

    core      the ground: database, doors, trail, outbox, keys; knows no health word
    registry  who and where: residents, institutions, devices
    trust     may they? sessions, the gate and its grounds, the one code, family, audit
    care      what happens: appointments
    doors     the other ways in: the resident's page, the scanner's page, the desk, the front, commands

The floors between care and the doors (pathways, watch) are for rooms to come. `create_app` assembles; it decides nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings


def create_app(settings: "Settings") -> "Flask":
    """The service, assembled for these settings. Touches no network and runs no migration."""
    from healthcode.assembly import assemble  # late, so that a command that only prints its help is quick

    return assemble(settings)
