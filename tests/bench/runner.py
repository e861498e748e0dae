#!/usr/bin/env python3
"""Runs commands and tells what each took: one JSON object a line in, one out.

{"argv": [...], "env": {...}, "stdin": PATH, "stdout": "null" | "pipe"}
    the command from its start to its end, its output to /dev/null or through a pipe
{"argv": [...], "env": {...}, "keys": N, "first": TEXT, "ready": TEXT}
    the command on a pseudo-terminal that is raw: once `ready` is seen (after typing `first`), N
    keys are typed, each when the one before has come back

Times are in milliseconds, memory in KiB: wall from before the start to after the end, the CPU's of
the user and the system as wait4(2) tells them of the process and all it has waited for.
"""
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import tempfile
import termios
import time
import tty

LIMIT = 180


def usage(pid, started):
    _, status, used = os.wait4(pid, 0)
    return {
        "wall": (time.perf_counter() - started) * 1e3,
        "cpu": (used.ru_utime + used.ru_stime) * 1e3,
        "memory": used.ru_maxrss,
        "code": os.waitstatus_to_exitcode(status),
    }


def start(argv, env, stdin, stdout, stderr):
    actions = [
        (os.POSIX_SPAWN_DUP2, stdin, 0),
        (os.POSIX_SPAWN_DUP2, stdout, 1),
        (os.POSIX_SPAWN_DUP2, stderr, 2),
    ]
    return os.posix_spawnp(argv[0], argv, {**os.environ, **env}, file_actions=actions)


def drain(pipe):
    """Takes all that comes without looking at it; returns how much it was."""
    nowhere = os.open("/dev/null", os.O_WRONLY)
    total = 0
    while count := os.splice(pipe, nowhere, 1 << 20):
        total += count
    os.close(nowhere)
    return total


def run(request, errors):
    stdin = os.open(request.get("stdin") or "/dev/null", os.O_RDONLY)
    piped = request.get("stdout") == "pipe"
    read, write = os.pipe() if piped else (None, os.open("/dev/null", os.O_WRONLY))
    started = time.perf_counter()
    pid = start(request["argv"], request.get("env", {}), stdin, write, errors)
    os.close(write)
    os.close(stdin)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
    signal.alarm(LIMIT)
    count = drain(read) if piped else None
    result = usage(pid, started)
    signal.alarm(0)
    if piped:
        os.close(read)
    return {**result, "bytes": count}


def read_some(terminal):
    if not select.select([terminal], [], [], 20)[0]:
        raise TimeoutError("nothing came back from the terminal")
    return os.read(terminal, 65536)


def echo(request):
    started = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(request.get("env", {}))
        os.execvp(request["argv"][0], request["argv"])
    try:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        tty.setraw(terminal)
        # What is typed before the command has set its terminal up may be taken for something else.
        time.sleep(0.5)
        os.write(terminal, request.get("first", "").encode())
        seen = b""
        while request["ready"].encode() not in seen:
            seen += read_some(terminal)
        time.sleep(0.3)
        times = []
        for key in range(request["keys"]):
            before = time.perf_counter()
            os.write(terminal, b"k")
            if read_some(terminal) != b"k":
                raise ValueError("something else than the key came back")
            times.append((time.perf_counter() - before) * 1e3)
            # As a quick typist does, and so that nothing is still on its way.
            time.sleep(0.002)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.close(terminal)
        result = usage(pid, started)
    return {**result, "code": 0, "times": times}


def main():
    for line in sys.stdin:
        request = json.loads(line)
        with tempfile.TemporaryFile() as errors:
            try:
                result = echo(request) if "keys" in request else run(request, errors.fileno())
            except (OSError, ValueError) as error:
                result = {"code": -1, "said": str(error)}
            errors.seek(0)
            result.setdefault("said", errors.read(2000).decode(errors="replace").strip())
        print(json.dumps(result), flush=True)


main()
