"""Compares WSGI servers on the hub's own application: reading /healthz, storing statements.

One client process with a few kept-alive connections on loopback; each server gets a fresh SQLite
hub and the same number of threads. Prints requests per second, the slowest percent, memory, and
the ratio to the first server.

    python bench/servers.py [seconds]
"""

import base64
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from config import Settings
from hub.accounts.vendors import create_vendor
from hub.app import prepare_hub

CONNECTIONS = 8
THREADS = 8
PORT = 8765
SERVERS = {
    "granian": (
        "granian", "--interface", "wsgi", "--port", str(PORT), "--workers", "1",
        "--blocking-threads", str(THREADS), "--no-ws", "--no-log", "wsgi:app",
    ),
    "gunicorn gthread": (
        "gunicorn", "--worker-class", "gthread", "--threads", str(THREADS), "--workers", "1",
        "--bind", f"127.0.0.1:{PORT}", "--log-level", "error", "wsgi:app",
    ),
}  # fmt: skip


@dataclass
class Figures:
    per_second: float
    slowest_percent_ms: float


def statement() -> bytes:
    return json.dumps(
        {
            "id": str(uuid4()),
            "actor": {"mbox": "mailto:somebody@example.org"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
            "object": {"id": "https://lms.example.org/course/1"},
            "result": {"completion": True},
        }
    ).encode()


def load(seconds: float, method: str, path: str, headers: dict[str, str]) -> Figures:
    """Ask on every connection until the time is over."""
    taken: list[float] = []
    end = time.monotonic() + seconds

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        while time.monotonic() < end:
            body = statement() if method == "POST" else None
            began = time.perf_counter()
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            taken.append(time.perf_counter() - began)
            assert answer.status in {200, 503}, answer.status

    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Figures(len(taken) / seconds, sorted(taken)[int(len(taken) * 0.99)] * 1000)


def memory_mib(pid: int) -> int:
    """Resident memory of a process and those that it has started."""
    pids = [pid]
    for one in pids:
        pids += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
    pages = (int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in pids)
    return sum(pages) * os.sysconf("SC_PAGE_SIZE") // 1024**2


def wait_until_it_answers() -> None:
    for _ in range(200):
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server does not answer")


def measure(command: tuple[str, ...], seconds: float) -> tuple[Figures, Figures, int]:
    folder = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    hub = prepare_hub(Settings(data_dir=folder))
    with hub.database.transaction() as session:
        _, key, secret = create_vendor(session, hub.keyring, "bench")
    hub.database.dispose()
    credentials = base64.b64encode(f"{key}:{secret}".encode()).decode()
    environment = os.environ | {"HUB_DATA_DIR": str(folder), "HUB_LOG_LEVEL": "ERROR"}
    program = Path(sys.executable).with_name(command[0])
    root = Path(__file__).parent.parent
    server = subprocess.Popen([program, *command[1:]], cwd=root, env=environment)
    try:
        wait_until_it_answers()
        read = load(seconds, "GET", "/healthz", {})
        headers = {
            "Authorization": f"Basic {credentials}",
            "Content-Type": "application/json",
            "X-Experience-API-Version": "1.0.3",
        }
        stored = load(seconds, "POST", "/xapi/statements", headers)
        return read, stored, memory_mib(server.pid)
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder)


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    first: tuple[float, float] | None = None
    for name, command in SERVERS.items():
        read, stored, memory = measure(command, seconds)
        first = first or (read.per_second, stored.per_second)
        print(
            f"{name:18} /healthz {read.per_second:6.0f}/s ({read.per_second / first[0]:.2f}) "
            f"p99 {read.slowest_percent_ms:5.1f} ms   "
            f"POST {stored.per_second:6.0f}/s ({stored.per_second / first[1]:.2f}) "
            f"p99 {stored.slowest_percent_ms:6.1f} ms   {memory} MiB"
        )


if __name__ == "__main__":
    main()
