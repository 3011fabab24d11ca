"""Third floor: what happens. Appointments now; reports, prescriptions and bills are to come."""
