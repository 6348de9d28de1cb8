"""redis-py and its fork valkey-py, synchronous: `redis_py.py PORT PACKAGE PROTOCOL [python]`."""

import importlib
import time

from scenario import KEYS, NotOffered, NotThere, Trial, equal, expect, plain, run


def truths(replies):
    """Some versions leave the OK of a transaction as it is."""
    return [True if reply == b"OK" else reply for reply in replies]


class SyncTrial(Trial):
    """The cluster client of redis-py, and of valkey-py under another name."""

    def __init__(self, port, package, protocol, parser="hiredis"):
        super().__init__(port)
        self.package = importlib.import_module(package)
        module = importlib.import_module(package + ".cluster")
        self.make = getattr(module, "RedisCluster", None) or module.ValkeyCluster
        exceptions = importlib.import_module(package + ".exceptions")
        family = "Redis" if package == "redis" else "Valkey"
        self.errors = (getattr(exceptions, family + "Error"), getattr(exceptions, family + "ClusterException"))
        self.options = {"protocol": int(protocol)}
        if parser == "python":
            connection = importlib.import_module(package + ".connection")
            # The parser is chosen once, where hiredis was found.
            connection.HIREDIS_AVAILABLE = False
            parsers = importlib.import_module(package + "._parsers")
            connection.DefaultParser = parsers._RESP2Parser if protocol == "2" else parsers._RESP3Parser

    def connect(self):
        self.client = self.make(host="127.0.0.1", port=self.port, **self.options)
        expect(self.client.ping(target_nodes=self.make.ALL_NODES), "PING")

    def discovery(self):
        equal((len(self.client.get_primaries()), len(self.client.get_replicas())), (3, 3), "masters and replicas")
        equal(len(self.client.cluster_nodes()), 6, "CLUSTER NODES")
        info = self.client.cluster_info()
        equal(info["cluster_state"], "ok")
        equal(len(self.client.cluster_slots()), 3, "CLUSTER SLOTS")
        equal(len(self.client.cluster_shards()), 3, "CLUSTER SHARDS")
        expect("get" in self.client.command(), "COMMAND")
        expect("redis_version" in self.client.info(target_nodes=self.client.get_primaries()[0]), "INFO")
        self.client.config_get("*", target_nodes=self.client.get_primaries()[0])
        clients = self.client.client_list(target_nodes=self.client.get_primaries()[0])
        return ", ".join(sorted({c["lib-name"] for c in clients if c.get("lib-name")}))

    async def set(self, key, value):
        self.client.set(key, value)

    async def get(self, key):
        return self.client.get(key)

    def types(self):
        c = self.client
        equal(c.hset("h", mapping={"a": 1, "b": 2}), 2)
        equal(c.hgetall("h"), {b"a": b"1", b"b": b"2"})
        equal(c.rpush("l", *range(5)), 5)
        equal(c.lrange("l", 0, -1), [b"0", b"1", b"2", b"3", b"4"])
        equal(tuple(c.blpop("l", 1)), (b"l", b"0"))
        equal(c.sadd("s", "x", "y"), 2)
        equal(set(c.smembers("s")), {b"x", b"y"})
        equal(bool(c.sismember("s", "x")), True)
        equal(c.expire("s", 100), True)
        expect(0 < c.ttl("s") <= 100, "TTL")
        equal(c.incrbyfloat("f", 1.5), 1.5)
        equal(list(c.hscan_iter("h", count=1000))[:1], [(b"a", b"1")])
        expect(c.memory_usage("h") > 0, "MEMORY USAGE")
        equal(plain(c.object("encoding", "h")), "listpack")

    def pipeline(self):
        pipe = self.client.pipeline()
        for key in KEYS:
            pipe.set(key, key)
        for key in KEYS:
            pipe.get(key)
        replies = pipe.execute()
        equal(replies, [True] * len(KEYS) + [key.encode() for key in KEYS])
        pipe.set("wrong", "x").lpush("wrong", "y").get("wrong")
        equal([isinstance(r, Exception) for r in pipe.execute(raise_on_error=False)], [False, True, False])

    def multislot(self):
        c = self.client
        c.mset_nonatomic({key: "many" for key in KEYS})
        equal(c.mget_nonatomic(*KEYS), [b"many"] * len(KEYS))
        equal(c.exists(*KEYS), len(KEYS))
        equal(c.touch(*KEYS), len(KEYS))
        equal(c.unlink(*KEYS[:10]), 10)
        try:
            c.mset({"a": 1, "b": 2})
        except self.errors as error:
            expect("slot" in str(error).lower(), f"CROSSSLOT: {error}")
        else:
            raise AssertionError("MSET over slots was not refused")

    def transaction(self):
        try:
            pipe = self.client.pipeline(transaction=True)
        except (TypeError, *self.errors) as error:
            raise NotOffered(f"{error}") from error
        pipe.set("{t}:a", 1).incr("{t}:a").lpush("{t}:l", "x").lrange("{t}:l", 0, -1)
        equal(truths(pipe.execute()), [True, 2, 1, [b"x"]])
        with self.client.pipeline(transaction=True) as watched:
            watched.watch("{t}:a")
            self.client.set("{t}:a", "other")
            watched.multi()
            watched.set("{t}:a", "mine")
            try:
                watched.execute()
            except self.package.WatchError:
                pass
            else:
                raise AssertionError("WATCH did not see the write")
        equal(self.client.get("{t}:a"), b"other")

    def pubsub(self):
        subscriber = self.client.pubsub()
        subscriber.subscribe("news")
        subscriber.psubscribe("n*s")
        self.messages(subscriber.get_message, 2)
        self.client.publish("news", "hello")
        found = self.messages(subscriber.get_message, 2)
        equal(sorted((m["type"], m["data"]) for m in found), [("message", b"hello"), ("pmessage", b"hello")])
        subscriber.unsubscribe("news")
        subscriber.close()

    def sharded(self):
        subscriber = self.client.pubsub()
        for name in ["a", "b", "c"]:
            subscriber.ssubscribe(name)
        self.messages(subscriber.get_sharded_message, 3)
        for name in ["a", "b", "c"]:
            self.client.spublish(name, f"to {name}")
        found = self.messages(subscriber.get_sharded_message, 3)
        equal(sorted(plain(m["data"]) for m in found), ["to a", "to b", "to c"])
        subscriber.close()

    @staticmethod
    def messages(get, count):
        found, end = [], time.monotonic() + 10
        while len(found) < count and time.monotonic() < end:
            message = get(timeout=0.2)
            if message:
                found.append(message)
        equal(len(found), count, "messages")
        return found

    def scan(self):
        self.client.flushall(target_nodes=self.make.PRIMARIES)
        for key in KEYS:
            self.client.set(key, 1)
        equal(sorted(plain(key) for key in self.client.scan_iter(count=7)), sorted(KEYS))
        equal(len(list(self.client.scan_iter("{user:*", count=7))), 40)
        equal(self.client.dbsize(target_nodes=self.make.PRIMARIES), len(KEYS))
        equal(len(self.client.keys(target_nodes=self.make.PRIMARIES)), len(KEYS))

    def others(self):
        """What the lab's nodes have not had from the beginning: each kind that is missing is named."""
        c, missing = self.client, []
        attempts = {
            "sorted sets": lambda: equal(c.zadd("z", {"a": 1, "b": 2}), 2),
            "streams": lambda: expect(c.xadd("x", {"a": 1}), "XADD"),
            "scripts": lambda: equal(c.eval("return redis.call('GET', KEYS[1])", 1, KEYS[0]), b"1"),
            "functions": lambda: expect(c.function_list() is not None, "FUNCTION LIST"),
            "bitmaps": lambda: equal(c.setbit("bits", 7, 1), 0),
            "HyperLogLog": lambda: equal(c.pfadd("hll", "a", "b"), 1),
            "geo": lambda: equal(c.geoadd("g", (13.4, 52.5, "Berlin")), 1),
            "CLIENT TRACKING": self.tracking,
        }
        for name, attempt in attempts.items():
            try:
                attempt()
            except self.errors as error:
                # The client looks commands up in what COMMAND has told it.
                if not any(words in str(error).lower() for words in ("unknown command", "unknown subcommand", "doesn't exist")):
                    raise
                missing.append(name)
        if missing:
            raise NotThere(", ".join(missing))

    def tracking(self):
        """What caches in clients need: push messages, and so RESP3. (The client's own cache wants Redis 7.4.)"""
        if self.options["protocol"] == 3:
            single = getattr(self.package, "Redis", None) or self.package.Valkey
            node = single(host="127.0.0.1", port=self.port, protocol=3)
            expect(node.client_tracking_on(), "CLIENT TRACKING ON")
            expect(node.client_tracking_off(), "CLIENT TRACKING OFF")

    async def replicas(self):
        reader = self.make(host="127.0.0.1", port=self.port, read_from_replicas=True, **self.options)
        return await self.reads_from_replicas(reader.get)


if __name__ == "__main__":
    import sys

    name = sys.argv[2]
    run(SyncTrial, importlib.import_module(name).__version__)
