/// Reads the notation in which a row of the command table states its arguments. It is almost what
/// redis-cli's help shows; the tree that COMMAND DOCS answers derives from it.
///
///     key value [condition<NX|XX>@2.6.12] [GET@6.2.0] [expiration<EX seconds|KEEPTTL@6.0.0>]
///
/// - `name` is an argument. Its type follows from a well-known name (`key`, `seconds`, `count`,
///   `pattern`) and is a string otherwise; `name:type` states it. `name#1` is a key of the second
///   key spec.
/// - A word without small letters is a token: alone it is an argument of its own, named after
///   itself (`auto_id=*` where the name is another), before an argument it introduces that
///   one (`EX seconds`).
/// - `name<a|b>` is one of several; `name(a b)` is several together, named `a_b` where the name is
///   left out.
/// - `[…]` is optional, `…...` may be repeated, `TOKEN... name` repeats with its token, `…@6.2.0`
///   is since when.
///
/// A mistake in a row is our bug and stops the program.
package func parseSyntax(_ syntax: String) -> [ArgumentSpec] {
    var parser = SyntaxParser(rest: Substring(syntax))
    let arguments = parser.takeSequence()
    precondition(parser.rest.isEmpty, "unexpected '\(parser.rest)' in syntax '\(syntax)'")
    return arguments
}

/// What of a notation is still to be read.
private struct SyntaxParser {
    var rest: Substring

    /// Arguments separated by blanks, to the end or a closing character.
    mutating func takeSequence() -> [ArgumentSpec] {
        var arguments: [ArgumentSpec] = []
        while let next = rest.first, !")>|]".contains(next) {
            arguments.append(takeArgument())
            _ = take(" ")
        }
        return arguments
    }

    private mutating func takeArgument() -> ArgumentSpec {
        if take("[") {
            var argument = takeArgument()
            expect("]")
            argument.isOptional = true
            argument.since = takeSince() ?? argument.since
            return argument
        }
        let word = takeWord()
        if word.isToken { return takeToken(word) }
        var argument = takeBody(named: word)
        takeSuffixes(of: &argument)
        return argument
    }

    /// What follows a token: the argument that it introduces, or nothing.
    private mutating func takeToken(_ token: String) -> ArgumentSpec {
        let repeats = take("...")
        if rest.first == " ", let next = rest.dropFirst().first, next.isLowercase || next == "(" {
            rest.removeFirst()
            var argument = takeArgument()
            argument.token = token
            argument.isMultipleToken = repeats
            argument.isMultiple = argument.isMultiple || repeats
            return argument
        }
        var argument = ArgumentSpec(name: token.lowercased(), kind: .pureToken)
        argument.token = token
        takeSuffixes(of: &argument)
        return argument
    }

    private mutating func takeBody(named word: String) -> ArgumentSpec {
        if take("<") {
            var argument = ArgumentSpec(name: word, kind: .oneof)
            repeat { argument.arguments += takeSequence() } while take("|")
            expect(">")
            return argument
        }
        if take("(") {
            var argument = ArgumentSpec(name: word, kind: .block)
            argument.arguments = takeSequence()
            expect(")")
            if word.isEmpty {
                argument.name = argument.arguments.map(\.name).joined(separator: "_")
            }
            return argument
        }
        precondition(!word.isEmpty, "an argument is expected before '\(rest)'")
        if take("=") {
            var argument = ArgumentSpec(name: word, kind: .pureToken)
            argument.token = takeText { !" @|>)]".contains($0) }
            return argument
        }
        return takeTyped(word)
    }

    /// `name`, `name:type` or `name#keySpec`. A colon may also belong to the name, as in `ip:port`.
    private mutating func takeTyped(_ word: String) -> ArgumentSpec {
        var argument = ArgumentSpec(name: word, kind: wellKnownKind(of: word))
        if let colon = word.lastIndex(of: ":"),
            let kind = ArgumentSpec.Kind(rawValue: String(word[word.index(after: colon)...]))
        {
            argument = ArgumentSpec(name: String(word[..<colon]), kind: kind)
        }
        if take("#") {
            if argument.kind == .string { argument.kind = .key }
            argument.keySpecIndex = Int(takeText { $0.isNumber })
        } else if argument.kind == .key {
            argument.keySpecIndex = 0
        }
        return argument
    }

    private mutating func takeSuffixes(of argument: inout ArgumentSpec) {
        if take("...") { argument.isMultiple = true }
        argument.since = takeSince()
    }

    private mutating func takeSince() -> String? {
        take("@") ? takeText { $0.isNumber || $0 == "." } : nil
    }

    private mutating func takeWord() -> String {
        takeText { $0.isLetter || $0.isNumber || "-_:/".contains($0) }
    }

    private mutating func takeText(while isPart: (Character) -> Bool) -> String {
        let text = rest.prefix(while: isPart)
        rest.removeFirst(text.count)
        return String(text)
    }

    private mutating func take(_ text: String) -> Bool {
        guard rest.hasPrefix(text) else { return false }
        rest.removeFirst(text.count)
        return true
    }

    private mutating func expect(_ text: String) {
        let isThere = take(text)
        precondition(isThere, "'\(text)' is expected before '\(rest)'")
    }
}

extension String {
    fileprivate var isToken: Bool { contains(where: \.isLetter) && !contains(where: \.isLowercase) }
}

private func wellKnownKind(of name: String) -> ArgumentSpec.Kind {
    if name.hasPrefix("unix-time") { return .unixTime }
    return switch name {
    case "key", "key1", "key2": .key
    case "pattern": .pattern
    case "seconds", "milliseconds", "timeout", "start", "end", "stop", "offset", "count", "limit",
        "cursor", "increment", "decrement", "numkeys", "numreplicas", "db", "destination-db",
        "index", "port", "slot", "start-slot", "end-slot", "config-epoch", "client-id", "protover",
        "version", "frequency", "bits":
        .integer
    case "score", "longitude", "latitude", "radius", "width", "height": .double
    default: .string
    }
}
