import ClusterCore
import Testing

struct CommandCommandsTests {
    @Test(arguments: [
        Exchange("COMMAND nope", "-ERR unknown subcommand 'nope'. Try COMMAND HELP."),
        Exchange("COMMAND COUNT x", "-ERR wrong number of arguments for 'command|count' command"),
        Exchange("COMMAND GETKEYS set a b", "*1\n$1\na"),
        Exchange("COMMAND GETKEYS mset a 1 b 2", "*2\n$1\na\n$1\nb"),
        Exchange("COMMAND GETKEYS object freq a", "*1\n$1\na"),
        Exchange(
            "COMMAND GETKEYS get", "-ERR wrong number of arguments for 'command|getkeys' command"),
        Exchange("COMMAND GETKEYS nope a", "-ERR Invalid command specified"),
        Exchange("COMMAND GETKEYS ping a", "-ERR The command has no key arguments"),
        Exchange("COMMAND GETKEYS client info", "-ERR The command has no key arguments"),
        Exchange("COMMAND GETKEYS set a", "-ERR Invalid number of arguments specified for command"),
        Exchange(
            "COMMAND GETKEYSANDFLAGS mget a b",
            "*2\n*2\n$1\na\n*2\n+RO\n+access\n*2\n$1\nb\n*2\n+RO\n+access"),
        Exchange("COMMAND LIST x", "-ERR syntax error"),
        Exchange("COMMAND LIST FILTERBY foo bar", "-ERR syntax error"),
        Exchange("COMMAND LIST FILTERBY PATTERN", "-ERR syntax error"),
        Exchange("COMMAND LIST FILTERBY MODULE x", "*0"),
        Exchange("COMMAND LIST FILTERBY ACLCAT nope", "*0"),
        Exchange(
            "COMMAND LIST FILTERBY PATTERN CONFIG|R*",
            "*2\n$16\nconfig|resetstat\n$14\nconfig|rewrite"),
        Exchange("COMMAND DOCS nope", "*0"),
        Exchange(
            "COMMAND INFO debug nope",
            "*2\n*10\n$5\ndebug\n:-2\n*4\n+admin\n+noscript\n+loading\n+stale\n:0\n:0\n:0\n*3\n+@admin\n"
                + "+@slow\n+@dangerous\n*0\n*0\n*0\n$-1"),
        Exchange(
            "COMMAND INFO get",
            "*1\n*10\n$3\nget\n:2\n*2\n+readonly\n+fast\n:1\n:1\n:1\n*3\n+@read\n+@string\n+@fast\n*0\n*1\n"
                + "*6\n$5\nflags\n*2\n+RO\n+access\n$12\nbegin_search\n*4\n$4\ntype\n$5\nindex\n$4\nspec\n"
                + "*2\n$5\nindex\n:1\n$9\nfind_keys\n*4\n$4\ntype\n$5\nrange\n$4\nspec\n*6\n$7\nlastkey\n:0\n"
                + "$7\nkeystep\n:1\n$5\nlimit\n:0\n*0"),
    ])
    func `a subcommand of COMMAND answers as Redis does`(_ exchange: Exchange) {
        let served = ServedNode()
        let client = served.connect()
        #expect(served.send(exchange.line, from: client) == exchange.reply.wire)
    }

    @Test(arguments: [
        Exchange(
            "COMMAND INFO mset client|kill",
            "*2\n*10\n$4\nmset\n:-3\n~2\n+write\n+denyoom\n:1\n:-1\n:2\n~3\n+@write\n+@string\n+@slow\n~2\n"
                + "$26\nrequest_policy:multi_shard\n$29\nresponse_policy:all_succeeded\n~1\n%3\n$5\nflags\n"
                + "~2\n+OW\n+update\n$12\nbegin_search\n%2\n$4\ntype\n$5\nindex\n$4\nspec\n%1\n$5\nindex\n"
                + ":1\n$9\nfind_keys\n%2\n$4\ntype\n$5\nrange\n$4\nspec\n%3\n$7\nlastkey\n:-1\n$7\nkeystep\n"
                + ":2\n$5\nlimit\n:0\n~0\n*10\n$11\nclient|kill\n:-3\n~4\n+admin\n+noscript\n+loading\n"
                + "+stale\n:0\n:0\n:0\n~4\n+@admin\n+@slow\n+@dangerous\n+@connection\n~0\n~0\n~0"),
        Exchange("COMMAND INFO client|nope", "*1\n_"),
        Exchange(
            "COMMAND DOCS ping",
            "%1\n$4\nping\n%5\n$7\nsummary\n$46\nAnswers PONG, or the message that it is given.\n$5\nsince\n"
                + "$5\n1.0.0\n$5\ngroup\n$10\nconnection\n$10\ncomplexity\n$4\nO(1)\n$9\narguments\n*1\n%3\n"
                + "$4\nname\n$7\nmessage\n$4\ntype\n$6\nstring\n$5\nflags\n~1\n+optional"),
    ])
    func `in RESP3 the answers are maps and sets`(_ exchange: Exchange) {
        let served = ServedNode()
        let client = served.connect()
        _ = served.send("HELLO 3", from: client)
        #expect(served.send(exchange.line, from: client) == exchange.reply.wire)
    }

    @Test func `COMMAND, COMMAND COUNT and COMMAND INFO agree on the commands there are`() {
        let served = ServedNode()
        let client = served.connect()
        let all = served.send("COMMAND", from: client)
        let count = served.node.commands.topLevel.count
        #expect(all.hasPrefix("*\(count)\r\n"))
        #expect(served.send("COMMAND INFO", from: client) == all)
        #expect(served.send("COMMAND COUNT", from: client) == ":\(count)".wire)
    }

    @Test func `every row's arguments can be shown`() {
        let served = ServedNode()
        let client = served.connect()
        let docs = served.send("COMMAND DOCS", from: client)
        #expect(docs.hasPrefix("*\(served.node.commands.topLevel.count * 2)\r\n"))
        for row in served.node.commands.rows { #expect(docs.contains("\r\n\(row.fullName)\r\n")) }
    }
}
