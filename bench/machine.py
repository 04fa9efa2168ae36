"""What processes use: CPU time and memory, read from Linux' /proc."""

import os
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and all that it has started, and theirs."""
    pids = [pid]
    for one in pids:
        pids += _children(one)
    return pids


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and its family, ended children included."""
    return sum(map(_cpu_ticks, family(pid))) / _TICK


def peak_memory_mib(pid: int) -> float:
    """The most that any process of the family has held in memory at a time."""
    return max(map(_peak_kib, family(pid))) / 1024


def load_average() -> float:
    return os.getloadavg()[0]


def processor() -> str:
    """The model and number of processors."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(models)} × {models[0]}" if models else f"{os.cpu_count()} processors"


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:  # it has ended meanwhile
        return []


def _cpu_ticks(pid: int) -> int:
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, after_name[11:15]))


def _peak_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
