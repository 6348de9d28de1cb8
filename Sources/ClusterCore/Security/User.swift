import Keyspace
import RESP

/// Somebody who may log in, and what they may do then (`user` in server.h).
struct User: Hashable, Sendable {
    let name: ByteString
    private(set) var isEnabled = false
    /// Any password will do.
    private(set) var needsNoPassword = false
    /// What was said of payloads: RESTORE of these nodes always looks at them.
    private var sanitizing: Sanitizing?
    /// Hashes, in hexadecimal digits.
    private(set) var passwords: [String] = []
    /// The user's own rules first.
    private(set) var selectors: [CommandSelector]
    /// acl-pubsub-default is `allchannels`.
    private let startsWithAllChannels: Bool

    private enum Sanitizing: String {
        case skipped = "skip-sanitize-payload"
        case done = "sanitize-payload"
    }

    /// A user that may do nothing.
    init(_ name: ByteString, startsWithAllChannels: Bool) {
        self.name = name
        self.startsWithAllChannels = startsWithAllChannels
        selectors = [Self.selector(startsWithAllChannels)]
    }

    /// The user that every connection begins as, with a password or without.
    static func standard(password: String, startsWithAllChannels: Bool) -> User {
        var user = User("default", startsWithAllChannels: startsWithAllChannels)
        user.isEnabled = true
        user.selectors[0].allowsAllKeys = true
        user.selectors[0].allowsAllChannels = true
        user.selectors[0].allowsAllCommands = true
        user.selectors[0].allowsFutureCommands = true
        user.selectors[0].commands = CommandSet(
            count: CommandCatalog.standard.commands.count, isFull: true)
        user.setOnlyPassword(password)
        return user
    }

    /// requirepass: this password and no other, or none if it is empty.
    mutating func setOnlyPassword(_ password: String) {
        passwords = password.isEmpty ? [] : [SHA256.hexadecimal(of: password.utf8)]
        needsNoPassword = password.isEmpty
    }

    /// Nothing that it wants to do needs to be looked at.
    var isUnrestricted: Bool { selectors[0].allowsEverything }

    /// Whether the user may log in with a password. It takes as long for any password.
    func accepts(_ password: Argument) -> Bool {
        guard isEnabled else { return false }
        guard !needsNoPassword else { return true }
        let hash = Array(SHA256.hexadecimal(of: password.buffer).utf8)
        return passwords.reduce(false) { isFound, candidate in
            let difference = zip(hash, candidate.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
            return isFound || difference == 0
        }
    }

    /// Why a command is refused, or nil where one of the selectors allows it.
    func denial(of request: AccessRequest) -> CommandSelector.Denial? {
        var gravest = CommandSelector.Denial.command
        for selector in selectors {
            guard let denial = selector.denial(of: request) else { return nil }
            if denial.isGraver(than: gravest) { gravest = denial }
        }
        return gravest
    }

    /// Whether one of the selectors that allow a command allows to read every key as well
    /// (`ACLUserCheckCmdWithUnrestrictedKeyAccess`).
    func mayReadAnyKey(by request: AccessRequest) -> Bool {
        selectors.contains { $0.allowsToReadAll && $0.denial(of: request) == nil }
    }

    // MARK: - Rules

    /// Takes all rules or, where one is wrong, none (`ACLStringSetUser`).
    ///
    /// - Throws: what is wrong, in Redis' words.
    mutating func apply(_ rules: [[UInt8]]) throws(ReplyError) {
        var changed = self
        for rule in try Self.merged(rules) {
            do throws(RuleError) {
                try changed.apply(rule)
            } catch {
                let text = String(decoding: rule, as: UTF8.self)
                throw ReplyError("ERR Error in ACL SETUSER modifier '\(text)': \(error.reason)")
            }
        }
        self = changed
    }

    /// The rules, those in parentheses that are spread over several as one.
    static func merged(_ rules: [[UInt8]]) throws(ReplyError) -> [[UInt8]] {
        var merged: [[UInt8]] = []
        var open: (rule: [UInt8], start: [UInt8])?
        for rule in rules {
            let closes = rule.last == UInt8(ascii: ")")
            if rule.first == UInt8(ascii: "("), !closes {
                open = (rule, rule)
            } else if let begun = open {
                let longer = begun.rule + [0x20] + rule
                open = closes ? nil : (longer, begun.start)
                if closes { merged.append(longer) }
            } else {
                merged.append(rule)
            }
        }
        if let open {
            let start = String(decoding: open.start, as: UTF8.self)
            throw ReplyError(
                "ERR Unmatched parenthesis in acl selector starting at '\(start)'.")
        }
        return merged
    }

    /// Takes one rule (`ACLSetUser`).
    mutating func apply(_ rule: [UInt8]) throws(RuleError) {
        guard let first = rule.first else { return }
        switch String(decoding: rule, as: UTF8.self).lowercased() {
        case "on": isEnabled = true
        case "off": isEnabled = false
        case Sanitizing.skipped.rawValue: sanitizing = .skipped
        case Sanitizing.done.rawValue: sanitizing = .done
        case "nopass":
            needsNoPassword = true
            passwords = []
        case "resetpass":
            needsNoPassword = false
            passwords = []
        case "clearselectors": selectors.removeSubrange(1...)
        case "reset": reset()
        default:
            switch first {
            case UInt8(ascii: ">"), UInt8(ascii: "#"): try addPassword(rule)
            case UInt8(ascii: "<"), UInt8(ascii: "!"): try removePassword(rule)
            case UInt8(ascii: "(") where rule.last == UInt8(ascii: ")"): try addSelector(rule)
            default: try selectors[0].apply(rule)
            }
        }
    }

    private mutating func reset() {
        self = User(name, startsWithAllChannels: startsWithAllChannels)
        sanitizing = .done
    }

    private mutating func addPassword(_ rule: [UInt8]) throws(RuleError) {
        let hash = try Self.hash(rule, isPlain: rule.first == UInt8(ascii: ">"))
        if !passwords.contains(hash) { passwords.append(hash) }
        needsNoPassword = false
    }

    private mutating func removePassword(_ rule: [UInt8]) throws(RuleError) {
        let hash = try Self.hash(rule, isPlain: rule.first == UInt8(ascii: "<"))
        guard let index = passwords.firstIndex(of: hash) else { throw .noSuchPassword }
        passwords.remove(at: index)
    }

    /// The hash of a password, or the one that is given as such.
    private static func hash(_ rule: [UInt8], isPlain: Bool) throws(RuleError) -> String {
        let text = rule.dropFirst()
        if isPlain { return SHA256.hexadecimal(of: text) }
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let letters = UInt8(ascii: "a")...UInt8(ascii: "f")
        guard text.count == 64, text.allSatisfy({ digits.contains($0) || letters.contains($0) })
        else { throw .badHash }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func addSelector(_ rule: [UInt8]) throws(RuleError) {
        var selector = Self.selector(startsWithAllChannels)
        for rule in splitArguments(rule.dropFirst().dropLast()) ?? [] {
            try selector.apply(rule)
        }
        selectors.append(selector)
    }

    private static func selector(_ allowsAllChannels: Bool) -> CommandSelector {
        var selector = CommandSelector()
        selector.allowsAllChannels = allowsAllChannels
        return selector
    }

    // MARK: - Description

    /// The flags as ACL GETUSER shows them.
    var flags: [String] {
        [isEnabled ? "on" : "off"] + (needsNoPassword ? ["nopass"] : [])
            + (sanitizing.map { [$0.rawValue] } ?? [])
    }

    /// The rules that make the user what it is, as ACL LIST shows them (`ACLDescribeUser`).
    var description: String {
        let words = flags + passwords.map { "#" + $0 } + [selectors[0].description]
        return
            (words + selectors.dropFirst().map { "(\($0.description))" }).joined(separator: " ")
    }

    /// The user as redis.conf has it, and ACL LIST.
    var definition: String { "user \(name) \(description)" }

    /// The name and the rules, as words of such a line.
    var definitionWords: [String] {
        ["\(name)"] + description.split(separator: " ").map(String.init)
    }
}
