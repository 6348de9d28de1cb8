import ClusterCore
import Keyspace
import RESP
import Testing

/// Passwords and users: who gets in, and what they may do then.
struct AccessTests {
    private let served = ServedNode()
    private let admin: ClientID

    init() {
        admin = served.connect()
    }

    // MARK: - Passwords

    @Test func `with requirepass new connections have to log in, old ones go on`() {
        #expect(served.send("CONFIG SET requirepass secret", from: admin) == "+OK\r\n")
        #expect(served.send("GET a", from: admin) == "$-1\r\n")
        let client = served.connect()
        #expect(served.send("GET a", from: client) == "-NOAUTH Authentication required.\r\n")
        #expect(
            served.send("AUTH wrong", from: client)
                == "-WRONGPASS invalid username-password pair or user is disabled.\r\n")
        #expect(served.send("AUTH secret", from: client) == "+OK\r\n")
        #expect(served.send("GET a", from: client) == "$-1\r\n")
        _ = served.send("RESET", from: client)
        #expect(served.send("GET a", from: client).hasPrefix("-NOAUTH"))
        #expect(served.send("AUTH default secret", from: client) == "+OK\r\n")
    }

    @Test func `requirepass is the password of the default user`() {
        _ = served.send("ACL SETUSER default on >second", from: admin)
        #expect(served.send("CONFIG GET requirepass", from: admin).contains("$0\r\n"))
        let client = served.connect()
        #expect(served.send("PING", from: client).hasPrefix("-NOAUTH"))
        _ = served.send("CONFIG SET requirepass first", from: admin)
        #expect(served.send("AUTH second", from: client).hasPrefix("-WRONGPASS"))
        #expect(served.send("AUTH first", from: client) == "+OK\r\n")
        _ = served.send("CONFIG SET requirepass \"\"", from: admin)
        #expect(served.send("PING", from: served.connect()) == "+PONG\r\n")
        #expect(served.send("AUTH x", from: client).hasPrefix("-ERR AUTH <password> called"))
    }

    @Test func `HELLO logs in on the way`() {
        _ = served.send("ACL SETUSER anna on >pw ~* +@all", from: admin)
        let client = served.connect()
        #expect(
            served.send("HELLO 3 AUTH anna no", from: client)
                == "-WRONGPASS invalid username-password pair or user is disabled.\r\n")
        #expect(served.send("HELLO 3 AUTH anna pw SETNAME me", from: client).hasPrefix("%7"))
        #expect(served.send("ACL WHOAMI", from: client) == "$4\r\nanna\r\n")
        #expect(served.send("CLIENT INFO", from: client).contains(" user=anna "))
    }

    @Test func `a remote client needs no password once the default user has one`() {
        #expect(served.node.denial(ofClientAt: "10.0.0.1:1")?.hasPrefix("-DENIED") == true)
        _ = served.send("ACL SETUSER default >pw", from: admin)
        #expect(served.node.denial(ofClientAt: "10.0.0.1:1") == nil)
    }

    // MARK: - What users may do

    /// Rules, a command, and what the user with these rules gets.
    struct Attempt: CustomStringConvertible {
        let rules: String
        let command: String
        let refusal: Refusal?
        var description: String { "\(rules): \(command)" }

        enum Refusal {
            case command(String)
            case key, channel
        }

        init(_ rules: String, _ command: String, _ refusal: Refusal? = nil) {
            self.rules = rules
            self.command = command
            self.refusal = refusal
        }

        var reply: String? {
            switch refusal {
            case nil: nil
            case .command(let name):
                "-NOPERM this user has no permissions to run the '\(name)' command\r\n"
            case .key:
                "-NOPERM this user has no permissions to access one of the keys used as arguments\r\n"
            case .channel:
                "-NOPERM this user has no permissions to access one of the channels used as "
                    + "arguments\r\n"
            }
        }
    }

    @Test(arguments: [
        Attempt("", "GET a", .command("get")),
        Attempt("+get", "GET a", .key), Attempt("+get ~a*", "GET a"),
        Attempt("+get ~a*", "GET b", .key), Attempt("+@all ~a*", "MGET a{x} b{x}", .key),
        Attempt("+@read ~*", "SET a 1", .command("set")), Attempt("+@read ~*", "GET a"),
        Attempt("+@all -@dangerous ~*", "FLUSHALL", .command("flushall")),
        Attempt("+@all -config|set", "CONFIG SET timeout 0", .command("config|set")),
        Attempt("+@all -config|set", "CONFIG GET timeout"),
        Attempt("+config|get", "CONFIG GET timeout"),
        Attempt("+config|get", "CONFIG RESETSTAT", .command("config|resetstat")),
        Attempt("+select|0", "SELECT 0"), Attempt("+select|0", "SELECT 1", .command("select")),
        Attempt("+@all %R~a", "GET a"), Attempt("+@all %R~a", "SET a 1", .key),
        Attempt("+@all %W~a", "SET a 1"), Attempt("+@all %W~a", "GET a", .key),
        Attempt("+@all %W~a", "SET a 1 GET", .key), Attempt("+@all %RW~a", "SET a 1 GET"),
        Attempt("+@all %R~{x}s %W~{x}d", "COPY {x}s {x}d"),
        Attempt("+@all %R~{x}s %R~{x}d", "COPY {x}s {x}d", .key),
        Attempt("+@all", "PUBLISH news 1", .channel), Attempt("+@all &news*", "PUBLISH news 1"),
        Attempt("+@all &news*", "PSUBSCRIBE news*"),
        Attempt("+@all &news*", "PSUBSCRIBE news", .channel),
        Attempt("+@all &news*", "SUBSCRIBE news:1"), Attempt("+@all", "UNSUBSCRIBE news"),
        Attempt("+get ~a (+set ~b)", "SET b 1"), Attempt("+get ~a (+set ~b)", "SET a 1", .key),
        Attempt("+get ~a (+set ~b)", "GET b", .key),
        Attempt("+get ~a (+set ~b)", "DEL a", .command("del")),
        Attempt("", "AUTH x y z", nil),
    ])
    func `a user gets what its rules allow`(_ attempt: Attempt) {
        #expect(
            served.send("ACL SETUSER anna on >pw \(attempt.rules)", from: admin) == "+OK\r\n")
        let client = served.connect()
        _ = served.send("AUTH anna pw", from: client)
        let reply = served.send(attempt.command, from: client)
        if let refusal = attempt.reply {
            #expect(reply == refusal)
        } else {
            #expect(!reply.hasPrefix("-NOPERM"))
        }
    }

    @Test func `rules that change hold for connections that there are`() {
        _ = served.send("ACL SETUSER anna on nopass ~* &* +@all", from: admin)
        let client = served.connect()
        _ = served.send("AUTH anna x", from: client)
        #expect(served.send("SET a 1", from: client) == "+OK\r\n")
        _ = served.send("ACL SETUSER anna -set", from: admin)
        #expect(served.send("SET a 1", from: client).hasPrefix("-NOPERM"))
        _ = served.send("ACL SETUSER anna off", from: admin)
        #expect(served.send("GET a", from: client) == "$1\r\n1\r\n")
        #expect(served.send("AUTH anna x", from: served.connect()).hasPrefix("-WRONGPASS"))
    }

    @Test func `a refusal comes before a redirect`() {
        let served = ServedNode(masters: 3)
        let admin = served.connect()
        _ = served.send("ACL SETUSER anna on nopass +get ~a", from: admin)
        let client = served.connect()
        _ = served.send("AUTH anna x", from: client)
        #expect(served.send("GET {z}1", from: client).hasPrefix("-NOPERM"))
    }

    @Test func `what a transaction has kept is looked at again by EXEC`() {
        _ = served.send("ACL SETUSER anna on nopass ~* +@all", from: admin)
        let client = served.connect()
        for line in ["AUTH anna x", "MULTI", "SET a 1", "GET a"] {
            _ = served.send(line, from: client)
        }
        _ = served.send("ACL SETUSER anna -set", from: admin)
        #expect(
            served.send("EXEC", from: client)
                == "*2\r\n-NOPERM ACLs rules changed between the moment the transaction was "
                + "accumulated and the EXEC call. This command is no longer allowed for the "
                + "following reason: no permission to execute the command or subcommand\r\n$-1\r\n")
    }

    @Test func `connections end with their user, and subscribers with their right to listen`() {
        _ = served.send("ACL SETUSER anna on nopass ~* &* +@all", from: admin)
        let (client, listener) = (served.connect(), served.connect())
        for connection in [client, listener] { _ = served.send("AUTH anna x", from: connection) }
        _ = served.send("SUBSCRIBE news", from: listener)
        _ = served.takeActions()
        _ = served.send("ACL SETUSER anna resetchannels &other", from: admin)
        #expect(dropped().map(\.number) == [listener.number])
        _ = served.send("ACL DELUSER anna", from: admin)
        #expect(dropped().contains { $0 == client })
    }

    private func dropped() -> [ClientID] {
        served.takeActions().compactMap { if case .drop(let client) = $0 { client } else { nil } }
    }

    // MARK: - ACL

    @Test(arguments: [
        Exchange(
            "ACL SETUSER a +nosuch",
            "-ERR Error in ACL SETUSER modifier '+nosuch': "
                + "Unknown command or category name in ACL"),
        Exchange(
            "ACL SETUSER a allkeys ~x",
            "-ERR Error in ACL SETUSER modifier '~x': Adding a "
                + "pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have "
                + "any effect. Try 'resetkeys' to start with an empty list of patterns"),
        Exchange(
            "ACL SETUSER a (+get",
            "-ERR Unmatched parenthesis in acl selector starting at "
                + "'(+get'."),
        Exchange("ACL SETUSER \"a b\"", "-ERR Usernames can't contain spaces or null characters"),
        Exchange("ACL DELUSER default", "-ERR The 'default' user cannot be removed"),
        Exchange("ACL DELUSER a b", ":0"),
        Exchange("ACL GETUSER nobody", "$-1"), Exchange("ACL WHOAMI", "$7\ndefault"),
        Exchange("ACL USERS", "*1\n$7\ndefault"),
        Exchange("ACL LIST", "*1\n$34\nuser default on nopass ~* &* +@all"),
        Exchange("ACL CAT nope", "-ERR Unknown category 'nope'"),
        Exchange(
            "ACL GENPASS 0",
            "-ERR ACL GENPASS argument must be the number of bits for the "
                + "output password, a positive number up to 4096"),
        Exchange("ACL LOG", "*0"), Exchange("ACL LOG RESET", "+OK"),
        Exchange("ACL DRYRUN nobody GET a", "-ERR User 'nobody' not found"),
        Exchange("ACL DRYRUN default NOSUCH", "-ERR Command 'NOSUCH' not found"),
        Exchange("ACL DRYRUN default GET", "-ERR wrong number of arguments for 'get' command"),
        Exchange("ACL DRYRUN default GET a", "+OK"),
    ])
    func `ACL answers as Redis does`(_ exchange: Exchange) {
        #expect(served.send(exchange.line, from: admin) == exchange.reply.wire)
    }

    @Test func `where a rule is wrong none of them is taken`() {
        _ = served.send("ACL SETUSER anna on +get", from: admin)
        _ = served.send("ACL SETUSER anna +set +nosuch", from: admin)
        #expect(
            served.send("ACL LIST", from: admin).contains("user anna on resetchannels -@all +get"))
    }

    @Test func `refusals of a kind are one entry of ACL LOG`() {
        _ = served.send("ACL SETUSER anna on nopass +get ~a", from: admin)
        let client = served.connect()
        _ = served.send("AUTH nobody x", from: client)
        _ = served.send("AUTH anna x", from: client)
        for line in ["SET a 1", "SET a 1", "GET b"] { _ = served.send(line, from: client) }
        let log = refusals()
        #expect(log == ["1 key b anna", "2 command set anna", "1 auth AUTH nobody"])
    }

    @Test func `a password of GENPASS has the bits that were asked for`() {
        #expect(served.send("ACL GENPASS", from: admin).hasPrefix("$64\r\n"))
        #expect(served.send("ACL GENPASS 5", from: admin).hasPrefix("$2\r\n"))
    }

    /// ACL LOG as `count reason object user`, the newest first.
    private func refusals() -> [String] {
        let lines = served.send("ACL LOG", from: admin).split(separator: "\r\n").map(String.init)
        return lines.indices.filter { lines[$0] == "count" }.map { index in
            let count = lines[index + 1].dropFirst()
            return "\(count) \(lines[index + 5]) \(lines[index + 13]) \(lines[index + 17])"
        }
    }
}
