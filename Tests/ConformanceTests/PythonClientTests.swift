import Foundation
import Lab
import LabBackends
import TestSupport
import Testing

/// redis-py's cluster client against the lab, in both protocols.
@Suite(
    .serialized,
    .enabled("python3 cannot import redis: nothing to try (pip install redis)") { Python.hasRedis })
struct PythonClientTests {
    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `RedisCluster writes, reads, scans and follows redirects`(protocolVersion: Int) throws {
        let cluster = try InProcessLab().start(ClusterPlan(port: try FreePorts(count: 6).first))
        defer { cluster.shutDown() }
        let (status, output) = try Python.run(
            Self.program, arguments: ["\(cluster.nodes[0].port)", "\(protocolVersion)"])
        #expect(status == 0)
        #expect(
            output == """
                b'Alice'
                ok 16384
                [b'1', b'2', b'3']
                300
                [b'a', b'b', b'c', b'user:1']
                refused
                6 3
                3 0

                """, "redis-py")
    }

    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `its subscribers get messages, sharded ones and keyspace events`(
        protocolVersion: Int
    ) throws {
        let cluster = try InProcessLab().start(ClusterPlan(port: try FreePorts(count: 6).first))
        defer { cluster.shutDown() }
        let (status, output) = try Python.run(
            Self.subscriber, arguments: ["\(cluster.nodes[0].port)", "\(protocolVersion)"])
        #expect(status == 0)
        #expect(
            output == """
                message b'news' b'hello'
                pmessage b'news' b'hello'
                smessage b'b' b'sharded'
                pmessage b'__keyevent@0__:set' b'user:1'
                pmessage b'__keyevent@0__:expire' b'user:1'
                pmessage b'__keyevent@0__:del' b'user:1'

                """, "redis-py")
    }

    private static let subscriber = """
        import sys
        from redis.cluster import RedisCluster
        rc = RedisCluster(host="127.0.0.1", port=int(sys.argv[1]), protocol=int(sys.argv[2]))

        def show(get, count):
            while count > 0:
                message = get(timeout=10)
                if message is None:
                    sys.exit("nothing came")
                if "subscribe" not in message["type"]:
                    print(message["type"], message["channel"], message["data"])
                    count -= 1

        news = rc.pubsub()
        news.subscribe("news")
        news.psubscribe("n*s")
        for number in range(2):
            news.get_message(timeout=10)
        rc.publish("news", "hello")
        show(news.get_message, 2)

        shard = rc.pubsub()
        shard.ssubscribe("b")
        shard.get_sharded_message(timeout=10)
        rc.spublish("b", "sharded")
        show(shard.get_sharded_message, 1)

        owner = rc.get_node_from_key("user:1")
        rc.config_set("notify-keyspace-events", "Eg$", target_nodes=RedisCluster.ALL_NODES)
        events = rc.pubsub(node=owner)
        events.psubscribe("__key*__:*")
        events.get_message(timeout=10)
        rc.set("user:1", "Alice", ex=100)
        rc.delete("user:1")
        show(events.get_message, 3)
        """

    private static let program = """
        import sys
        from redis.cluster import RedisCluster
        rc = RedisCluster(host="127.0.0.1", port=int(sys.argv[1]), protocol=int(sys.argv[2]))
        rc.set("user:1", "Alice")
        print(rc.get("user:1"))
        info = rc.cluster_info()
        print(info["cluster_state"], info["cluster_slots_assigned"])
        rc.mset_nonatomic({"a": 1, "b": 2, "c": 3})
        print(rc.mget_nonatomic("a", "b", "c"))
        pipeline = rc.pipeline()
        for number in range(300):
            pipeline.set(f"key:{number}", number, ex=1000)
        print(sum(pipeline.execute()))
        print(sorted(key for key in rc.scan_iter() if not key.startswith(b"key:")))
        try:
            rc.mset({"a": 1, "b": 2})
        except Exception as error:
            print("refused" if "slot" in str(error) else error)
        print(len(rc.cluster_nodes()), len(rc.cluster_slots()))
        print(len(rc.flushall(target_nodes=RedisCluster.PRIMARIES)), rc.dbsize(target_nodes=RedisCluster.PRIMARIES))
        """
}

/// The machine's python3.
enum Python {
    static let hasRedis = (try? run("import redis.cluster", arguments: []).status) == 0

    static func run(_ program: String, arguments: [String]) throws -> (
        status: Int32, output: String
    ) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run(within: .minutes(2))
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
    }
}
