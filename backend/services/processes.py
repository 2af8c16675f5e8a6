"""Processes and locks of one installation: who runs now, and that nothing runs twice.

A process id alone says nothing, since the system gives it out again. The gateway therefore holds a lock for
as long as it lives: the lock falls with the process, also at `kill -9`, and two gateways can never send for
the same accounts.
"""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from backend.domain.errors import InstallationBusy, StartFailed
from backend.settings import Settings

#: How often a wait looks again, in seconds.
LOOK_EVERY = 0.1

#: How long a lock is tried for at least, in seconds: whoever looks whether it is held holds it for a moment himself.
GLIMPSE = 1.0


@contextmanager
def locked(path: Path, what: str, *, wait_seconds: float = GLIMPSE) -> Iterator[None]:
    """Holds an exclusive lock on a file. Raises InstallationBusy where another holds it for longer."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        deadline = time.monotonic() + wait_seconds
        while not _try_lock(handle.fileno()):
            if time.monotonic() >= deadline:
                raise InstallationBusy(what=what, path=str(path))
            time.sleep(LOOK_EVERY)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)


def is_locked(path: Path) -> bool:
    """Whether some living process holds the lock."""
    if not path.exists():
        return False
    with path.open("a") as handle:
        if not _try_lock(handle.fileno()):
            return True
        fcntl.flock(handle, fcntl.LOCK_UN)
        return False


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError as fault:
        if fault.errno in (errno.EWOULDBLOCK, errno.EACCES):
            return False
        raise


def read_pid(path: Path) -> int | None:
    """The process id that a pid file names, or None where there is no such file."""
    try:
        return int(path.read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return None


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(path)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether a condition came true within the time."""
    deadline = time.monotonic() + seconds
    while True:
        if condition():
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(LOOK_EVERY)


# ---------------------------------------------------------------------------------------------------
# The gateway's process


#: Gateways that this process started: kept until they have ended, so that their ends are collected.
_started: list[subprocess.Popen[bytes]] = []


def start_gateway(home: Path, *, seconds: float = 120.0) -> int:
    """Starts `guanlian serve` detached and returns its process id once it answers /healthz.

    One that ends is noticed at once; `seconds` is for machines so busy that starting takes long. Raises StartFailed
    with the end of its log, or the time it was given.
    """
    settings = Settings.load(home)
    log = home / "logs" / "gateway.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "backend.cli", "serve", "--home", str(home)],
            cwd=project_root(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    _started[:] = [process, *(earlier for earlier in _started if earlier.poll() is None)]
    url = f"http://{settings.api_host}:{settings.api_port}/healthz"

    def ready() -> bool:
        return process.poll() is not None or (is_locked(gateway_lock(home)) and answers(url))

    if not wait_until(ready, seconds) or process.poll() is not None:
        if process.poll() is None:
            process.terminate()
            raise StartFailed(what="gateway", reason=f"no answer in {seconds:.0f} s\n{last_lines(log, 12)}")
        raise StartFailed(what="gateway", reason=last_lines(log, 12))
    return process.pid


def stop_gateway(home: Path, *, seconds: float = 20.0) -> bool:
    """Ends the gateway of an installation and waits for its end; False where none ran.

    It is asked first (SIGTERM: requests in flight are finished) and killed when it does not follow.
    """
    lock = gateway_lock(home)
    pid = read_pid(gateway_pid(home))
    if pid is None or not is_locked(lock):
        gateway_pid(home).unlink(missing_ok=True)
        return False
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            break
        if wait_until(lambda: not is_locked(lock), seconds):
            break
    gateway_pid(home).unlink(missing_ok=True)
    for process in _started:
        if process.pid == pid:
            process.wait()
    return True


def gateway_runs(home: Path) -> bool:
    return is_locked(gateway_lock(home))


def gateway_lock(home: Path) -> Path:
    return home / "run" / "gateway.lock"


def gateway_pid(home: Path) -> Path:
    return home / "run" / "gateway.pid"


def answers(url: str, timeout: float = 2.0) -> bool:
    """Whether a GET is answered with 200."""
    try:
        return httpx.get(url, timeout=timeout, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def last_lines(path: Path, count: int) -> str:
    """The end of a log, or an empty text where there is none."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-count:])
    except FileNotFoundError:
        return ""


def project_root() -> Path:
    """The checkout this code runs from: contracts and scripts stand there."""
    return Path(__file__).resolve().parents[2]
