"""Third floor: what happens. Appointments and their calendars now; reports, prescriptions and bills are to come."""
