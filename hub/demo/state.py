"""What the demo remembers between starts: the world's step, its ports, and how to sign in.

The world moves on by one step at a start that follows a completed round of pulls, never else: a
demo that was killed in the middle goes on in the same world.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path

from hub import clock


@dataclass(frozen=True, slots=True)
class DemoState:
    """began_at: the reference instant of the world. moved_at: the instant of each step since.

    pulled: a round of pulls was completed at this step. The passwords and keys are the demo's own.
    """

    began_at: datetime
    moved_at: tuple[datetime, ...] = ()
    pulled: bool = False
    moodle_port: int = 0
    arlo_port: int = 0
    secrets: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def step(self) -> int:
        return len(self.moved_at)


def _path(data_dir: Path) -> Path:
    return data_dir / "demo" / "state.json"


def load_state(data_dir: Path) -> DemoState:
    """The state of the last start, moved on by a step if its pulls were completed."""
    path = _path(data_dir)
    if not path.exists():
        made = {name: secrets.token_urlsafe(9) for name in ("admin", "learner", "moodle", "arlo")}
        return DemoState(began_at=clock.now().replace(microsecond=0), secrets=made)
    data = json.loads(path.read_text())
    state = DemoState(
        began_at=datetime.fromisoformat(data["began_at"]),
        moved_at=tuple(datetime.fromisoformat(moment) for moment in data["moved_at"]),
        pulled=data["pulled"],
        moodle_port=data["moodle_port"],
        arlo_port=data["arlo_port"],
        secrets=data["secrets"],
    )
    if not state.pulled:
        return state
    now = clock.now().replace(microsecond=0)
    return replace(state, moved_at=(*state.moved_at, now), pulled=False)


def save_state(data_dir: Path, state: DemoState) -> None:
    """Write the state in one step, readable by its owner alone."""
    path = _path(data_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = asdict(state)
    data["began_at"] = state.began_at.isoformat()
    data["moved_at"] = [moment.isoformat() for moment in state.moved_at]
    unfinished = path.with_suffix(".part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(data, file, indent=1)
    unfinished.replace(path)
