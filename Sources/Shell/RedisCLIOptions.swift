import Lab

/// What `redis-cli …` says when it is typed at the lab's own prompt.
struct RedisCLIOptions {
    var address: NodeAddress
    var followsRedirects = false
    var isRaw = false
    /// Empty: the learner wants to sit at that node.
    var command: [[UInt8]] = []

    /// An option that the prompt does not know, or one without its value.
    struct Unsupported: Error {
        var sentence: String
    }

    /// Reads the arguments after `redis-cli`. Without -h and -p the node is the current one.
    init(_ arguments: [[UInt8]], current: NodeAddress) throws(Unsupported) {
        address = current
        var rest = arguments[...]
        while let option = rest.first.map({ String(decoding: $0, as: UTF8.self) }),
            option.hasPrefix("-"), option.count > 1
        {
            rest.removeFirst()
            switch option {
            case "-c": followsRedirects = true
            case "--raw": isRaw = true
            case "--no-raw": isRaw = false
            case "-h": address.host = try Self.value(of: option, &rest)
            case "-p": address.port = try Self.port(&rest)
            default:
                throw Unsupported(
                    sentence:
                        "redis-cli \(option) is not known at this prompt: -c, -h, -p and --raw are. In another terminal the real redis-cli takes the rest."
                )
            }
        }
        command = Array(rest)
    }

    private static func port(_ rest: inout ArraySlice<[UInt8]>) throws(Unsupported) -> Int {
        let text = try value(of: "-p", &rest)
        guard let port = Int(text), (1...65535).contains(port) else {
            throw Unsupported(sentence: "redis-cli -p wants a port from 1 to 65535; got \(text).")
        }
        return port
    }

    private static func value(
        of option: String, _ rest: inout ArraySlice<[UInt8]>
    ) throws(Unsupported) -> String {
        guard let value = rest.popFirst() else {
            throw Unsupported(sentence: "redis-cli \(option) wants a value after it.")
        }
        return String(decoding: value, as: UTF8.self)
    }
}
