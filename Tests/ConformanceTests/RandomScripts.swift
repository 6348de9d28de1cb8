import Keyspace

/// Scripts of every kind that a seed decides: values given back, commands with any arguments, JSON, MessagePack and bytes.
struct RandomScripts {
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// The next EVAL.
    mutating func next() -> [String] {
        ["EVAL", script(), "4", "{k}1", "{k}2", "{k}3", "{k}4"]
    }

    private mutating func script() -> String {
        let resp = pick(["", "", "redis.setresp(3) ", "redis.setresp(2) "])
        switch random.next(below: 20) {
        case 0..<6: return "\(resp)return \(value())"
        case 6..<12: return resp + pick(Self.calls).replacing("@", with: command())
        case 12..<14: return "return cjson.encode(\(value()))"
        case 14..<16: return "return cmsgpack.pack(\(value()), \(value()))"
        case 16: return "return {cmsgpack.unpack(cmsgpack.pack(\(value()), \(value())))}"
        case 17: return "return cjson.encode(cjson.decode('\(json())'))"
        case 18: return "return struct.pack('\(format())', \(value(3)), \(value(3)), \(value(3)))"
        default: return "return {struct.unpack('\(format())', 'abcdefghijkl\\0mnop')}"
        }
    }

    /// A Lua value; deep ones are flat.
    private mutating func value(_ depth: Int = 0) -> String {
        let choice = random.next(below: 20)
        if choice < 5 { return pick(Self.numbers) }
        if choice < 10 { return pick(Self.strings) }
        if choice < 12 || depth > 3 { return pick(["true", "false", "nil", "cjson.null"]) }
        let count = random.next(below: 4)
        if choice < 16 {
            return "{" + (0..<count).map { _ in value(depth + 1) }.joined(separator: ",") + "}"
        }
        let fields = (0..<count).map { _ in "[\(pick(Self.fields))]=\(value(depth + 1))" }
        return "{" + fields.joined(separator: ",") + "}"
    }

    private mutating func command() -> String {
        pick(Self.commands).replacing("@", with: value(3))
    }

    private mutating func json() -> String {
        String((0..<1 + random.next(below: 12)).map { _ in pick(Array("[]{},:\"ab01-.e tfn")) })
    }

    private mutating func format() -> String {
        (0..<1 + random.next(below: 5)).map { _ in pick(Self.formats) }.joined()
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[random.next(below: elements.count)]
    }

    private static let calls = [
        "return redis.call(@)", "return redis.pcall(@)", "return {redis.pcall(@), 1}",
        "local ok, e = pcall(redis.call, @) return e", "return {pcall(redis.call, @)}",
        "local x = redis.pcall(@) return cjson.encode(x)", "redis.call(@) error('after')",
    ]
    private static let numbers = [
        "0", "1", "-1", "1.5", "-0.25", "1e10", "1e15", "123456789012", "2^31", "2^32", "2^53",
        "-2^31-1",
        "1e300", "0.1", "255", "256", "65536", "-129", "1/0", "-1/0",
    ]
    private static let strings = [
        "''", "'a'", "'hello world'", "'\\n\\r'", "'\\0x'", "'é'", "'10'", "'1.5'", "('x'):rep(40)",
        "'\\\\\"'",
    ]
    private static let fields = [
        "'a'", "'b'", "1", "2", "5", "1.5", "'ok'", "'err'", "'map'", "'set'", "'double'",
        "'big_number'",
        "'verbatim_string'",
    ]
    private static let formats = [
        "i", "I2", "h", "b", "s", "c2", "d", "f", ">", "<", "x", "l", "!4", "B", "c0", "i3", "i40",
        "y", " ",
    ]
    private static let commands = [
        "'set', KEYS[1], @", "'get', KEYS[1]", "'incr', KEYS[1]", "'append', KEYS[1], @",
        "'lpush', KEYS[2], @", "'lrange', KEYS[2], 0, -1", "'hset', KEYS[3], 'f', @",
        "'hgetall', KEYS[3]", "'sadd', KEYS[4], @", "'scard', KEYS[4]", "'type', KEYS[1]",
        "'del', KEYS[1]", "'lpop', KEYS[2], @", "'incrbyfloat', KEYS[1], @", "'nosuch', @", "@",
        "'exists', KEYS[1], KEYS[2]", "'expire', KEYS[1], @", "'object', 'encoding', KEYS[2]",
    ]
}
