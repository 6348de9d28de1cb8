"""redis-py and its fork valkey-py, asyncio: `redis_asyncio.py PORT PACKAGE PROTOCOL`."""

import asyncio
import importlib
import sys

from redis_py import truths
from scenario import KEYS, NotOffered, Trial, equal, expect, plain, run


class AsyncTrial(Trial):
    """The asynchronous cluster client."""

    def __init__(self, port, package, protocol):
        super().__init__(port)
        module = importlib.import_module(package + ".asyncio.cluster")
        self.make = getattr(module, "RedisCluster", None) or module.ValkeyCluster
        plain_module = importlib.import_module(package + ".asyncio")
        self.make_single = getattr(plain_module, "Redis", None) or plain_module.Valkey
        exceptions = importlib.import_module(package + ".exceptions")
        family = "Redis" if package == "redis" else "Valkey"
        self.errors = (getattr(exceptions, family + "Error"), getattr(exceptions, family + "ClusterException"))
        self.options = {"protocol": int(protocol)}

    async def connect(self):
        self.client = self.make(host="127.0.0.1", port=self.port, **self.options)
        await self.client.initialize()
        expect(await self.client.ping(target_nodes=self.make.ALL_NODES), "PING")

    async def discovery(self):
        equal((len(self.client.get_primaries()), len(self.client.get_replicas())), (3, 3), "masters and replicas")
        equal(len(await self.client.cluster_nodes()), 6, "CLUSTER NODES")
        equal(len(await self.client.cluster_shards()), 3, "CLUSTER SHARDS")
        expect("get" in await self.client.command(), "COMMAND")

    async def set(self, key, value):
        await self.client.set(key, value)

    async def get(self, key):
        return await self.client.get(key)

    async def types(self):
        c = self.client
        equal(await c.hset("h", mapping={"a": 1, "b": 2}), 2)
        equal(await c.hgetall("h"), {b"a": b"1", b"b": b"2"})
        equal(await c.rpush("l", 1, 2), 2)
        waiting = asyncio.create_task(c.blpop("later", 5))
        await asyncio.sleep(0)
        await c.rpush("later", "x")
        equal(tuple(await waiting), (b"later", b"x"))
        equal(await c.sadd("s", "x", "y"), 2)
        equal(set(await c.smembers("s")), {b"x", b"y"})

    async def pipeline(self):
        pipe = self.client.pipeline()
        for key in KEYS:
            pipe.set(key, key)
        for key in KEYS:
            pipe.get(key)
        equal(await pipe.execute(), [True] * len(KEYS) + [key.encode() for key in KEYS])
        values = await asyncio.gather(*(self.client.get(key) for key in KEYS))
        equal(values, [key.encode() for key in KEYS], "GETs side by side")

    async def multislot(self):
        await self.client.mset_nonatomic({key: "many" for key in KEYS})
        equal(await self.client.mget_nonatomic(*KEYS), [b"many"] * len(KEYS))
        equal(await self.client.exists(*KEYS), len(KEYS))
        equal(await self.client.delete(*KEYS[:10]), 10)
        try:
            await self.client.mset({"a": 1, "b": 2})
        except self.errors as error:
            expect("slot" in str(error).lower(), f"CROSSSLOT: {error}")
        else:
            raise AssertionError("MSET over slots was not refused")

    async def transaction(self):
        try:
            pipe = self.client.pipeline(transaction=True)
            pipe.set("{t}:a", 1).incr("{t}:a").rpush("{t}:l", "x").lrange("{t}:l", 0, -1)
            equal(truths(await pipe.execute()), [True, 2, 1, [b"x"]])
        except (TypeError, NotImplementedError, self.errors[1]) as error:
            raise NotOffered(f"{error}") from error

    async def pubsub(self):
        """The cluster clients of some versions have no pubsub: then the single one at any node."""
        single = self.make_single(host="127.0.0.1", port=self.port + 1, **self.options)
        subscriber = single.pubsub()
        await subscriber.subscribe("news")
        await subscriber.psubscribe("n*s")
        await self.messages(subscriber.get_message, 2)
        await self.client.execute_command("PUBLISH", "news", "hello")
        found = await self.messages(subscriber.get_message, 2)
        equal(sorted((m["type"], m["data"]) for m in found), [("message", b"hello"), ("pmessage", b"hello")])
        await subscriber.aclose()
        await single.aclose()

    async def sharded(self):
        if not hasattr(self.client, "pubsub"):
            raise NotOffered("its asynchronous cluster client has no pubsub")
        subscriber = self.client.pubsub()
        await subscriber.ssubscribe("a", "b", "c")
        await self.messages(subscriber.get_sharded_message, 3)
        for name in ["a", "b", "c"]:
            await self.client.spublish(name, f"to {name}")
        found = await self.messages(subscriber.get_sharded_message, 3)
        equal(sorted(plain(m["data"]) for m in found), ["to a", "to b", "to c"])

    @staticmethod
    async def messages(get, count):
        found = []
        for _ in range(50):
            message = await get(timeout=0.2)
            if message:
                found.append(message)
            if len(found) == count:
                break
        equal(len(found), count, "messages")
        return found

    async def scan(self):
        await self.client.flushall(target_nodes=self.make.PRIMARIES)
        for key in KEYS:
            await self.set(key, 1)
        found = [plain(key) async for key in self.client.scan_iter(count=7)]
        equal(sorted(found), sorted(KEYS))

    async def replicas(self):
        reader = self.make(host="127.0.0.1", port=self.port, read_from_replicas=True, **self.options)
        note = await self.reads_from_replicas(reader.get)
        await reader.aclose()
        return note

    async def migration(self):
        """By one connection a node: with several, this client may send ASKING and the command by different ones
        (with real Redis as well), and then gives up with "TTL exhausted"."""
        await self.client.aclose()
        self.client = self.make(host="127.0.0.1", port=self.port, **self.options)
        await super().migration()

    async def close(self):
        await self.client.aclose()


if __name__ == "__main__":
    run(AsyncTrial, importlib.import_module(sys.argv[2]).__version__)
