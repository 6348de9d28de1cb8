import Keyspace
import RESP

/// What one set of rules allows: commands, and the keys and channels that they may name (`aclSelector`).
///
/// A user has one of its own, the root, and may have more, each of which is enough.
struct CommandSelector: Hashable, Sendable {
    var allowsAllKeys = false
    var allowsAllChannels = false
    /// Every command, those that these nodes do not know yet among them.
    var allowsAllCommands = false
    /// The rules began with all commands, and took some away.
    var allowsFutureCommands = false
    var commands = CommandSet(count: CommandCatalog.standard.commands.count)
    /// First arguments with which a command is allowed that is not allowed otherwise.
    var firstArguments: [Int: [String]] = [:]
    var keys: [KeyPattern] = []
    var channels: [ByteString] = []

    /// Keys that may be used, and how.
    struct KeyPattern: Hashable, Sendable {
        let pattern: ByteString
        var uses: KeyUses
    }

    /// What a command is refused for; a later case is the one to tell of.
    enum Denial: Hashable, Sendable {
        case command
        /// The key at this argument.
        case key(Int)
        /// The channel at this argument.
        case channel(Int)

        fileprivate var rank: Int {
            switch self {
            case .command: 0
            case .key: 1
            case .channel: 2
            }
        }

        private var place: Int {
            switch self {
            case .command: 0
            case .key(let index), .channel(let index): index
            }
        }

        /// Whether this one is told of rather than another.
        func isGraver(than other: Denial) -> Bool {
            (rank, place) > (other.rank, other.place)
        }
    }

    /// Nobody is restricted by it in any way.
    var allowsEverything: Bool { allowsAllKeys && allowsAllChannels && allowsAllCommands }

    /// Every key may be read.
    var allowsToReadAll: Bool {
        allowsAllKeys || keys.contains { $0.uses.contains(.read) && $0.pattern == "*" }
    }

    /// Why a command is refused, or nil where it is allowed (`ACLSelectorCheckCmd`).
    func denial(of request: AccessRequest) -> Denial? {
        guard allowsCommand(of: request) else { return .command }
        if !allowsAllKeys {
            for key in request.keys where !allowsKey(request.arguments[key.index], key.uses) {
                return .key(key.index)
            }
        }
        if !allowsAllChannels {
            for index in request.channels {
                let channel = request.arguments[index].buffer
                if !Self.allows(channel, by: channels, isPattern: request.areChannelsPatterns) {
                    return .channel(index)
                }
            }
        }
        return nil
    }

    private func allowsCommand(of request: AccessRequest) -> Bool {
        if allowsAllCommands || request.needsNoLogin || commands.contains(request.command) {
            return true
        }
        guard let allowed = firstArguments[request.command], let first = request.firstArgument
        else { return false }
        return allowed.contains { $0.lowercased() == first }
    }

    private func allowsKey(_ key: Argument, _ uses: KeyUses) -> Bool {
        keys.contains { candidate in
            candidate.uses.isSuperset(of: uses)
                && candidate.pattern.withBuffer { matchesGlob(key.buffer, $0) }
        }
    }

    /// Whether a channel is among some patterns. One that is a pattern itself has to be there literally.
    static func allows(
        _ channel: UnsafeBufferPointer<UInt8>, by patterns: [ByteString], isPattern: Bool
    ) -> Bool {
        patterns.contains { pattern in
            pattern.withBuffer {
                isPattern ? $0.elementsEqual(channel) : matchesGlob(channel, $0)
            }
        }
    }
}

/// What a command does with a key, as far as users can be allowed it.
struct KeyUses: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    static let read = KeyUses(rawValue: 1)
    static let write = KeyUses(rawValue: 2)
    static let all: KeyUses = [.read, .write]

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// What the words of a key spec come to: `access` reads, `insert`, `update` and `delete` write.
    init(_ access: [String]) {
        self = []
        if access.contains("access") { insert(.read) }
        if access.contains(where: { ["insert", "update", "delete"].contains($0) }) {
            insert(.write)
        }
    }
}

/// A command that somebody wants to run, with what of it is to be allowed.
struct AccessRequest {
    /// The command's name first.
    let arguments: Arguments
    /// Its number in the catalog.
    let command: Int
    /// AUTH and HELLO are everybody's.
    let needsNoLogin: Bool
    /// The argument that may allow the command, in lower case.
    let firstArgument: String?
    /// Indexes of keys and what is done with them.
    let keys: [(index: Int, uses: KeyUses)]
    /// Indexes of channels that are subscribed to or published on.
    let channels: Range<Int>
    let areChannelsPatterns: Bool
}
