"""What graphical tools and exporters send when they are pointed at a cluster, replayed against both the lab and real
Redis: `readers.py PORT REAL-PORT`. Replies have to be of the same kind: the same types, the same errors, the same
fields and columns.

The commands are those that RedisInsight (ioredis under it), redis-commander and the Prometheus redis_exporter are seen
to send in their public sources.
"""

import re

from cluster import Cluster, Connection, ServerError
from scenario import NotOffered, Trial, expect, run

# What ioredis and node-redis send before anything else.
IOREDIS = [
    ("CLIENT", "SETNAME", "tool"), ("CLIENT", "SETINFO", "LIB-NAME", "ioredis"),
    ("CLIENT", "SETINFO", "LIB-VER", "5.7.0"), ("INFO",), ("CLUSTER", "SLOTS"), ("CLUSTER", "INFO"), ("READONLY",),
    ("READWRITE",), ("SELECT", "0"), ("SELECT", "1"), ("CLIENT", "ID"), ("QUIT",),
]
REDISINSIGHT = [
    ("HELLO",), ("HELLO", "3"), ("HELLO", "2"), ("INFO",), ("INFO", "server"), ("INFO", "memory"), ("INFO", "keyspace"),
    ("CLUSTER", "INFO"), ("CLUSTER", "NODES"), ("CLUSTER", "SHARDS"), ("CLUSTER", "SLOTS"), ("MODULE", "LIST"),
    ("COMMAND", "INFO", "ft.info", "json.get", "ts.add", "get"), ("COMMAND",), ("COMMAND", "COUNT"), ("DBSIZE",),
    ("CONFIG", "GET", "databases"), ("CLIENT", "LIST"), ("ACL", "CAT", "dangerous"), ("ACL", "CAT", "blocking"),
    ("ACL", "CAT"), ("ACL", "LIST"), ("ACL", "WHOAMI"), ("ACL", "GETUSER", "default"), ("FT._LIST",),
    ("SCAN", "0", "MATCH", "*", "COUNT", "200"), ("SCAN", "0", "MATCH", "*", "COUNT", "200", "TYPE", "hash"),
    ("TTL", "{r}s"), ("MEMORY", "USAGE", "{r}s", "SAMPLES", "0"), ("TYPE", "{r}s"), ("TYPE", "{r}nothing"),
    ("MEMORY", "USAGE", "{r}nothing", "SAMPLES", "0"), ("TTL", "{r}nothing"), ("EXISTS", "{r}s"), ("STRLEN", "{r}s"),
    ("GETRANGE", "{r}s", "0", "4999"), ("GET", "{r}s"), ("HLEN", "{r}h"),
    ("HSCAN", "{r}h", "0", "MATCH", "*", "COUNT", "100"), ("HGETALL", "{r}h"), ("HTTL", "{r}h", "FIELDS", "1", "a"),
    ("LLEN", "{r}l"), ("LRANGE", "{r}l", "0", "99"), ("LINDEX", "{r}l", "1"), ("SCARD", "{r}set"),
    ("SSCAN", "{r}set", "0", "MATCH", "*", "COUNT", "100"), ("SISMEMBER", "{r}set", "x"),
    ("OBJECT", "ENCODING", "{r}h"), ("OBJECT", "IDLETIME", "{r}h"), ("OBJECT", "FREQ", "{r}h"),
    ("JSON.GET", "{r}j", "."), ("TS.INFO", "{r}t"), ("XINFO", "STREAM", "{r}x", "FULL"), ("ZCARD", "{r}z"),
    ("ZRANGE", "{r}z", "0", "0"), ("CONFIG", "GET", "set-max-intset-entries"),
    ("CONFIG", "GET", "hash-max-ziplist-entries"), ("CONFIG", "GET", "zset-max-ziplist-entries"),
    ("CONFIG", "GET", "slowlog*"), ("SLOWLOG", "GET", "50"), ("SLOWLOG", "LEN"), ("SLOWLOG", "RESET"),
    ("CONFIG", "SET", "slowlog-log-slower-than", "10000"), ("MEMORY", "DOCTOR"), ("MEMORY", "STATS"),
    ("LATENCY", "DOCTOR"), ("LATENCY", "LATEST"), ("LATENCY", "GRAPH", "command"), ("PUBSUB", "CHANNELS"),
    ("PUBSUB", "NUMPAT"), ("PUBSUB", "SHARDCHANNELS"), ("CLIENT", "INFO"), ("CLIENT", "GETNAME"),
    ("CLIENT", "NO-EVICT", "ON"), ("CLIENT", "TRACKINGINFO"), ("COMMAND", "DOCS", "get"), ("COMMAND", "GETKEYS", "GET", "a"),
    ("FUNCTION", "LIST"), ("SCRIPT", "EXISTS", "0" * 40), ("EVAL", "return 1", "0"),
]
COMMANDER = [
    ("COMMAND",), ("MODULE", "LIST"), ("INFO", "cluster"), ("INFO",), ("CLUSTER", "INFO"), ("CLUSTER", "NODES"),
    ("KEYS", "*"), ("SCAN", "0", "MATCH", "*", "COUNT", "200"), ("TYPE", "{r}s"), ("GET", "{r}s"), ("TTL", "{r}s"),
    ("HKEYS", "{r}h"), ("HGETALL", "{r}h"), ("LRANGE", "{r}l", "0", "19"), ("LLEN", "{r}l"), ("SMEMBERS", "{r}set"),
    ("ZREVRANGE", "{r}z", "0", "19", "WITHSCORES"), ("XREVRANGE", "{r}x", "+", "-", "COUNT", "20"),
    ("EVAL", "return redis.call('hstrlen', KEYS[1], KEYS[2])", "2", "{r}h", "{r}h"), ("JSON.GET", "{r}j"),
    ("DUMP", "{r}nothing"), ("OBJECT", "HELP"),
]
EXPORTER = [
    ("PING",), ("CLIENT", "SETNAME", "redis_exporter"), ("INFO", "ALL"), ("INFO", "MODULES"), ("INFO", "everything"),
    ("CONFIG", "GET", "*"), ("CLUSTER", "INFO"), ("CLUSTER", "NODES"), ("SELECT", "0"), ("CLIENT", "LIST"),
    ("LATENCY", "LATEST"), ("LATENCY", "HISTOGRAM"), ("SLOWLOG", "LEN"), ("SLOWLOG", "GET", "1"),
    ("COMMAND", "INFO", "COMMANDLOG"), ("TYPE", "{r}s"), ("MEMORY", "USAGE", "{r}s"), ("PFCOUNT", "{r}s"),
    ("STRLEN", "{r}s"), ("LLEN", "{r}l"), ("SCARD", "{r}set"), ("HLEN", "{r}h"), ("SENTINEL", "MASTERS"),
    ("SCAN", "0", "MATCH", "*", "COUNT", "10"), ("XINFO", "STREAM", "{r}x"), ("CONFIG", "GET", "commandlog-*"),
]
# Where these nodes differ on purpose, as Sources/ClusterCore/ClusterCore.docc tells.
KNOWN = {
    ("CLIENT", "SETINFO"): "younger than 7.0, and taken from newer clients",
    ("LATENCY", "HISTOGRAM"): "times differ, and so do the steps of their distributions",
}
# Sections and fields that only a build or a machine has, or that a load brings about.
PASSING = re.compile(r"^(cluster_stats_messages_|cmdstat_|errorstat_|latency_percentiles|slave\d|db\d|active_defrag|lazyfree|io_thread|module)")


def outline(value, name=""):
    """What is left of a reply when numbers and names are taken away."""
    if isinstance(value, ServerError):
        return f"error {value}"
    if isinstance(value, dict):
        return {str(key): outline(item) for key, item in sorted(value.items(), key=str)}
    if isinstance(value, list):
        kinds = [outline(item) for item in value]
        return ["array", sorted({str(kind) for kind in kinds})]
    return type(value).__name__


def fields(text):
    """The names in lines of `name:value`."""
    names = {line.split(":")[0] for line in text.splitlines() if ":" in line}
    return {name for name in names if not PASSING.match(name)}


def sections(text):
    return [line for line in text.splitlines() if line.startswith("# ")]


class ReadersTrial(Trial):
    """Both servers get the same words; the differences are what fails."""

    steps = ["connect", "ioredis", "redisinsight", "redis_commander", "redis_exporter"]

    def __init__(self, port, real="0"):
        super().__init__(port)
        self.real = int(real)

    def connect(self):
        if not self.real:
            raise NotOffered("redis-server is not there to compare with: apt-get install redis")
        for port in (self.port, self.real):
            with Connection(Cluster(port).owner("{r}").port) as connection:
                connection.call("SET", "{r}s", "value")
                connection.call("HSET", "{r}h", "a", "1", "b", "2")
                connection.call("RPUSH", "{r}l", "a", "b", "c")
                connection.call("SADD", "{r}set", "x", "y")
                connection.call("CONFIG", "SET", "slowlog-log-slower-than", "1000000")

    def ioredis(self):
        return self.compare(IOREDIS)

    def redisinsight(self):
        return self.compare(REDISINSIGHT)

    def redis_commander(self):
        return self.compare(COMMANDER)

    def redis_exporter(self):
        return self.compare(EXPORTER)

    def compare(self, requests):
        if not self.real:
            raise NotOffered("no redis-server to compare with")
        lab, real = ([*self.replies(port, requests)] for port in (self.port, self.real))
        wrong = []
        for words, ours, theirs in zip(requests, lab, real):
            if words[:2] in KNOWN:
                continue
            found = difference(words, ours, theirs)
            if found:
                wrong.append(f"{' '.join(words)}: {found}")
        expect(not wrong, "; ".join(wrong))
        return f"{len(requests)} commands as Redis"

    @staticmethod
    def replies(port, requests):
        with Connection(Cluster(port).owner("{r}").port) as connection:
            for words in requests:
                connection.send(*words)
                yield connection.read()


def difference(words, ours, theirs):
    """How the replies differ in kind; nothing where they do not."""
    text = all(isinstance(reply, bytes) for reply in (ours, theirs))
    if text and words[0] == "INFO" or text and words[:2] == ("CLUSTER", "INFO"):
        ours, theirs = ours.decode(), theirs.decode()
        if sections(ours) != sections(theirs):
            return f"sections {sections(ours)} instead of {sections(theirs)}"
        return set_difference(fields(ours), fields(theirs))
    if text and words[:2] == ("CLIENT", "LIST") or text and words[:2] == ("CLIENT", "INFO"):
        columns = [[field.split("=")[0] for field in reply.decode().splitlines()[0].split()] for reply in (ours, theirs)]
        # The library that a client says it is came after 7.0.
        return set_difference(set(columns[0]) - {"lib-name", "lib-ver"}, set(columns[1]))
    if text and words[:2] == ("CLUSTER", "NODES"):
        return set_difference(lines_outline(ours), lines_outline(theirs))
    if words == ("CONFIG", "GET", "*"):
        # Parameters are there where the nodes have something of what they are about.
        return set_difference(set(ours[::2]) - set(theirs[::2]), set())
    if words[:2] == ("CONFIG", "GET") and len(words) == 3:
        return set_difference(set(ours[::2]), set(theirs[::2]))
    if words[:2] == ("SLOWLOG", "GET"):
        # Whether something was slow is up to the machine.
        return None if isinstance(ours, list) and isinstance(theirs, list) else f"{ours} instead of {theirs}"
    if words == ("COMMAND",) or words == ("ACL", "CAT", "dangerous") or words == ("ACL", "CAT", "blocking"):
        return None if isinstance(ours, list) and {type(r) for r in ours} == {type(r) for r in theirs} else "no list"
    if words[:2] == ("MEMORY", "STATS"):
        return set_difference(names(ours), names(theirs))
    if words[:1] == ("KEYS",):
        return set_difference(set(ours), set(theirs))
    left, right = outline(ours), outline(theirs)
    return None if left == right else f"{left} instead of {right}"


def names(pairs):
    return {name for name in pairs[::2] if not name.startswith(b"db.")}


def lines_outline(reply):
    return {(len(line.split()[:8]), line.split()[7]) for line in reply.decode().splitlines()}


def set_difference(ours, theirs):
    lacking, more = sorted(map(str, theirs - ours)), sorted(map(str, ours - theirs))
    parts = [f"lacks {', '.join(lacking)}"] if lacking else []
    return "; ".join(parts + ([f"has {', '.join(more)} besides"] if more else [])) or None


if __name__ == "__main__":
    run(ReadersTrial, "of 2025")
