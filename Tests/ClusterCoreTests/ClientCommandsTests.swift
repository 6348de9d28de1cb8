import ClusterCore
import Testing

struct ClientCommandsTests {
    @Test(arguments: [
        Exchange("CLIENT", "-ERR wrong number of arguments for 'client' command"),
        Exchange("CLIENT foo", "-ERR unknown subcommand 'foo'. Try CLIENT HELP."),
        Exchange("CLIENT ID", ":1"),
        Exchange("CLIENT ID x", "-ERR wrong number of arguments for 'client|id' command"),
        Exchange("CLIENT SETNAME", "-ERR wrong number of arguments for 'client|setname' command"),
        Exchange(
            "CLIENT SETNAME \"a b\"",
            "-ERR Client names cannot contain spaces, newlines or special characters."),
        Exchange("CLIENT SETNAME abc", "+OK"),
        Exchange("CLIENT GETNAME", "$-1"),
        Exchange("CLIENT SETINFO LIB-NAME lettuce", "+OK"),
        Exchange("CLIENT SETINFO lib-ver 1.0", "+OK"),
        Exchange("CLIENT SETINFO lib-age 1", "-ERR Unrecognized option 'lib-age'"),
        Exchange(
            "CLIENT SETINFO lib-ver \"1 0\"",
            "-ERR lib-ver cannot contain spaces, newlines or special characters."),
        Exchange("CLIENT LIST TYPE foo", "-ERR Unknown client type 'foo'"),
        Exchange("CLIENT LIST TYPE", "-ERR syntax error"),
        Exchange("CLIENT LIST TYPE pubsub", "$0\n"),
        Exchange("CLIENT LIST ID", "-ERR syntax error"),
        Exchange("CLIENT LIST ID x", "-ERR Invalid client ID"),
        Exchange("CLIENT LIST ID 99999 0", "$0\n"),
        Exchange("CLIENT LIST foo bar", "-ERR syntax error"),
        Exchange("CLIENT LIST foo", "-ERR syntax error"),
        Exchange("CLIENT KILL foo", "-ERR No such client"),
        Exchange("CLIENT KILL ID", "-ERR No such client"),
        Exchange("CLIENT KILL ID foo", "-ERR client-id should be greater than 0"),
        Exchange("CLIENT KILL ID 0", "-ERR client-id should be greater than 0"),
        Exchange("CLIENT KILL ID 999", ":0"),
        Exchange("CLIENT KILL TYPE foo", "-ERR Unknown client type 'foo'"),
        Exchange("CLIENT KILL USER foo", "-ERR No such user 'foo'"),
        Exchange("CLIENT KILL USER default", ":0"),
        Exchange("CLIENT KILL ADDR 1:2", ":0"),
        Exchange("CLIENT KILL SKIPME foo", "-ERR syntax error"),
        Exchange("CLIENT KILL SKIPME no ID 999", ":0"),
        Exchange("CLIENT KILL foo bar", "-ERR syntax error"),
        Exchange("CLIENT KILL ID 1 ADDR", "-ERR syntax error"),
        Exchange("CLIENT NO-EVICT", "-ERR wrong number of arguments for 'client|no-evict' command"),
        Exchange("CLIENT NO-EVICT on", "+OK"),
        Exchange("CLIENT NO-EVICT x", "-ERR syntax error"),
        Exchange("CLIENT REPLY x", "-ERR syntax error"),
        Exchange("CLIENT GETREDIR", ":-1"),
        Exchange(
            "CLIENT TRACKINGINFO", "*6\n$5\nflags\n*1\n$3\noff\n$8\nredirect\n:-1\n$8\nprefixes\n*0"
        ),
        Exchange("CLIENT HELP x", "-ERR wrong number of arguments for 'client|help' command"),
    ])
    func `a subcommand of CLIENT answers as Redis does`(_ exchange: Exchange) {
        let served = ServedNode()
        let client = served.connect()
        #expect(served.send(exchange.line, from: client) == exchange.reply.wire)
    }

    @Test func `CLIENT LIST has one line for each connection, as Redis writes it`() {
        let served = ServedNode()
        let first = served.connect(from: "127.0.0.1:50001")
        served.step(.timer(.cron), after: .seconds(3))
        let second = served.connect(from: "127.0.0.1:50002")
        _ = served.send("HELLO 3 SETNAME bob", from: second)
        _ = served.send("READONLY", from: second)
        let lines =
            "id=1 addr=127.0.0.1:50001 laddr=127.0.0.1:7000 fd=-1 name= age=3 idle=0 flags=N db=0 sub=0 "
            + "psub=0 ssub=0 multi=-1 qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 "
            + "omem=0 tot-mem=0 events=r cmd=client|list user=default redir=-1 resp=2\n"
            + "id=2 addr=127.0.0.1:50002 laddr=127.0.0.1:7000 fd=-1 name=bob age=0 idle=0 flags=r db=0 "
            + "sub=0 psub=0 ssub=0 multi=-1 qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 "
            + "oll=0 omem=0 tot-mem=0 events=r cmd=readonly user=default redir=-1 resp=3\n"
        for command in ["CLIENT LIST", "CLIENT LIST ID 1 2"] {
            let reply = served.send(command, from: first)
            #expect(reply.contains(" oll=0 omem=0 tot-mem="))
            let text = reply.replacing(/^\$\d+\r\n/, with: "")
                .replacing(/qbuf=\d+/, with: "qbuf=0").replacing(/tot-mem=\d+/, with: "tot-mem=0")
            #expect(text == lines + "\r\n")
        }
    }

    @Test func `a client that has not sent anything has no last command`() {
        let served = ServedNode()
        let first = served.connect()
        _ = served.connect()
        #expect(served.send("CLIENT LIST ID 2", from: first).contains(" cmd=NULL "))
    }

    @Test func `CLIENT REPLY decides which replies are sent`() {
        let served = ServedNode()
        let client = served.connect()
        let exchanges = [
            Exchange("CLIENT REPLY SKIP", ""), Exchange("PING", ""), Exchange("PING", "+PONG"),
            Exchange("CLIENT REPLY OFF", ""), Exchange("PING", ""), Exchange("NOPE", ""),
            Exchange("CLIENT REPLY SKIP", ""), Exchange("CLIENT REPLY ON", "+OK"),
            Exchange("PING", "+PONG"), Exchange("CLIENT REPLY OFF", ""),
            Exchange("RESET", "+RESET"),
        ]
        for exchange in exchanges {
            #expect(served.send(exchange.line, from: client) == exchange.reply.wire, "\(exchange)")
        }
    }

    @Test func `CLIENT KILL ends the connections that it describes`() {
        let served = ServedNode()
        let killer = served.connect(from: "127.0.0.1:50001")
        let second = served.connect(from: "127.0.0.1:50002")
        let third = served.connect(from: "127.0.0.1:50003")
        #expect(served.send("CLIENT KILL 127.0.0.1:50002", from: killer) == "+OK".wire)
        #expect(served.takeActions() == [.drop(second)])
        #expect(served.send("PING", from: second) == "")
        #expect(!served.send("CLIENT LIST", from: killer).contains("50002"))
        #expect(served.send("CLIENT KILL TYPE normal", from: killer) == ":1".wire)
        #expect(served.takeActions() == [.drop(third)])
        #expect(
            served.send("CLIENT KILL SKIPME no LADDR 127.0.0.1:7000", from: killer) == ":1".wire)
        #expect(served.takeActions() == [.close(killer)])
    }
}
