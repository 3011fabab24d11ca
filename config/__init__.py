"""What a city can turn: one frozen dataclass, read once from the environment."""

from config.settings import BadSettings, Settings, load

__all__ = ["BadSettings", "Settings", "load"]
