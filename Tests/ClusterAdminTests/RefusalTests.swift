import CLI
import RESP
import Testing

struct RefusalTests {
    /// A command line, and what redis-cli says before it ends with 1.
    struct Line: CustomTestStringConvertible {
        var arguments: String
        var complaint: String

        var testDescription: String { arguments }
    }

    @Test(arguments: [
        Line(
            arguments: "--cluster nope 127.0.0.1:7000", complaint: "Unknown --cluster subcommand\n"),
        Line(
            arguments: "--cluster check",
            complaint: "[ERR] Wrong number of arguments for specified --cluster sub command\n"),
        Line(
            arguments: "--cluster check 127.0.0.1",
            complaint: "[ERR] Invalid arguments: you need to pass either a valid address (ie. "
                + "120.0.0.1:7000) or space separated IP and port (ie. 120.0.0.1 7000)\n"),
        Line(
            arguments: "--cluster check 127.0.0.1 9",
            complaint: "Could not connect to Redis at 127.0.0.1:9: Connection refused\n"),
        Line(
            arguments: "--cluster info 127.0.0.1:7000 --cluster-slots",
            complaint: "Unrecognized option or bad number of args for: '--cluster-slots'\n"),
        Line(
            arguments: "-2 -3 --cluster help",
            complaint: "Options -2 and -3 are mutually exclusive.\n"),
        Line(arguments: "--cluster", complaint: CLIUsage.text),
        Line(
            arguments: "--cluster set-timeout 127.0.0.1:7000 99",
            complaint: "Setting a node timeout of less than 100 milliseconds is a bad idea.\n"),
        Line(
            arguments: "--cluster import 127.0.0.1:7000",
            complaint: "[ERR] Option '--cluster-from' is required for subcommand 'import'.\n"),
        Line(
            arguments:
                "--cluster rebalance 127.0.0.1:7000 --cluster-weight a=1 --cluster-weight b=1",
            complaint: "WARNING: you cannot use --cluster-weight more than once.\n"
                + "You can set more weights by adding them as a space-separated list, ie:\n"
                + "--cluster-weight n1=w n2=w\n"),
    ])
    func `wrong command lines are refused`(_ line: Line) {
        let cluster = FakeCluster.whole()
        #expect(cluster.run(line.arguments.split(separator: " ").map(String.init)) == 1)
        #expect(cluster.complaints == line.complaint)
        #expect(cluster.output == "")
    }

    @Test func `too few nodes for the replicas`() {
        let cluster = FakeCluster(5)
        #expect(
            cluster.run(["--cluster", "create"] + cluster.names + ["--cluster-replicas", "1"]) == 1)
        #expect(
            cluster.output == """
                *** ERROR: Invalid configuration for cluster creation.
                *** Redis Cluster requires at least 3 master nodes.
                *** This is not possible with 5 nodes and 1 replicas per node.
                *** At least 6 nodes are required.

                """)
    }

    @Test func `a node that is not empty`() {
        let cluster = FakeCluster(3)
        cluster.nodes[1].keys[5] = ["key"]
        #expect(cluster.run(["--cluster", "create"] + cluster.names) == 1)
        #expect(
            cluster.output
                == "[ERR] Node 127.0.0.1:7001 is not empty. Either the node already knows other "
                + "nodes (check with CLUSTER NODES) or contains some key in database 0.\n")
    }

    @Test func `a node that wants a password`() {
        let cluster = FakeCluster(3)
        cluster.nodes[0].replies["INFO"] = .error("NOAUTH Authentication required.")
        #expect(cluster.run("--cluster", "check", "127.0.0.1:7000") == 1)
        #expect(cluster.output == "[ERR] Node 127.0.0.1:7000 NOAUTH Authentication required.\n")
    }

    @Test func `anything but yes leaves all as it is, and is no failure`() {
        let cluster = FakeCluster(3)
        cluster.typed = ["y"]
        #expect(cluster.run(["--cluster", "create"] + cluster.names) == 0)
        #expect(cluster.log == [])
    }

    @Test func `the end of standard input ends the questions`() {
        let cluster = FakeCluster.whole()
        #expect(cluster.run("--cluster", "reshard", "127.0.0.1:7000") == 1)
        #expect(
            cluster.output.hasSuffix("How many slots do you want to move (from 1 to 16384)? \n"))
        #expect(cluster.complaints == "*** Standard input has ended before this was answered.\n")
    }

    @Test func `the password goes to every node, and a warning to the terminal`() {
        let cluster = FakeCluster.whole()
        #expect(
            cluster.run("-a", "secret", "--user", "anna", "--cluster", "info", "127.0.0.1", "7000")
                == 0)
        #expect(cluster.log == (7000...7005).map { "\($0) AUTH anna secret" })
        #expect(cluster.complaints.hasPrefix("Warning: Using a password"))
        let quiet = FakeCluster.whole()
        quiet.environment["REDISCLI_AUTH"] = "other"
        #expect(quiet.run("--cluster", "info", "127.0.0.1:7000") == 0)
        #expect(quiet.log.first == "7000 AUTH other")
        #expect(quiet.complaints == "")
    }
}
