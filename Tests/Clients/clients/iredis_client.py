"""iredis in a terminal of its own: `iredis_client.py PORT`."""

import os
import pty
import re
import select
import sys
import tempfile
import time
from importlib.metadata import version

from scenario import Trial, run

ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x1b\][^\x07]*\x07")


class IredisTrial(Trial):
    """What is typed, and what is then on the screen. iredis asks the server for its version and its commands."""

    steps = ["connect", "strings", "types", "transaction"]

    def connect(self):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            # Its history belongs to nobody.
            os.environ.update(TERM="xterm", HOME=tempfile.mkdtemp(prefix="clients-"))
            program = os.path.join(os.path.dirname(sys.executable), "iredis")
            port = self.cluster.owner("{u}").port
            os.execv(program, ["iredis", "-p", str(port), "--no-rainbow"])
        self.until("127.0.0.1:")

    def until(self, text):
        """The screen's text up to there; keys that a terminal would press by itself are answered."""
        seen, end = b"", time.monotonic() + 20
        while time.monotonic() < end:
            if select.select([self.terminal], [], [], 0.1)[0]:
                try:
                    chunk = os.read(self.terminal, 65536)
                except OSError:
                    break
                if b"\x1b[6n" in chunk:
                    os.write(self.terminal, b"\x1b[1;1R")
                seen += chunk
            found = ESCAPES.sub(b"", seen).decode(errors="replace")
            if text in found:
                return found
        raise AssertionError(f"no {text!r} on the screen: {found[-200:]!r}")

    def type(self, line, answer):
        os.write(self.terminal, line.encode() + b"\r")
        return self.until(answer)

    def strings(self):
        self.type("SET {u}:1 Alice", "OK")
        self.type("GET {u}:1", '"Alice"')
        self.type("PING", "PONG")

    def types(self):
        self.type("HSET {u}h a 1 b 2", "(integer) 2")
        self.type("RPUSH {u}l x y", "(integer) 2")
        self.type("CLUSTER INFO", "cluster_state:ok")

    def transaction(self):
        self.type("MULTI", "OK")
        self.type("SET {u}:1 Bob", "QUEUED")
        self.type("EXEC", "OK")

    async def close(self):
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)


if __name__ == "__main__":
    run(IredisTrial, version("iredis"))
