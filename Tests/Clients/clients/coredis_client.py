"""coredis: `coredis_client.py PORT`. From version 6 on it speaks RESP3 only."""

import asyncio
from importlib.metadata import version

import coredis
from scenario import KEYS, Trial, equal, expect, plain, run


class CoredisTrial(Trial):
    """coredis' cluster client. It checks replies against what the server's version should send."""

    async def connect(self):
        equal(plain(await self.client.ping()), "PONG")

    async def discovery(self):
        equal(len(list(self.client.primaries)), 3, "masters")
        equal(len(list(self.client.replicas)), 3, "replicas")
        equal((await self.client.cluster_info())["cluster_state"], "ok")
        equal(len(await self.client.cluster_nodes()), 6)
        expect(len(await self.client.cluster_shards()) == 3, "CLUSTER SHARDS")
        expect("get" in {plain(name).lower() for name in await self.client.command()}, "COMMAND")
        await self.client.command_docs("get", "cluster slots")

    async def set(self, key, value):
        await self.client.set(key, value)

    async def get(self, key):
        return await self.client.get(key)

    async def types(self):
        c = self.client
        equal(await c.hset("h", {"a": 1, "b": 2}), 2)
        equal(await c.hgetall("h"), {b"a": b"1", b"b": b"2"})
        equal(await c.rpush("l", [1, 2]), 2)
        equal(list(await c.lrange("l", 0, -1)), [b"1", b"2"])
        equal(await c.sadd("s", ["x", "y"]), 2)
        equal(set(await c.smembers("s")), {b"x", b"y"})
        equal(await c.incrbyfloat("f", 1.5), 1.5)

    async def pipeline(self):
        async with self.client.pipeline(transaction=False) as pipe:
            replies = [pipe.set(key, key) for key in KEYS] + [pipe.get(key) for key in KEYS]
        equal(list(await asyncio.gather(*replies)), [True] * len(KEYS) + [key.encode() for key in KEYS])

    async def multislot(self):
        c = self.client
        equal(await c.exists(KEYS), len(KEYS))
        equal(await c.touch(KEYS), len(KEYS))
        equal(await c.delete(KEYS[:10]), 10)
        try:
            await c.mset({"a": 1, "b": 2})
        except Exception as error:
            expect("slot" in str(error).lower(), f"CROSSSLOT: {error!r}")
        else:
            equal(list(await c.mget(["a", "b"])), [b"1", b"2"], "MSET over slots, split by the client")

    async def transaction(self):
        async with self.client.pipeline(transaction=True) as pipe:
            replies = [pipe.set("{t}:a", 1), pipe.incr("{t}:a"), pipe.get("{t}:a")]
        equal(list(await asyncio.gather(*replies)), [True, 2, b"2"])

    async def pubsub(self):
        await self.listen(self.client.pubsub(channels=["news"]), self.client.publish, ["news"], False)

    async def sharded(self):
        names = ["a", "b", "c"]
        await self.listen(self.client.sharded_pubsub(channels=names), self.client.spublish, names, True)

    async def listen(self, subscriber, publish, names, sharded):
        async with subscriber:
            await self.await_listeners(names, sharded)
            for name in names:
                await publish(name, f"to {name}")
            found = []
            async with asyncio.timeout(10):
                async for message in subscriber:
                    if message["type"] == "message":
                        found.append(plain(message["data"]))
                    if len(found) == len(names):
                        break
        equal(sorted(found), [f"to {name}" for name in names])

    async def scan(self):
        await self.client.flushall()
        for key in KEYS:
            await self.set(key, 1)
        equal(sorted([plain(key) async for key in self.client.scan_iter(count=7)]), sorted(KEYS))

    async def replicas(self):
        async with coredis.RedisCluster("127.0.0.1", self.port, read_from_replicas=True) as reader:
            return await self.reads_from_replicas(reader.get)

    async def all_steps(self, limit):
        """Its client exists only as a context."""
        async with coredis.RedisCluster("127.0.0.1", self.port) as self.client:
            await super().all_steps(limit)


if __name__ == "__main__":
    run(CoredisTrial, version("coredis"))
