"""Stand-ins for the machines of others, each its own process with its own data. Nothing here knows the service."""
