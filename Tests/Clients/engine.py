"""Starts the clusters that clients are tried on: of the lab, or of real Redis in the same layout."""

import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

from cluster import Cluster, Connection, ServerError, wait_until

# Below the range that the system gives to outgoing connections, bus ports (10000 above) included.
PORTS = range(11000, 21900)
# Short, so that a failover takes no longer than it must.
NODE_TIMEOUT = 1000
NODES = 6


class Ports:
    """Blocks of free ports, none of them handed out twice."""

    def __init__(self, ports=PORTS):
        self.blocks = list(range(ports.start, ports.stop - NODES, NODES))
        random.shuffle(self.blocks)
        self.lock = threading.Lock()

    def take(self):
        with self.lock:
            while self.blocks:
                port = self.blocks.pop()
                if all(self._is_free(p) and self._is_free(p + 10000) for p in range(port, port + NODES)):
                    return port
        raise RuntimeError("no block of free ports")

    @staticmethod
    def _is_free(port):
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind(("127.0.0.1", port))
            except OSError:
                return False
        return True


def is_lab(program):
    return Path(program).name == "clusterlab"


@contextmanager
def running(program, ports):
    """A cluster of three masters and their replicas, in sync, until the block ends."""
    port = ports.take()
    start = lab if is_lab(program) else redis
    with start(program, port):
        wait_until(lambda: all(names_everybody(p) for p in range(port, port + NODES)), "replicas in CLUSTER SLOTS")
        yield Cluster(port)


def names_everybody(port):
    """Whether the node hands replicas out to clients: it waits for their first news of themselves."""
    with Connection(port) as connection:
        return sum(len(shard) - 2 for shard in connection.call("CLUSTER", "SLOTS")) == NODES


@contextmanager
def lab(program, port):
    words = [program, "up", "--port", str(port), "--timeout", str(NODE_TIMEOUT)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if line == "ready\n":
                break
        else:
            raise RuntimeError("".join(said) or f"{program} said nothing")
        yield
    finally:
        stop([process])
        process.stdout.close()


@contextmanager
def redis(program, port):
    folder = Path(tempfile.mkdtemp(prefix="clients-"))
    processes = []
    try:
        for number in range(port, port + NODES):
            words = [
                program, "--port", number, "--cluster-enabled", "yes", "--cluster-node-timeout", NODE_TIMEOUT,
                "--cluster-config-file", f"nodes-{number}.conf", "--save", "", "--repl-diskless-sync-delay", 0,
                "--dbfilename", f"{number}.rdb", "--enable-debug-command", "local", "--dir", folder,
                "--logfile", folder / f"{number}.log",
            ]
            processes.append(subprocess.Popen([str(word) for word in words]))
        join(port)
        yield
    finally:
        stop(processes)
        shutil.rmtree(folder, ignore_errors=True)


def join(port):
    """The lab's layout: equal shares of the slots for the first three, a replica for each."""
    ports = range(port, port + NODES)
    wait_until(lambda: all(answers(p) for p in ports), "six servers that answer")
    connections = [Connection(p) for p in ports]
    names = [connection.text("CLUSTER", "MYID") for connection in connections]
    for number, (first, last) in enumerate([(0, 5460), (5461, 10922), (10923, 16383)]):
        connections[number].call("CLUSTER", "ADDSLOTSRANGE", first, last)
    for number, connection in enumerate(connections):
        connection.call("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        if number:
            connection.call("CLUSTER", "MEET", "127.0.0.1", port)
    for number in range(3):
        replicate = lambda: succeeds(connections[3 + number], "CLUSTER", "REPLICATE", names[number])
        wait_until(replicate, "a replica that knows its master")
    wait_until(lambda: all(is_settled(c, len(names)) for c in connections), "a cluster in sync")
    for connection in connections:
        connection.close()


def is_settled(connection, count):
    info = connection.text("CLUSTER", "INFO")
    if "cluster_state:ok" not in info or f"cluster_known_nodes:{count}" not in info:
        return False
    if connection.text("CLUSTER", "NODES").count("slave") != count / 2:
        return False
    replication = connection.text("INFO", "replication")
    return "role:master" in replication or "master_link_status:up" in replication


def answers(port):
    try:
        with Connection(port) as connection:
            return connection.call("PING") == "PONG"
    except (OSError, ServerError):
        return False


def succeeds(connection, *words):
    try:
        connection.call(*words)
        return True
    except ServerError:
        return False


def stop(processes):
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
