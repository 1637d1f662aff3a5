"""What Tocsin is told by its environment: which database, which configuration."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DATABASE = "TOCSIN_DATABASE"
CONFIG = "TOCSIN_CONFIG"
SHIPPED = Path(__file__).resolve().parents[1] / "rules"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where events are kept, where configuration is read, and where caches may be written."""

    database: str
    config: Path
    cache: Path

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the environment.

        `TOCSIN_DATABASE` is a URL, or the path of an SQLite file; by default `tocsin/tocsin.db`
        in the user's data folder (XDG Base Directory Specification). `TOCSIN_CONFIG` is a folder
        as `tocsin init` writes it; by default the shipped configuration.
        """
        cache = Path(environment.get("XDG_CACHE_HOME") or _home(environment) / ".cache")
        database = environment.get(DATABASE) or str(data_folder(environment) / "tocsin.db")
        config = environment.get(CONFIG)
        return cls(
            database=database if "://" in database else _url_of(Path(database)),
            config=Path(config) if config else SHIPPED,
            cache=cache / "tocsin",
        )


def _url_of(path: Path) -> str:
    # Whoever takes the path out of the URL again reads `%41` as a letter.
    return "sqlite:///" + str(path.absolute()).replace("%", "%25")


def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Give the folder `tocsin` in the user's data folder (XDG Base Directory Specification)."""
    data = environment.get("XDG_DATA_HOME") or _home(environment) / ".local/share"
    return Path(data) / "tocsin"


def _home(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("HOME") or Path.home())
