"""Memory that can still be had."""

from pathlib import Path

try:
    import resource
except ImportError:  # on Windows
    resource = None  # type: ignore[assignment]

GIBIBYTE = 2**30


def free_memory() -> int:
    """Bytes that can be had without swapping, as limits of process and container allow; 4 GiB if nothing tells."""
    available = _fields(Path("/proc/meminfo")).get("MemAvailable")
    free = [4 * GIBIBYTE if available is None else 1024 * available]
    if resource is not None:
        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit != resource.RLIM_INFINITY:
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            free.append(limit - pages * resource.getpagesize())
    container = Path("/sys/fs/cgroup")
    try:
        most = (container / "memory.max").read_text().strip()
        if most != "max":
            used = int((container / "memory.current").read_text())
            # Files that were read and can be dropped count as used.
            cached = _fields(container / "memory.stat").get("inactive_file", 0)
            free.append(int(most) - used + cached)
    except OSError:
        pass  # no control group: nothing more to respect
    return max(min(free), 0)


def _fields(path: Path) -> dict[str, int]:
    """The numbers of a file of the kernel by name; none where there is no such file."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return {}
    return {line.split()[0].rstrip(":"): int(line.split()[1]) for line in lines}
