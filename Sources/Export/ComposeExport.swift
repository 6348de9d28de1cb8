/// docker-compose.yml and what it mounts. Without an address to announce the nodes share the network of the machine, on
/// 127.0.0.1; with one their ports are published, and everybody is told that address.
struct ComposeExport {
    let cluster: ClusterTopology
    let options: ExportOptions

    var files: [ExportedFile] {
        [ExportedFile(path: "docker-compose.yml", text: compose)]
            + cluster.nodes.map {
                ExportedFile(path: "conf/\($0.name).conf", text: conf(of: $0).text)
            } + [ExportedFile(path: "build.sh", text: script.text, isExecutable: true)]
    }

    private func conf(of node: ClusterTopology.Node) -> RedisConf {
        var conf = RedisConf(
            cluster: cluster, node: node, port: node.port, folder: "/data",
            bind: options.announce == nil ? "127.0.0.1" : nil)
        if let announce = options.announce {
            conf.announced = [
                ("cluster-announce-ip", announce), ("cluster-announce-port", "\(node.port)"),
                ("cluster-announce-bus-port", "\(node.busPort)"),
            ]
        }
        conf.announced +=
            node.busPort == node.port + 10_000 ? [] : [("cluster-port", "\(node.busPort)")]
        return conf
    }

    private var script: BuildScript {
        BuildScript(
            cluster: cluster,
            places: cluster.nodes.map { node in
                BuildScript.Place(
                    host: options.announce == nil ? "127.0.0.1" : node.name, port: node.port,
                    busPort: node.busPort, met: options.announce)
            })
    }

    private var compose: String {
        """
        # A Redis Cluster exported by clusterlab: `docker compose up -d` starts its nodes and joins them.
        name: \(options.name)

        services:
        \(cluster.nodes.map(service).joined(separator: "\n").indented(by: 2))
        \(builder.indented(by: 2))

        volumes:
        \(cluster.nodes.map { "\($0.name): {}" }.joined(separator: "\n").indented(by: 2))

        """
    }

    private func service(_ node: ClusterTopology.Node) -> String {
        var lines = [
            "# \(cluster.role(of: node))", "\(node.name):", "  image: \(options.image)",
            "  restart: unless-stopped",
        ]
        lines += network(of: node)
        lines += [
            "  command: \(command)", "  volumes:", "    - \(node.name):/data",
            "    - ./conf/\(node.name).conf:/etc/redis/redis.conf:ro",
        ]
        if options.hasData { lines.append("    - ./data/\(node.name):/seed:ro") }
        return
            (lines + [
                "  healthcheck:",
                // A node that asks for a password is up as well.
                #"    test: ["CMD-SHELL", "redis-cli -p \#(node.port) PING | grep -qE 'PONG|NOAUTH'"]"#,
                "    interval: 2s", "    timeout: 3s", "    retries: 30",
            ]).joined(separator: "\n")
    }

    private func network(of node: ClusterTopology.Node) -> [String] {
        guard options.announce != nil else { return ["  network_mode: host"] }
        return [
            "  ports:", "    - \"\(node.port):\(node.port)\"",
            "    - \"\(node.busPort):\(node.busPort)\"",
        ]
    }

    /// Data comes into a volume that is new, and into no other.
    private var command: String {
        guard options.hasData else { return #"["redis-server", "/etc/redis/redis.conf"]"# }
        return
            #"["sh", "-c", "[ -e /data/nodes.conf ] || cp -R /seed/. /data/; exec docker-entrypoint.sh redis-server /etc/redis/redis.conf"]"#
    }

    /// Runs once, when all nodes are healthy.
    private var builder: String {
        var lines = ["cluster-build:", "  image: \(options.image)", "  restart: \"no\""]
        if options.announce == nil { lines.append("  network_mode: host") }
        lines += [
            "  command: [\"sh\", \"/build.sh\"]", "  environment:", "    - REDISCLI_AUTH",
            "  volumes:",
            "    - ./build.sh:/build.sh:ro", "  depends_on:",
        ]
        lines += cluster.nodes.map { "    \($0.name):\n      condition: service_healthy" }
        return lines.joined(separator: "\n")
    }
}
