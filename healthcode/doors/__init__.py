"""The other ways in. Doors call services, never models."""
