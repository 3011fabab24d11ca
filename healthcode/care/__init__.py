"""Third floor: what happens. Appointments and their calendars, bills and reports; prescriptions are to come."""
