import Export
import Testing

struct ExportKindTests {
    private let cluster = ClusterTopology(
        nodes: [
            ClusterTopology.Node(
                name: "redis-7000", host: "127.0.0.1", port: 7000, busPort: 17_000,
                slots: [0...99, 101...101],
                settings: [
                    ClusterTopology.Setting(name: "cluster-node-timeout", value: "5000"),
                    ClusterTopology.Setting(name: "save", value: ""),
                ]),
            ClusterTopology.Node(
                name: "redis-7001", host: "127.0.0.1", port: 7001, busPort: 17_500, master: 0),
        ], version: "7.0.15")

    private func file(
        _ path: String, _ kind: ExportKind, announce: String? = nil, hasData: Bool = false
    ) -> String {
        let options = ExportOptions(
            name: "demo", image: "redis:7.0", announce: announce, hasData: hasData)
        return kind.files(of: cluster, options).first { $0.path == path }?.text ?? ""
    }

    @Test func `a redis.conf has what differs from the defaults, and says what the node is`() {
        #expect(
            file("conf/redis-7000.conf", .systemd) == """
                # redis-7000 of a cluster exported by clusterlab: the master of the slots 0-99 101.
                port 7000
                bind 127.0.0.1
                dir /var/lib/redis-cluster/redis-7000
                cluster-enabled yes
                cluster-config-file nodes.conf
                cluster-node-timeout 5000
                save ""

                """)
        #expect(file("conf/redis-7001.conf", .systemd).contains("\ncluster-port 17500\n"))
    }

    @Test func `an announced address opens the nodes to others`() {
        let conf = file("conf/redis-7001.conf", .compose, announce: "10.0.0.5")
        #expect(conf.contains("\nprotected-mode no\n"))
        #expect(conf.contains("\ncluster-announce-ip 10.0.0.5\n"))
        #expect(conf.contains("\ncluster-announce-bus-port 17500\n"))
        let compose = file("docker-compose.yml", .compose, announce: "10.0.0.5")
        #expect(compose.contains("- \"17500:17500\""))
        #expect(!compose.contains("network_mode"))
    }

    @Test func `without one they share the machine's network, and listen on 127.0.0.1`() {
        #expect(file("docker-compose.yml", .compose).contains("network_mode: host"))
        #expect(file("conf/redis-7000.conf", .compose).contains("\nbind 127.0.0.1\n"))
    }

    @Test func `the script has a row a node: address, address for the others, master, slots`() {
        let script = file("build.sh", .compose, announce: "10.0.0.5")
        #expect(script.contains("\n1 redis-7000 redis-7000 7000 10.0.0.5 17000 - 0-99 101\n"))
        #expect(script.contains("\n2 redis-7001 redis-7001 7001 10.0.0.5 17500 redis-7000\n"))
    }

    @Test func `data is copied into volumes that are new`() {
        let compose = file("docker-compose.yml", .compose, hasData: true)
        #expect(compose.contains("- ./data/redis-7000:/seed:ro"))
        #expect(compose.contains("[ -e /data/nodes.conf ] || cp -R /seed/. /data/"))
    }

    @Test func `the pods of Kubernetes are the nodes in order`() {
        let text = file("redis-cluster.yaml", .k8s)
        #expect(text.contains("  replicas: 2\n"))
        #expect(text.contains("\n    2 demo-1 demo-1.demo 6379 demo-1.demo 16379 demo-0\n"))
        #expect(text.contains("\n  demo-1.conf: |\n    # demo-1 of a cluster"))
    }
}
