"""redis-cli: `redis_tools.py PORT`."""

import shutil
import subprocess

from cluster import wait_until
from scenario import KEYS, Trial, equal, expect, run


class RedisCLITrial(Trial):
    """Each command is a run of redis-cli of its own."""

    steps = Trial.steps + ["admin", "benchmark"]

    def cli(self, *words, port=None, input=None, tool="redis-cli"):
        found = subprocess.run(
            [tool, "-p", str(port or self.port), *words], input=input, capture_output=True, text=True, timeout=60)
        if found.returncode:
            raise AssertionError(f"{tool} {' '.join(words)}: {found.stdout}{found.stderr}")
        return found.stdout.rstrip("\n")

    def connect(self):
        equal(self.cli("PING"), "PONG")
        equal(self.cli("-3", "PING"), "PONG")

    def discovery(self):
        equal(self.cli("CLUSTER", "SLOTS").count("127.0.0.1"), 6)
        expect("cluster_state:ok" in self.cli("CLUSTER", "INFO"), "CLUSTER INFO")
        equal(self.cli("--cluster", "call", f"127.0.0.1:{self.port}", "PING").count("PONG"), 6)

    async def set(self, key, value):
        equal(self.cli("-c", "-x", "SET", key, input=value), "OK")

    async def get(self, key):
        return self.cli("-c", "-e", "GET", key) or None

    async def awkward(self):
        """Bytes are asked for as redis-cli escapes them."""
        equal(self.cli("-c", "--no-raw", "SET", "quoted", "\r\n\t\x01"), "OK")
        equal(self.cli("-c", "--no-raw", "GET", "quoted"), '"\\r\\n\\t\\x01"')

    def pipeline(self):
        """--pipe wants its commands at the right node: a tag's keys, at their master."""
        port = self.cluster.owner("{piped}").port
        lines = "".join(f"SET {{piped}}:{n} {n}\r\n" for n in range(1000))
        expect("errors: 0, replies: 1000" in self.cli("--pipe", port=port, input=lines), "--pipe")
        answers = self.cli("-c", input="".join(f"SET {key} 1\nGET {key}\n" for key in KEYS)).splitlines()
        equal(sum(line == "1" for line in answers), len(KEYS))

    def multislot(self):
        try:
            self.cli("-e", "-c", "MSET", "a", "1", "b", "2")
        except AssertionError as error:
            expect("CROSSSLOT Keys in request don't hash to the same slot" in str(error), f"{error}")
        else:
            raise AssertionError("MSET over slots was not refused")

    def transaction(self):
        script = "MULTI\nSET {t}:a 1\nINCR {t}:a\nEXEC\n"
        equal(self.cli(port=self.cluster.owner("{t}").port, input=script), "OK\nQUEUED\nQUEUED\nOK\n2")

    def pubsub(self):
        self.listen("SUBSCRIBE", "PUBLISH")

    def sharded(self):
        self.listen("SSUBSCRIBE", "SPUBLISH")

    def listen(self, subscribe, publish):
        port = self.cluster.owner("news").port
        words = ["redis-cli", "-c", "-p", str(port), subscribe, "news"]
        listener = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        try:
            equal([listener.stdout.readline().strip() for _ in range(3)], [subscribe.lower(), "news", "1"])
            self.cli("-c", publish, "news", "hello")
            equal([listener.stdout.readline().strip() for _ in range(3)][2], "hello")
        finally:
            listener.kill()
            listener.wait()
            listener.stdout.close()

    def scan(self):
        found = []
        for node in self.cluster.nodes():
            if node.is_master:
                self.cli("FLUSHALL", port=node.port)
        for key in KEYS:
            self.cli("-c", "SET", key, "1")
        for node in self.cluster.nodes():
            if node.is_master:
                found += self.cli("--scan", port=node.port).splitlines()
        equal(sorted(found), sorted(KEYS))

    def admin(self):
        """After the failover, with the stopped node gone: it is forgotten, and slots are moved by the verbs."""
        place = f"127.0.0.1:{next(n.port for n in self.cluster.nodes() if n.is_well and n.is_master)}"
        for node in self.cluster.nodes():
            if not node.is_well:
                self.cli("--cluster", "call", place, "CLUSTER", "FORGET", node.name)
        expect("[OK] All 16384 slots covered" in self.cli("--cluster", "check", place), "check")
        masters = [node for node in self.cluster.nodes() if node.is_master]
        self.cli("--cluster", "reshard", place, "--cluster-from", masters[0].name, "--cluster-to", masters[1].name,
                 "--cluster-slots", "100", "--cluster-yes")
        wait_until(lambda: self.agree(place), "agreement after the reshard")
        self.cli("--cluster", "rebalance", place, "--cluster-threshold", "1")
        wait_until(lambda: self.agree(place), "agreement after the rebalance")

    def agree(self, place):
        """Whether the news of the moves have reached everybody."""
        try:
            return "[OK] All nodes agree" in self.cli("--cluster", "check", place)
        except AssertionError:
            return False

    def benchmark(self):
        """redis-benchmark over the cluster; its own errors make it fail."""
        port = next(n.port for n in self.cluster.nodes() if n.is_well)
        text = self.cli("--cluster", "-q", "-n", "20000", "-r", "1000", "-P", "8", "-t", "set,get,incr,lpush,sadd,hset",
                        port=port, tool="redis-benchmark")
        rates = [line for line in text.replace("\r", "\n").splitlines() if "requests per second" in line]
        equal(len(rates), 6, "figures")
        return f"redis-benchmark {len(rates)} tests"


if __name__ == "__main__":
    program = shutil.which("redis-cli")
    run(RedisCLITrial, subprocess.run([program, "-v"], capture_output=True, text=True).stdout.split()[1])
