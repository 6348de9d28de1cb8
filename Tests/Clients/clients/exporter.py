"""The Prometheus redis_exporter of Debian: `exporter.py PORT REAL-PORT`. Its metrics of the lab's node have to have the
names that they have of a real one.
"""

import re
import socket
import subprocess
import urllib.request

from cluster import Cluster, Connection, wait_until
from scenario import NotOffered, Trial, equal, expect, run

PROGRAM = "prometheus-redis-exporter"
# Of what clients happened to do, of commands by their names, of errors by theirs, and of Redis' own latency figures.
PASSING = re.compile(r"redis_(cluster_stats_messages_|commands_|errors_|latency_|connected_slave_|master_|slave_|db_|exporter_|last_slow|target_)")


class ExporterTrial(Trial):
    """Scraped as Prometheus does it."""

    steps = ["connect", "metrics", "comparison"]

    def __init__(self, port, real="0"):
        super().__init__(port)
        self.real = int(real)

    def connect(self):
        for port in filter(None, [self.port, self.real]):
            with Connection(Cluster(port).owner("a").port) as connection:
                connection.call("SET", "a", "1")
        self.ours = self.scrape(self.port)
        equal(self.ours["redis_up"], "1")
        equal(self.ours["redis_exporter_last_scrape_error"], "0")

    def metrics(self):
        equal(self.ours["redis_cluster_state"], "1")
        equal(self.ours["redis_cluster_known_nodes"], "6")
        expect(float(self.ours["redis_memory_used_bytes"]) > 0, "redis_memory_used_bytes")
        return f"{len(self.ours)} metrics"

    def comparison(self):
        if not self.real:
            raise NotOffered("redis-server is not there to compare with")
        names = [{name for name in found if not PASSING.match(name)} for found in (self.ours, self.scrape(self.real))]
        equal((sorted(names[1] - names[0]), sorted(names[0] - names[1])), ([], []), "lacking, and besides")

    def scrape(self, port):
        """The metrics of a node by name."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            place = "127.0.0.1:%d" % probe.getsockname()[1]
        words = [PROGRAM, "--redis.addr", f"redis://127.0.0.1:{port}", "--web.listen-address", place]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            text = wait_until(lambda: self.page(place), "the exporter's page", 15)
        finally:
            process.terminate()
            process.wait()
        lines = [line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("redis_")]
        return {name.split("{")[0]: value for name, value in lines}

    @staticmethod
    def page(place):
        try:
            with urllib.request.urlopen(f"http://{place}/metrics", timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            return None


if __name__ == "__main__":
    text = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True)
    run(ExporterTrial, re.search(r"Exporter ([\d.]+)", text.stdout + text.stderr).group(1))
