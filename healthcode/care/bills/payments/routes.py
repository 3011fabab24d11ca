"""The doors of payments."""

from healthcode.care.bills.payments import models
from healthcode.core.http import Room

room = Room("payments", __name__, prefix="/api/v1", about="Paying bills, and money that goes back.")
_ = models
