"""The doors of bills."""

from healthcode.care.bills import models
from healthcode.core.http import Room

room = Room(
    "bills", __name__, prefix="/api/v1", about="What a visit costs, what the insurance takes, and what is paid."
)
_ = models
