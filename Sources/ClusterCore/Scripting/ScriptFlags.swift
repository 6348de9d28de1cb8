import Keyspace
import RESP

/// What a script says of itself, in its first line or where its function is registered.
struct ScriptFlags: OptionSet, Sendable, Hashable {
    let rawValue: UInt32

    static let noWrites = ScriptFlags(rawValue: 1 << 0)
    static let allowOOM = ScriptFlags(rawValue: 1 << 1)
    static let allowStale = ScriptFlags(rawValue: 1 << 2)
    static let noCluster = ScriptFlags(rawValue: 1 << 3)
    static let allowCrossSlotKeys = ScriptFlags(rawValue: 1 << 4)
    /// A script of EVAL that says nothing, as all of them did before Redis 7.
    static let isOldStyle = ScriptFlags(rawValue: 1 << 8)

    /// The flags with their names, in the order of FUNCTION LIST.
    static let names: [(flag: ScriptFlags, name: String)] = [
        (.noWrites, "no-writes"), (.allowOOM, "allow-oom"), (.allowStale, "allow-stale"),
        (.noCluster, "no-cluster"), (.allowCrossSlotKeys, "allow-cross-slot-keys"),
    ]

    /// The flags of a command that runs such a script (`scriptFlagsToCmdFlags`).
    func adjusted(_ flags: CommandFlags) -> CommandFlags {
        guard !contains(.isOldStyle) else { return flags }
        var flags = flags.subtracting([.stale, .denyOOM, .write, .mayReplicate])
        if isDisjoint(with: [.allowOOM, .noWrites]) { flags.insert(.denyOOM) }
        if !contains(.noWrites) { flags.insert(.write) }
        if contains(.allowStale) { flags.insert(.stale) }
        return flags
    }
}

/// The first line of a script, where it is one for the engine: `#!lua flags=no-writes`.
struct ScriptHeader {
    var flags: ScriptFlags = .isOldStyle
    /// Bytes of the line, without its end.
    var length = 0

    /// Whether a script has one.
    @inline(__always)
    static func isThere(in body: UnsafeBufferPointer<UInt8>) -> Bool {
        body.count >= 2 && body[0] == UInt8(ascii: "#") && body[1] == UInt8(ascii: "!")
    }

    /// Reads the header of a script of EVAL (`evalExtractShebangFlags`).
    init(ofScript body: UnsafeBufferPointer<UInt8>) throws(ReplyError) {
        guard Self.isThere(in: body) else { return }
        guard let line = Self.line(of: body) else { throw ReplyError("ERR Invalid script shebang") }
        length = line.count
        guard let words = splitArguments(line), let engine = words.first else {
            throw ReplyError("ERR Invalid engine in script shebang")
        }
        guard engine == Array("#!lua".utf8) else {
            throw ReplyError("ERR Unexpected engine in script shebang: \(text(engine))")
        }
        flags = []
        for word in words.dropFirst() {
            guard word.starts(with: "flags=".utf8) else {
                throw ReplyError("ERR Unknown lua shebang option: \(text(word))")
            }
            try addFlags(text(word.dropFirst(6)))
        }
    }

    private mutating func addFlags(_ list: String) throws(ReplyError) {
        guard !list.isEmpty else { return }
        for name in list.split(separator: ",", omittingEmptySubsequences: false) {
            guard let flag = ScriptFlags.names.first(where: { $0.name == name })?.flag else {
                throw ReplyError("ERR Unexpected flag in script shebang: \(name)")
            }
            flags.insert(flag)
        }
    }

    /// The first line without its end; nil where it has none.
    static func line(of body: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        // A zero ends the text, as in C.
        let text = body.prefix { $0 != 0 }
        return text.firstIndex(of: 10).map { Array(text[..<$0]) }
    }
}

private func text(_ bytes: some Collection<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
}
