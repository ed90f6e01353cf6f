"""What a running system leaves in its folder for the other commands: `running.json`, logs, vectors."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from local.user_pool import UserPool

DEFAULT_FOLDER = Path(".local")


class NothingRunsError(Exception):
    """No system runs whose state is in the folder."""


@dataclass(frozen=True, slots=True)
class Running:
    """A running system, as other processes of this machine find it."""

    url: str
    aws_url: str
    user_pool_id: str
    client_id: str
    pid: int
    environment: Mapping[str, str]

    @property
    def user_pool(self) -> UserPool:
        return UserPool(self.aws_url, self.user_pool_id, self.client_id)


@dataclass(frozen=True, slots=True)
class StateFolder:
    folder: Path = DEFAULT_FOLDER

    @property
    def log_file(self) -> Path:
        return self.folder / "logs" / "functions.log"

    @property
    def own_log_file(self) -> Path:
        """What the local run itself, moto and the servers have to say."""
        return self.folder / "logs" / "local.log"

    @property
    def vectors(self) -> Path:
        return self.folder / "vectors"

    @property
    def _running_file(self) -> Path:
        return self.folder / "running.json"

    def wipe(self) -> None:
        """Remove what an earlier system left, and nothing else, and begin with empty logs."""
        for left in (self.vectors, self.log_file.parent):
            shutil.rmtree(left, ignore_errors=True)
        self.withdraw()
        self.log_file.parent.mkdir(parents=True)

    def announce(self, running: Running) -> None:
        """Let other processes find the system; the file appears whole."""
        unfinished = self._running_file.with_suffix(".new")
        unfinished.write_text(json.dumps(asdict(running), indent=2), encoding="utf-8")
        unfinished.replace(self._running_file)

    def withdraw(self) -> None:
        self._running_file.unlink(missing_ok=True)

    def running(self) -> Running:
        """Raises: NothingRunsError."""
        try:
            running = Running(**json.loads(self._running_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            raise NothingRunsError("No system is running here. Start one with `make run`.") from None
        if not _is_alive(running.pid):
            raise NothingRunsError("The system that ran here has ended. Start it again with `make run`.")
        return running


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True
