"""The matrix: each client of the field on a cluster of its own, several side by side, and a table of what came of it.
`Tests/Clients/run` starts it with what it needs installed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from engine import Ports, is_lab, running

HERE = Path(__file__).resolve().parent
CLIENTS = HERE / "clients"
# A client that says nothing for so long hangs.
LIMIT = 150


@dataclass
class Client:
    """A row of the table: what runs it, and what has to be there for that."""

    name: str
    words: list
    # `field` and `queues` are virtual environments; else a program that has to be on PATH.
    needs: str = "field"
    hint: str = ""
    with_redis: bool = False


@dataclass
class Outcome:
    client: Client
    steps: list = field(default_factory=list)
    seconds: float = 0
    absent: str = ""
    complaint: str = ""

    @property
    def version(self):
        return next((step["note"] for step in self.steps if step["step"] == "version"), "")

    def named(self, *outcomes):
        return [step for step in self.steps if step["outcome"] in outcomes and step["step"] != "version"]

    @property
    def has_failed(self):
        return bool(self.complaint or self.named("failed"))


ROWS = [
    Client("redis-py RESP2", ["redis_py.py", "redis", "2"]),
    Client("redis-py RESP3", ["redis_py.py", "redis", "3"]),
    Client("redis-py RESP3, no hiredis", ["redis_py.py", "redis", "3", "python"]),
    Client("redis-py asyncio RESP2", ["redis_asyncio.py", "redis", "2"]),
    Client("redis-py asyncio RESP3", ["redis_asyncio.py", "redis", "3"]),
    Client("valkey-py RESP2", ["redis_py.py", "valkey", "2"]),
    Client("valkey-py RESP3", ["redis_py.py", "valkey", "3"]),
    Client("valkey-py asyncio RESP3", ["redis_asyncio.py", "valkey", "3"]),
    Client("valkey-glide RESP2", ["glide_client.py", "2"]),
    Client("valkey-glide RESP3", ["glide_client.py", "3"]),
    Client("coredis RESP3", ["coredis_client.py"]),
    Client("aioredis-cluster", ["aioredis_cluster_client.py"], "queues"),
    Client("celery", ["queues.py", "celery"], "queues"),
    Client("rq", ["queues.py", "rq"], "queues"),
    Client("iredis", ["iredis_client.py"], "queues"),
    Client("redis-cli, redis-benchmark", ["redis_tools.py"], "redis-benchmark", "apt-get install redis-tools"),
    Client("RedisInsight and others, replayed", ["readers.py"], with_redis=True),
    Client("redis_exporter", ["exporter.py"], "prometheus-redis-exporter", "apt-get install prometheus-redis-exporter",
           with_redis=True),
    Client("phpredis", ["phpredis.php"], "php", "apt-get install php-cli php-redis"),
    Client("redis-rb", ["redis_rb.rb"], "ruby", "apt-get install ruby-redis"),
    Client("hiredis (C)", ["hiredis_client.c"], "cc", "apt-get install gcc libhiredis-dev"),
]


class Matrix:
    def __init__(self, options):
        self.options = options
        self.ports = Ports()
        self.work = Path(options.environments)
        self.redis = shutil.which("redis-server")

    def run(self):
        rows = [row for row in ROWS if not self.options.only or any(w in row.name for w in self.options.only)]
        with ThreadPoolExecutor(self.options.jobs) as pool:
            return list(pool.map(self.attempt, rows))

    def attempt(self, client):
        outcome, start = Outcome(client), time.monotonic()
        try:
            command = self.command(client)
            if command is None:
                outcome.absent = client.hint or "not installed"
            else:
                with ExitStack() as stack:
                    cluster = stack.enter_context(running(self.options.engine, self.ports))
                    words = [str(cluster.port), *client.words[1:]]
                    if client.with_redis and self.redis:
                        words.append(str(stack.enter_context(running(self.redis, self.ports)).port))
                    self.converse(command + words, outcome)
        except Exception as error:
            outcome.complaint = f"{type(error).__name__}: {error}"
        outcome.seconds = time.monotonic() - start
        print(f"{client.name}: {verdict(outcome)} ({outcome.seconds:.0f} s)", file=sys.stderr, flush=True)
        return outcome

    def command(self, client):
        """What starts the client up to its own arguments; nil where it is not there."""
        script = CLIENTS / client.words[0]
        if client.needs in ("field", "queues"):
            python = self.work / client.needs / "bin" / "python"
            return [str(python), str(script)] if python.exists() else None
        if not shutil.which(client.needs):
            return None
        if script.suffix == ".py":
            return [sys.executable, str(script)]
        if script.suffix == ".c":
            return self.compiled(script)
        if script.suffix == ".php" and subprocess.run(["php", "--ri", "redis"], capture_output=True).returncode:
            return None
        if script.suffix == ".rb" and subprocess.run(["ruby", "-e", "require 'redis'"], capture_output=True).returncode:
            return None
        return [client.needs, str(script)]

    def compiled(self, source):
        program = self.work / source.stem
        built = subprocess.run(["cc", "-O1", "-o", str(program), str(source), "-lhiredis"], capture_output=True)
        return None if built.returncode else [str(program)]

    def converse(self, command, outcome):
        """Runs the client's script and takes what it says of its steps."""
        environment = dict(os.environ, PYTHONPATH=str(HERE), PYTHONWARNINGS="ignore")
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        try:
            said, errors = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            said, errors = process.communicate()
            outcome.complaint = f"hung for {LIMIT} s"
        outcome.steps = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
        if not outcome.steps or process.returncode and not outcome.named("failed"):
            outcome.complaint = outcome.complaint or f"exit code {process.returncode}: {errors.strip()[-300:]}"
        if outcome.has_failed and self.options.verbose:
            print(errors, file=sys.stderr)


def verdict(outcome):
    if outcome.absent:
        return "not here"
    return "failed" if outcome.has_failed else "passed"


def table(outcomes):
    """The rows of the matrix, and below them what needs more words."""
    rows = [("client", "version", "what was done", "")]
    for outcome in outcomes:
        done = outcome.absent or ", ".join(step["step"] for step in outcome.named("passed"))
        rows.append((outcome.client.name, outcome.version, done, verdict(outcome)))
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for row in rows:
        print(f"{row[0]:{widths[0]}}  {row[1]:{widths[1]}}  {row[3]:8}  {row[2]}")
    print()
    for outcome in outcomes:
        name = outcome.client.name
        for step in outcome.named("not offered"):
            print(f"{name}: {step['step']}: not offered: {step['note']}")
        for step in outcome.named("not there"):
            print(f"{name}: {step['step']}: not there yet: {step['note']}")
        for step in outcome.named("passed"):
            if step["note"]:
                print(f"{name}: {step['step']}: {step['note']}")
        for step in outcome.named("failed"):
            print(f"{name}: {step['step']}: FAILED: {step['note']}")
        if outcome.complaint:
            print(f"{name}: FAILED: {outcome.complaint}")


def main():
    parser = argparse.ArgumentParser(prog="Tests/Clients/run", description="Tries the clients of the field.")
    parser.add_argument("--engine", default="clusterlab", help="clusterlab, or a redis-server to compare with")
    parser.add_argument("--only", action="append", help="rows whose name has this in it; may be given several times")
    parser.add_argument("--jobs", type=int, default=4, help="how many clients at once")
    parser.add_argument("--verbose", action="store_true", help="what the clients that fail write to standard error")
    parser.add_argument("--environments", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    matrix = Matrix(options)
    start = time.monotonic()
    outcomes = matrix.run()
    table(outcomes)
    counts = [verdict(outcome) for outcome in outcomes]
    kind = "the lab" if is_lab(options.engine) else options.engine
    print(f"\non {kind}: {counts.count('passed')} passed, {counts.count('failed')} failed, "
          f"{counts.count('not here')} not here; {time.monotonic() - start:.0f} s")
    sys.exit(1 if "failed" in counts or not outcomes else 0)


if __name__ == "__main__":
    main()
