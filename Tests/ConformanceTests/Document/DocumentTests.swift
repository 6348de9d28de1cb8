import Foundation
import TestSupport
import Testing

/// The document, typed by someone who believes it: what it prints works, or fails as on a machine with Redis and
/// Docker, and the lab can say why.
@Suite(.serialized, .enabled(if: ServerProgram.labPath != nil, "the clusterlab program is not built"))
struct DocumentTests {
    /// What Debian's pip says since it leaves the system's Python alone.
    private static let pip = """
        echo 'error: externally-managed-environment' >&2
        exit 1
        """

    @Test(.timeLimit(.minutes(2)))
    func `every block, pasted whole and in order on an empty workspace`() throws {
        let lab = try LabTerminal(programs: ["pip": Self.pip])

        try lab.paste(DocumentBlock.configuration)
        try lab.see("port: no program on this machine, no command of Redis", "Stopped at line 1 of 4")
        try lab.why("redis.conf")

        try lab.paste(DocumentBlock.start)
        try lab.see("Fatal error, can't open config file", "(exit code 1)", "Stopped at line 1 of 3")
        try lab.why("The file that was named is not there")

        try lab.paste(DocumentBlock.create)
        try lab.see("Could not connect to Redis at 127.0.0.1:7000: Connection refused")
        try lab.see("(exit code 1)", "Stopped at line 1 of 3")
        try lab.why("no program listens at that port")

        try lab.paste(DocumentBlock.verify)
        try lab.see("Connection refused", "Stopped at line 1 of 6")
        try lab.why("no program listens at that port")

        try lab.paste(DocumentBlock.docker)
        try lab.see("Adding replica", "Can I set the above configuration? (type 'yes' to accept): ")
        lab.type("yes")
        try lab.see(">>> Nodes configuration updated", "Waiting for the cluster to join\r\n...")
        lab.interrupt()
        try lab.why("127.0.0.1 is the container itself")

        try lab.paste(DocumentBlock.commands)
        try lab.see("(error) CLUSTERDOWN Hash slot not served", "Stopped at line 1 of 10")
        try lab.why("user:1 hashes to slot 10778")

        try lab.paste(DocumentBlock.install)
        try lab.see("externally-managed-environment", "(exit code 1)")
        try lab.why("python3 -m venv")

        try lab.paste(DocumentBlock.python)
        try lab.see("(error) ERR unknown command 'from'", "Stopped at line 1 of 11")
        try lab.why("It looks like Python")

        try lab.paste(DocumentBlock.failover)
        try lab.see(" myself,master - 0 0 2 connected 5461-10922", "Stopped at line 3 of 4")
        try lab.why("cluster_state:fail")
        #expect(lab.leave() == 0)
    }

    @Test(.timeLimit(.minutes(2)))
    func `the manual setup as it is printed, mended where it fails`() throws {
        let lab = try LabTerminal()
        try lab.run("mkdir redis-7000 redis-7001 redis-7002 redis-7003 redis-7004 redis-7005")
        try lab.paste("cat > redis-7000/redis.conf <<'END'\n\(DocumentBlock.configuration)\nEND")
        try lab.awaitPrompt()
        let copies = "for p in 7001 7002 7003 7004 7005; do sed s/7000/$p/ redis-7000/redis.conf > redis-$p/redis.conf; done"
        try lab.run(copies)

        // No comment may stand behind a directive, and only the first is complained about.
        for line in [1, 3, 4] {
            try lab.paste(DocumentBlock.start)
            try lab.see("*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***", "at line \(line)\r\n")
            try lab.see("(exit code 1)")
            try lab.why("A comment needs a line of its own")
            try lab.run("sed -i.old '\(line)s/ *#.*//' redis-7000/redis.conf")
        }
        try lab.run(copies)

        // The first server keeps the terminal until Ctrl-C; the second then takes the first one's nodes.conf.
        try lab.paste(DocumentBlock.start)
        try lab.see("No cluster configuration found, I'm", "Ready to accept connections")
        lab.interrupt()
        try lab.see("bye bye...", "Node configuration loaded, I'm", "Ready to accept connections")
        lab.interrupt()
        try lab.see("bye bye...")
        try lab.awaitPrompt()

        try lab.run(
            "rm nodes.conf; for p in 7000 7001 7002 7003 7004 7005; do printf 'dir redis-%s\ndaemonize yes\nlogfile log\n' $p >> redis-$p/redis.conf; redis-server redis-$p/redis.conf; done")
        try lab.paste(DocumentBlock.create)
        try lab.see("Can I set the above configuration? (type 'yes' to accept): ")
        lab.type("y")
        try lab.why("the whole word yes")
        try lab.paste(DocumentBlock.create)
        try lab.see("Can I set the above configuration? (type 'yes' to accept): ")
        lab.type("yes")
        try lab.see("[OK] All 16384 slots covered.")
        try lab.awaitPrompt()
        // As on a real server, a master says fail for its first two seconds.
        try lab.run("until ok")

        try lab.paste(DocumentBlock.verify)
        try lab.see("cluster_state:ok", "cluster_slots_assigned:16384", "127.0.0.1:7005@17005")
        try lab.awaitPrompt()

        try lab.paste(DocumentBlock.commands)
        try lab.see("(error) MOVED 10778 127.0.0.1:7001", "Stopped at line 1 of 10")
        try lab.why("user:1 hashes to slot 10778", "127.0.0.1:7001")
        try lab.paste("redis-cli -c -p 7000\n" + DocumentBlock.commands)
        try lab.see("-> Redirected to slot [10778] located at 127.0.0.1:7001", "OK")
        try lab.see("1) 1) (integer) 0", "127.0.0.1:7005@17005")
        try lab.awaitPrompt()

        // The document's own proof of a failover: key1 lives on 7001, and never left it.
        try lab.run("redis-cli -p 7001 SET key1 value1")
        try lab.run("redis-cli -p 7000 SHUTDOWN")
        try lab.paste(DocumentBlock.failover)
        try lab.see("127.0.0.1:7000@17000", "\"value1\"")
        #expect(lab.leave() == 0)
    }
}
