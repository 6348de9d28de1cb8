import ClusterCore
import Keyspace
import RESP
import Testing

struct HostileInputTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `10,000 malformed requests do not hurt the node`(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var configuration = Configuration()
        configuration.enableDebugCommand = "local"
        let served = ServedNode(configuration)
        var client = served.connect()
        for _ in 0..<2_500 {
            let request = HostileRequest(&random, names: served.node.commands.rows.map(\.fullName))
            var rest = request.bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(1 + random.next(below: 40))
                rest = rest.dropFirst(piece.count)
                _ = served.send(Array(piece), from: client)
            }
            for action in served.takeActions() {
                switch action {
                case .close(let closing), .drop(let closing): served.step(.clientGone(closing))
                case .setTimer(.wake, _): served.step(.timer(.wake))
                case .complete(let waiting): _ = served.complete(waiting)
                case .open(let stream, _, _):
                    served.step(.streamDown(stream, reason: "No route to host"))
                case .save(_, _, _, let waiting?):
                    _ = served.complete(waiting, error: "ERR no disk")
                case .dump(let snapshot):
                    served.step(.snapshotFailed(snapshot.number, reason: "no disk"))
                case .abandonDump, .openAppendOnly, .append, .syncAppendOnly, .closeAppendOnly:
                    break
                case .setTimer, .resume, .resumeAll, .log, .shutDown, .save, .write, .connect,
                    .disconnect, .send, .transmit, .shut, .trace:
                    break
                }
            }
            if random.next(below: 3) == 0 || !served.isConnected(client) {
                served.step(.clientGone(client))
                client = served.connect()
            }
            _ = served.send(
                "CONFIG SET requirepass \"\" maxclients 10000 proto-max-bulk-len 512mb",
                from: client)
        }
        let fresh = served.connect()
        let answer = served.send("PING", from: fresh)
        if answer.isEmpty {
            // One of the requests may have paused all clients: then, and only then, the answer waits.
            #expect(served.node.clients[fresh.index].flags.contains(.postponed))
        } else {
            // Or have set a password.
            #expect(["+PONG", "-NOAUTH Authentication required."].map(\.wire).contains(answer))
        }
        #expect(served.isConnected(fresh))
    }
}

/// A request that is wrong in some way: noise, a request with bytes changed, or a command with arguments that
/// it does not expect.
private struct HostileRequest {
    let bytes: [UInt8]

    init(_ random: inout SplitMix64, names: [String]) {
        switch random.next(below: 5) {
        case 0: bytes = (0..<1 + random.next(below: 80)).map { _ in UInt8(random.next(below: 256)) }
        case 1: bytes = Array(Self.headers[random.next(below: Self.headers.count)].utf8)
        case 2:
            var damaged = Self.command(&random, names)
            for _ in 0...random.next(below: 3) {
                damaged[random.next(below: damaged.count)] = UInt8(random.next(below: 256))
            }
            bytes = damaged
        case 3: bytes = Self.command(&random, names).dropLast(random.next(below: 6)) + [13, 10]
        default: bytes = Self.command(&random, names)
        }
    }

    private static let headers = [
        "*-1\r\n", "*0\r\n", "*2147483648\r\n", "*99999999999999999999\r\n", "*1\r\n$-1\r\n",
        "*1\r\n$536870913\r\n", "*1\r\n$x\r\n", "*1\r\nPING\r\n", "*\r\n", "$5\r\n", "\r\n", "\n",
        "*2147483647\r\n", "*1\r\n$0\r\n\r\n", "\"open\r\n", "PING 'a\r\n", "*1\r\n$4\r\nPINGxx",
        "*01\r\n", "* 1\r\n", "*1\r\n$+4\r\nPING\r\n",
    ]

    private static let values = [
        "", "0", "-1", "1", "9223372036854775807", "-9223372036854775808", "18446744073709551616",
        "1e400",
        "nan", "inf", "*", "[", "[^", "\\", "?*?*?*?*?*?*?*?*b", "a\0b", "\u{FF}", "EX", "PX",
        "GET", "NX",
        "MATCH", "COUNT", "TYPE", "LIMIT", "ID", "SKIPME", "no", "yes", "AUTH", "SETNAME",
        "FILTERBY",
        "PATTERN", "key", "{a}1", "{a}2", "{}", "16383", "16384", "maxmemory", "requirepass",
        "timeout",
        "KEEPTTL", "IDX", "WITHMATCHLEN", "REPLACE", "SLEEP", "ON", "OFF", "SKIP", "ABORT",
    ]

    private static func command(_ random: inout SplitMix64, _ names: [String]) -> [UInt8] {
        let name = names[random.next(below: names.count)].split(separator: "|")
        let count = random.next(below: 7)
        let arguments = (0..<count).map { _ in values[random.next(below: values.count)] }
        return (name.map { Array($0.utf8) } + arguments.map { Array($0.utf8) }).request
    }
}
