"""`python -m healthcode`."""

from healthcode.doors.cli import main

if __name__ == "__main__":
    main(prog_name="healthcode")
