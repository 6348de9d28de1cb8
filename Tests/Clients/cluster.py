"""A running cluster as the matrix handles it: over its own connections, so that nothing of it hangs on the client
that is being tried.

As a program, for clients that are not written in Python:

    python3 cluster.py PORT stop-owner KEY        shuts the master of the key's slot down
    python3 cluster.py PORT begin-move KEY COUNT  moves COUNT keys of the key's slot, and leaves the slot open
    python3 cluster.py PORT end-move KEY          moves the rest, and the slot
    python3 cluster.py PORT settle                waits until the replicas have all that the masters have
"""

import json
import socket
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


class ServerError(Exception):
    """An error reply."""


class Connection:
    """One connection in RESP2 (or in RESP3, after HELLO 3)."""

    def __init__(self, port, host="127.0.0.1", timeout=10):
        self.socket = socket.create_connection((host, port), timeout)
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.file.close()
        self.socket.close()

    def send(self, *words):
        encoded = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        request = b"*%d\r\n" % len(encoded)
        self.socket.sendall(request + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in encoded))

    def call(self, *words):
        """The reply; an error is raised."""
        self.send(*words)
        reply = self.read()
        if isinstance(reply, ServerError):
            raise reply
        return reply

    def text(self, *words):
        return self.call(*words).decode()

    def read(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the server closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest.decode()
        if kind in b"-!":
            return ServerError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b",":
            return float(rest)
        if kind == b"#":
            return rest == b"t"
        if kind == b"_":
            return None
        length = int(rest)
        if length < 0:
            return None
        if kind in b"$=":
            return self.file.read(length + 2)[:-2]
        if kind == b"%":
            return {self._key(self.read()): self.read() for _ in range(length)}
        return [self.read() for _ in range(length)]

    @staticmethod
    def _key(value):
        return tuple(value) if isinstance(value, list) else value


@dataclass
class Node:
    """A line of CLUSTER NODES."""

    name: str
    port: int
    flags: list
    master: str
    slots: list

    @property
    def is_master(self):
        return "master" in self.flags

    @property
    def is_well(self):
        return not any(flag.startswith("fail") for flag in self.flags)


def slot_of(key):
    """The hash slot: CRC16 (XMODEM) of the part between the first braces, if there is one."""
    data = key.encode() if isinstance(key, str) else key
    start = data.find(b"{")
    if start >= 0:
        end = data.find(b"}", start + 1)
        if end > start + 1:
            data = data[start + 1 : end]
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1
        crc &= 0xFFFF
    return crc % 16384


def wait_until(condition, what, seconds=30):
    """Polls until the condition holds; what it returned."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise TimeoutError(f"{what} did not come true in {seconds} s")


class Cluster:
    """A cluster whose nodes are on consecutive ports of this machine."""

    def __init__(self, port, count=6):
        self.ports = list(range(port, port + count))
        self.port = port

    def nodes(self):
        """As the first node that answers sees them."""
        for port in self.ports:
            try:
                with Connection(port) as connection:
                    lines = connection.text("CLUSTER", "NODES").splitlines()
            except (OSError, ServerError):
                continue
            return [self._node(line.split()) for line in lines]
        raise ConnectionError("no node answers")

    @staticmethod
    def _node(fields):
        ranges = []
        for word in fields[8:]:
            if not word.startswith("["):
                first, _, last = word.partition("-")
                ranges.append((int(first), int(last or first)))
        port = int(fields[1].split("@")[0].split(",")[0].rsplit(":", 1)[1])
        return Node(fields[0], port, fields[2].split(","), fields[3], ranges)

    def owner(self, key):
        slot = slot_of(key)
        for node in self.nodes():
            if node.is_master and any(low <= slot <= high for low, high in node.slots):
                return node
        raise LookupError(f"slot {slot} has no owner")

    def replica_ports(self):
        return [node.port for node in self.nodes() if not node.is_master]

    def stop_owner(self, key):
        """Ends the master of the key's slot, as an administrator would in a hurry; its port."""
        owner = self.owner(key)
        with Connection(owner.port) as connection:
            connection.send("SHUTDOWN", "NOSAVE")
            try:
                connection.read()
            except OSError:
                pass
        return owner.port

    def settle(self):
        """Waits until every replica has what its master had written when this began."""
        for node in self.nodes():
            if node.is_master and node.is_well:
                wait_until(lambda: self._has_replicas_in_step(node.port), "replicas in step")

    @staticmethod
    def _has_replicas_in_step(port):
        with Connection(port) as connection:
            lines = connection.text("INFO", "replication").splitlines()
        facts = dict(line.split(":", 1) for line in lines if ":" in line)
        offsets = [value.split("offset=")[1].split(",")[0] for name, value in facts.items() if name.startswith("slave")]
        return all(int(offset) >= int(facts["master_repl_offset"]) for offset in offsets)

    def begin_move(self, key, count):
        """Opens the key's slot for another master and moves so many of its keys there."""
        slot, source = slot_of(key), self.owner(key)
        target = next(n for n in self.nodes() if n.is_master and n.is_well and n.port != source.port)
        with Connection(target.port) as there, Connection(source.port) as here:
            there.call("CLUSTER", "SETSLOT", slot, "IMPORTING", source.name)
            here.call("CLUSTER", "SETSLOT", slot, "MIGRATING", target.name)
            self._migrate(here, slot, target, count)
        self._note(slot).write_text(json.dumps([source.port, target.port, target.name]))

    def end_move(self, key):
        """Moves the rest of the slot's keys, and tells all masters of its new owner."""
        slot = slot_of(key)
        note = self._note(slot)
        source, target, name = json.loads(note.read_text())
        note.unlink()
        with Connection(source) as here:
            while self._migrate(here, slot, Node(name, target, [], "-", []), 100):
                pass
        masters = [node.port for node in self.nodes() if node.is_master and node.is_well]
        for port in sorted(masters, key=lambda port: [target, source].index(port) if port in (target, source) else 2):
            with Connection(port) as connection:
                connection.call("CLUSTER", "SETSLOT", slot, "NODE", name)

    @staticmethod
    def _migrate(here, slot, target, count):
        keys = here.call("CLUSTER", "GETKEYSINSLOT", slot, count)
        if keys:
            here.call("MIGRATE", "127.0.0.1", target.port, "", 0, 5000, "KEYS", *keys)
        return len(keys)

    def _note(self, slot):
        return Path(tempfile.gettempdir()) / f"clients-{self.port}-{slot}.json"


def main(port, verb, key="", count="0"):
    cluster = Cluster(int(port))
    verbs = {
        "stop-owner": lambda: print(cluster.stop_owner(key)),
        "begin-move": lambda: cluster.begin_move(key, int(count)),
        "end-move": lambda: cluster.end_move(key),
        "settle": cluster.settle,
    }
    verbs[verb]()


if __name__ == "__main__":
    main(*sys.argv[1:])
