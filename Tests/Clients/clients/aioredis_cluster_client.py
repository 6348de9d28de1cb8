"""aioredis-cluster, for programs that stayed with aioredis 1: `aioredis_cluster_client.py PORT`."""

import asyncio
from importlib.metadata import version

import aioredis_cluster
from scenario import KEYS, Trial, equal, plain, run


class AioredisClusterTrial(Trial):
    """It speaks RESP2, and keeps a pool of connections for each node."""

    async def connect(self):
        self.client = await aioredis_cluster.create_redis_cluster([("127.0.0.1", self.port)])
        await self.set("first", "1")

    async def discovery(self):
        equal(len(await self.client.all_masters()), 3, "masters")

    async def set(self, key, value):
        await self.client.set(key, value)

    async def get(self, key):
        return await self.client.get(key)

    async def types(self):
        c = self.client
        equal(await c.hmset_dict("h", {"a": 1, "b": 2}), True)
        equal(await c.hgetall("h"), {b"a": b"1", b"b": b"2"})
        equal(await c.rpush("l", 1, 2), 2)
        equal(await c.lrange("l", 0, -1), [b"1", b"2"])
        equal(await c.sadd("s", "x", "y"), 2)

    async def pipeline(self):
        values = await asyncio.gather(*(self.client.set(key, key) for key in KEYS))
        equal(values, [True] * len(KEYS))
        equal(await asyncio.gather(*(self.client.get(key) for key in KEYS)), [key.encode() for key in KEYS])

    async def transaction(self):
        """By the connection pool of the tag's master."""
        pool = await self.client.keys_master("{t}:a")
        transaction = pool.multi_exec()
        transaction.set("{t}:a", 1)
        transaction.incr("{t}:a")
        equal(await transaction.execute(), [True, 2])

    async def sharded(self):
        (channel,) = await self.client.ssubscribe("a")
        await self.client.execute("SPUBLISH", "a", "to a")
        equal(plain(await asyncio.wait_for(channel.get(), 10)), "to a")

    async def scan(self):
        await asyncio.gather(*[node.flushall() for node in await self.client.all_masters()])
        for key in KEYS:
            await self.set(key, 1)
        found = []
        for node in await self.client.all_masters():
            cursor = b"0"
            while cursor:
                cursor, keys = await node.scan(cursor, count=7)
                found += keys
        equal(sorted(map(plain, found)), sorted(KEYS))

    async def close(self):
        self.client.close()
        await self.client.wait_closed()


if __name__ == "__main__":
    run(AioredisClusterTrial, version("aioredis-cluster"))
