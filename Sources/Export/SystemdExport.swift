/// systemd units for one machine: a template for the nodes, a unit that joins them once, a target for all, and the
/// script that installs them.
struct SystemdExport {
    let cluster: ClusterTopology
    let options: ExportOptions

    var files: [ExportedFile] {
        [
            ExportedFile(path: "redis-cluster@.service", text: node),
            ExportedFile(path: "redis-cluster-build.service", text: builder),
            ExportedFile(path: "redis-cluster.target", text: target),
        ]
            + cluster.nodes.map {
                ExportedFile(path: "conf/\($0.name).conf", text: conf(of: $0).text)
            } + [
                ExportedFile(path: "build.sh", text: script.text, isExecutable: true),
                ExportedFile(path: "install.sh", text: installer, isExecutable: true),
            ]
    }

    private func conf(of node: ClusterTopology.Node) -> RedisConf {
        var conf = RedisConf(
            cluster: cluster, node: node, port: node.port,
            folder: "/var/lib/redis-cluster/\(node.name)",
            bind: options.announce == nil ? "127.0.0.1" : nil)
        if let announce = options.announce { conf.announced = [("cluster-announce-ip", announce)] }
        conf.announced +=
            node.busPort == node.port + 10_000 ? [] : [("cluster-port", "\(node.busPort)")]
        return conf
    }

    private var script: BuildScript {
        BuildScript(
            cluster: cluster,
            places: cluster.nodes.map {
                BuildScript.Place(
                    host: "127.0.0.1", port: $0.port, busPort: $0.busPort, met: options.announce)
            })
    }

    private var units: String {
        cluster.nodes.map { "redis-cluster@\($0.name).service" }.joined(separator: " ")
    }

    private let node = """
        # A node of a Redis Cluster exported by clusterlab; the instance is the name of its file in /etc/redis-cluster.
        [Unit]
        Description=Redis Cluster node %i
        After=network.target
        PartOf=redis-cluster.target

        [Service]
        Type=exec
        ExecStart=/usr/bin/redis-server /etc/redis-cluster/%i.conf --daemonize no --supervised no
        User=redis
        Group=redis
        StateDirectory=redis-cluster/%i
        StateDirectoryMode=0750
        LimitNOFILE=65535
        Restart=on-failure
        RestartSec=2
        # A master waits for its replicas before it ends.
        TimeoutStopSec=60
        NoNewPrivileges=yes
        PrivateTmp=yes
        PrivateDevices=yes
        ProtectHome=yes
        ProtectSystem=strict
        ReadWritePaths=-/var/lib/redis-cluster

        [Install]
        WantedBy=redis-cluster.target

        """

    private var builder: String {
        """
        # Joins the nodes; where they are a cluster already it does nothing.
        [Unit]
        Description=Redis Cluster: slots and replicas
        Requires=\(units)
        After=\(units)
        PartOf=redis-cluster.target

        [Service]
        Type=oneshot
        RemainAfterExit=yes
        # REDISCLI_AUTH=… where the nodes have a password.
        EnvironmentFile=-/etc/redis-cluster/build.env
        ExecStart=/bin/sh /etc/redis-cluster/build.sh

        [Install]
        WantedBy=redis-cluster.target

        """
    }

    private var target: String {
        """
        [Unit]
        Description=Redis Cluster exported by clusterlab
        Wants=\(units) redis-cluster-build.service

        [Install]
        WantedBy=multi-user.target

        """
    }

    /// Data comes into a folder that is new, and into no other.
    private var installer: String {
        """
        #!/bin/sh
        # Installs and starts the cluster. As root; redis-server 7.0 or later and its user `redis` have to be there.
        set -eu
        here=$(cd "$(dirname "$0")" && pwd -P)
        install -d -m 755 /etc/redis-cluster
        for conf in "$here"/conf/*.conf; do
            name=$(basename "$conf" .conf)
            install -m 640 -g redis "$conf" /etc/redis-cluster/
            state=/var/lib/redis-cluster/$name
            if [ -d "$here/data/$name" ] && [ ! -e "$state" ]; then
                mkdir -p "$state"
                cp -R "$here/data/$name/." "$state/"
                chown -R redis:redis "$state"
            fi
        done
        install -m 755 "$here/build.sh" /etc/redis-cluster/
        for unit in "$here"/*.service "$here"/*.target; do install -m 644 "$unit" /etc/systemd/system/; done
        systemctl daemon-reload
        systemctl enable --now redis-cluster.target

        """
    }
}
