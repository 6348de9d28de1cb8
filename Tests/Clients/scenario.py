"""What every client is put through. A client's script derives from `Trial`, says how its client does each step, and
ends in `run(ItsTrial)`; each step is told to the matrix as one line of JSON.

A step that the client does not offer raises `NotOffered` with the reason; one that the server is known not to have
raises `NotThere`.
"""

import asyncio
import inspect
import json
import os
import sys
import time
import traceback

from cluster import Cluster, Connection, wait_until

# Spread over all masters, with a tag in some, and bytes that a careless parser trips over.
KEYS = [f"key:{number}" for number in range(60)] + [f"{{user:{number}}}:name" for number in range(40)]
AWKWARD = [b"", b"\r\n", b"$-1\r\n", bytes(range(256)), b"x" * 1_000_000]


class NotOffered(Exception):
    """The client has no such thing."""


class NotThere(Exception):
    """The server is known not to have what the step needs."""


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def equal(found, wanted, what="reply"):
    if found != wanted:
        raise AssertionError(f"{what}: {short(found)} instead of {short(wanted)}")


def short(value):
    text = repr(value)
    return text if len(text) < 120 else text[:117] + "..."


def plain(value):
    """Text of bytes, so that clients that decode and clients that do not compare alike."""
    return value.decode() if isinstance(value, bytes) else value


class Trial:
    """One client on one cluster. `set` and `get` are enough for the common steps."""

    steps = [
        "connect", "discovery", "strings", "types", "pipeline", "multislot", "transaction", "pubsub", "sharded",
        "scan", "others", "replicas", "migration", "failover",
    ]

    def __init__(self, port):
        self.port = port
        self.cluster = Cluster(port)

    async def set(self, key, value):
        raise NotImplementedError

    async def get(self, key):
        raise NotImplementedError

    async def strings(self):
        """Keys of all slots, and values of any bytes."""
        for key in KEYS:
            await self.set(key, f"of {key}")
        for key in KEYS:
            equal(plain(await self.get(key)), f"of {key}")
        equal(await self.get("nobody"), None)
        await self.awkward()

    async def awkward(self):
        for number, value in enumerate(AWKWARD):
            await self.set(f"awkward:{number}", value)
            equal(await self.get(f"awkward:{number}"), value)

    async def migration(self):
        """A slot of 20 keys moves while the client reads and writes them: before, half moved, after."""
        keys = [f"{{moving}}:{number}" for number in range(20)]
        for key in keys:
            await self.set(key, "before")
        self.cluster.begin_move("{moving}", 10)
        for key in keys:
            equal(plain(await self.get(key)), "before", f"{key} in the open slot")
            await self.set(key, "between")
        # A key that was never there is asked of the new owner.
        equal(await self.get("{moving}:new"), None)
        await self.set("{moving}:new", "between")
        self.cluster.end_move("{moving}")
        for key in keys + ["{moving}:new"]:
            equal(plain(await self.get(key)), "between", f"{key} after the move")
            await self.set(key, "after")
            equal(plain(await self.get(key)), "after")

    async def failover(self):
        """A master is shut down; the client goes on, with errors at most until its replica has taken over."""
        await self.set("{failing}", "before")
        # A write that no replica has is lost with its master: no client's fault.
        self.cluster.settle()
        stopped = self.cluster.stop_owner("{failing}")
        refused, start = 0, time.monotonic()
        while True:
            try:
                await self.set("{failing}", "after")
                break
            except Exception as error:
                refused += 1
                if time.monotonic() - start > 20:
                    raise AssertionError(f"still refused after 20 s: {error!r}") from error
                await asyncio.sleep(0.1)
        equal(plain(await self.get("{failing}")), "after")
        wait_until(lambda: self.cluster.owner("{failing}").port != stopped, "news of the new master everywhere")
        for key in KEYS:
            await self.set(key, "later")
        return f"{time.monotonic() - start:.1f} s, {refused} refused"

    async def await_listeners(self, names, sharded=False):
        """Until some node has a subscriber for each channel: subscribing goes its own way in some clients."""
        words = ["PUBSUB", "SHARDNUMSUB" if sharded else "NUMSUB", *names]

        def counts():
            total = dict.fromkeys(names, 0)
            for port in self.cluster.ports:
                with Connection(port) as connection:
                    reply = connection.call(*words)
                for name, count in zip(reply[::2], reply[1::2]):
                    total[name.decode()] += count
            return total

        for _ in range(200):
            if all(counts().values()):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"nobody listens to {', '.join(names)}: {counts()}")

    def replica_hits(self):
        """How many keys replicas have been read from."""
        total = 0
        for port in self.cluster.replica_ports():
            with Connection(port) as connection:
                for line in connection.text("INFO", "stats").splitlines():
                    if line.startswith("keyspace_hits:"):
                        total += int(line.split(":")[1])
        return total

    async def reads_from_replicas(self, get):
        """Reads by a client that was told to, and looks whether replicas were asked."""
        for key in KEYS:
            await self.set(key, "everywhere")
        self.cluster.settle()
        before = self.replica_hits()
        for key in KEYS:
            value = get(key)
            if inspect.isawaitable(value):
                value = await value
            equal(plain(value), "everywhere", key)
        hits = self.replica_hits() - before
        expect(hits > 0, "no replica was asked")
        return f"{hits} of {len(KEYS)} reads"

    async def all_steps(self, limit):
        for name in self.steps:
            if hasattr(self, name) and not await _tell(self, name, limit):
                break
        await self.close()

    async def close(self):
        pass


def tell(step, outcome, note=""):
    print(json.dumps({"step": step, "outcome": outcome, "note": note}), flush=True)


async def _tell(trial, name, limit):
    """Runs a step and tells how it went."""
    try:
        note = getattr(trial, name)()
        if inspect.isawaitable(note):
            note = await asyncio.wait_for(note, limit)
        tell(name, "passed", note or "")
    except NotOffered as reason:
        tell(name, "not offered", str(reason))
    except NotThere as reason:
        tell(name, "not there", str(reason))
    except Exception as error:
        traceback.print_exc()
        tell(name, "failed", f"{type(error).__name__}: {error}"[:int(os.environ.get("CLIENTS_NOTE", 300))])
        return name != "connect"
    return True


def run(make, version, limit=40):
    """Puts the client through its steps: the first argument is the port, the rest is the client's own."""
    sys.stdout.reconfigure(line_buffering=True)
    tell("version", "passed", version)
    try:
        asyncio.run(make(int(sys.argv[1]), *sys.argv[2:]).all_steps(limit))
    except Exception as error:
        traceback.print_exc()
        tell("connect", "failed", f"{type(error).__name__}: {error}"[:int(os.environ.get("CLIENTS_NOTE", 300))])
    # Clients with threads of their own need not be waited for.
    sys.stdout.flush()
    os._exit(0)
