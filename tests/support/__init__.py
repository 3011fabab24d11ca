"""What tests and benchmarks stand on: a PostgreSQL server, a browser, empty databases."""
