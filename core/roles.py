"""The register of roles (`roles.yml`): who may sign in, and what for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

REGISTER = Path(__file__).with_suffix(".yml")
EVERYBODY = "bi_reader"  # whom all readers are within


@dataclass(frozen=True)
class Role:
    """One role; `within` names the role whose rights it has too."""

    name: str
    kind: Literal["service", "people"]
    purpose: str
    within: str | None = None

    @property
    def login(self) -> str:
        """Who signs in to work as this role."""
        return self.name if self.kind == "service" else shared_login(self.name)


def shared_login(role: str) -> str:
    """The login under a role for people that tools share."""
    return f"{role}_shared"


def _read() -> dict[str, Role]:
    return {name: Role(name, **rest) for name, rest in yaml.safe_load(REGISTER.read_text()).items()}


ROLES = _read()
PEOPLE = {name: role for name, role in ROLES.items() if role.kind == "people"}
READERS = tuple(role.name for role in ROLES.values() if EVERYBODY in (role.name, role.within))
