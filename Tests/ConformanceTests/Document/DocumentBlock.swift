/// The fenced blocks of the document that the lab teaches, as they stand there.
enum DocumentBlock {
    /// redis.conf of each node, as it is printed there.
    static let configuration = #"""
        port 7000  # Unique port per node (e.g., 7000, 7001, 7002)
        cluster-enabled yes
        cluster-config-file nodes.conf  # Auto-generated node config
        cluster-node-timeout 5000  # Timeout for node failure detection
        """#

    /// Step 3 of the manual setup.
    static let start = #"""
        redis-server redis-7000/redis.conf
        redis-server redis-7001/redis.conf
        # ... and so on
        """#

    /// Step 4.
    static let create = #"""
        redis-cli --cluster create 127.0.0.1:7000 127.0.0.1:7001 127.0.0.1:7002 \
          127.0.0.1:7003 127.0.0.1:7004 127.0.0.1:7005 \
          --cluster-replicas 1
        """#

    /// Step 5, with what it prints.
    static let verify = #"""
        127.0.0.1:7000> CLUSTER INFO
        cluster_state:ok
        cluster_slots_assigned:16384
        ...
        127.0.0.1:7000> CLUSTER NODES
        # Lists nodes, roles, and slots
        """#

    /// The alternative with Docker.
    static let docker = #"""
        # Start 6 nodes
        for port in {7000..7005}; do
          docker run -d -p $port:6379 --name redis-$port redis redis-server --cluster-enabled yes --port 6379
        done
        # Create cluster
        redis-cli --cluster create 127.0.0.1:7000 127.0.0.1:7001 127.0.0.1:7002 \
          127.0.0.1:7003 127.0.0.1:7004 127.0.0.1:7005 \
          --cluster-replicas 1
        """#

    /// The example of the cluster commands.
    static let commands = #"""
        127.0.0.1:7000> SET user:1 "Alice"
        OK
        127.0.0.1:7000> CLUSTER SLOTS
        1) 1) (integer) 0
           2) (integer) 5460
           3) 1) "127.0.0.1"
              2) (integer) 7000
           ...
        127.0.0.1:7000> CLUSTER NODES
        # Shows node IDs, roles, and slots
        """#

    /// The library's setup.
    static let install = #"""
        pip install redis
        """#

    /// The program in Python.
    static let python = #"""
        from redis.cluster import RedisCluster

        # Connect to cluster
        rc = RedisCluster(startup_nodes=[{"host": "127.0.0.1", "port": "7000"}])

        # Basic operations
        rc.set("user:1", "Alice")
        print(rc.get("user:1"))  # Output: b'Alice'

        # Cluster info
        print(rc.cluster_info())  # Shows cluster status
        """#

    /// How a failover is verified.
    static let failover = #"""
        127.0.0.1:7001> CLUSTER NODES
        # Check if a replica (e.g., 7003) is now master
        127.0.0.1:7001> GET key1
        "value1"
        """#
}
