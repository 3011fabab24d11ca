"""Fourth floor: care that crosses rooms and institutions, and may use several rooms in one transaction. Referrals now."""
