"""What it costs: each file prints one table. `python -m benchmarks` runs all, `python -m benchmarks servers` one."""
