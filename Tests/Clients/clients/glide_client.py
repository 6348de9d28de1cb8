"""Valkey GLIDE: `glide_client.py PORT PROTOCOL`."""

import asyncio
from importlib.metadata import version

from glide import (
    AllPrimaries,
    ClusterBatch,
    ClusterScanCursor,
    GlideClusterClient,
    GlideClusterClientConfiguration,
    InfoSection,
    NodeAddress,
    ProtocolVersion,
    ReadFrom,
    RequestError,
)

from scenario import KEYS, NotOffered, Trial, equal, expect, plain, run


class GlideTrial(Trial):
    """GLIDE's cluster client; its core is redis-rs."""

    def __init__(self, port, protocol):
        super().__init__(port)
        self.protocol = ProtocolVersion.RESP3 if protocol == "3" else ProtocolVersion.RESP2

    async def open(self, **options):
        return await GlideClusterClient.create(
            GlideClusterClientConfiguration(
                [NodeAddress("127.0.0.1", self.port)], protocol=self.protocol, request_timeout=3000, **options))

    async def connect(self):
        self.client = await self.open()
        equal(await self.client.ping(), b"PONG")

    async def discovery(self):
        replies = await self.client.custom_command(["CLUSTER", "SHARDS"])
        expect(replies, "CLUSTER SHARDS")
        infos = await self.client.info([InfoSection.SERVER], AllPrimaries())
        equal(len(infos), 3, "masters")

    async def set(self, key, value):
        await self.client.set(key, value)

    async def get(self, key):
        return await self.client.get(key)

    async def types(self):
        c = self.client
        equal(await c.hset("h", {"a": "1", "b": "2"}), 2)
        equal(await c.hgetall("h"), {b"a": b"1", b"b": b"2"})
        equal(await c.rpush("l", ["1", "2"]), 2)
        equal(await c.lrange("l", 0, -1), [b"1", b"2"])
        equal(await c.sadd("s", ["x", "y"]), 2)
        equal(await c.smembers("s"), {b"x", b"y"})
        equal(await c.incrbyfloat("f", 1.5), 1.5)

    async def pipeline(self):
        batch = ClusterBatch(is_atomic=False)
        for key in KEYS:
            batch.set(key, key)
        for key in KEYS:
            batch.get(key)
        equal(await self.client.exec(batch, raise_on_error=True), ["OK"] * len(KEYS) + [k.encode() for k in KEYS])

    async def multislot(self):
        c = self.client
        equal(await c.mset({key: "many" for key in KEYS}), "OK")
        equal(await c.mget(KEYS), [b"many"] * len(KEYS))
        equal(await c.exists(KEYS), len(KEYS))
        equal(await c.delete(KEYS[:10]), 10)
        try:
            await c.renamenx("a", "b")
        except RequestError as error:
            expect("slot" in str(error).lower(), f"CROSSSLOT: {error}")
        else:
            raise AssertionError("RENAMENX over slots was not refused")

    async def transaction(self):
        batch = ClusterBatch(is_atomic=True)
        batch.set("{t}:a", "1").incr("{t}:a").get("{t}:a")
        equal(await self.client.exec(batch, raise_on_error=True), ["OK", 2, b"2"])
        await self.client.watch(["{t}:a"])
        await self.client.set("{t}:a", "other")
        # GLIDE's WATCH goes by its one connection, so its own write is seen, too.
        equal(await self.client.exec(batch, raise_on_error=True), None)

    async def listen(self, modes, publish, sharded=False):
        if self.protocol == ProtocolVersion.RESP2:
            raise NotOffered("its subscriptions want RESP3")
        settings = GlideClusterClientConfiguration.PubSubSubscriptions(modes, None, None)
        subscriber = await self.open(pubsub_subscriptions=settings)
        names = sorted(next(iter(modes.values())))
        await self.await_listeners(names, sharded)
        for name in names:
            await publish(name)
        found = [await asyncio.wait_for(subscriber.get_pubsub_message(), 10) for _ in names]
        equal(sorted(plain(message.message) for message in found), [f"to {name}" for name in names])
        await subscriber.close()

    async def pubsub(self):
        modes = GlideClusterClientConfiguration.PubSubChannelModes
        await self.listen({modes.Exact: {"news"}}, lambda name: self.client.publish(f"to {name}", name))

    async def sharded(self):
        modes = GlideClusterClientConfiguration.PubSubChannelModes
        await self.listen(
            {modes.Sharded: {"a", "b", "c"}}, lambda name: self.client.publish(f"to {name}", name, sharded=True),
            sharded=True)

    async def scan(self):
        await self.client.flushall()
        for key in KEYS:
            await self.set(key, "1")
        found, cursor = [], ClusterScanCursor()
        while not cursor.is_finished():
            cursor, keys = await self.client.scan(cursor, count=7)
            found += keys
        equal(sorted(set(map(plain, found))), sorted(KEYS))

    async def replicas(self):
        reader = await self.open(read_from=ReadFrom.PREFER_REPLICA)
        note = await self.reads_from_replicas(reader.get)
        await reader.close()
        return note

    async def close(self):
        await self.client.close()


if __name__ == "__main__":
    run(GlideTrial, version("valkey-glide"))
