/// Splits a line into arguments as redis-cli's prompt, inline commands and redis.conf do; nil when a
/// quote is left open or is followed by something other than a space.
///
/// The rules are those of Redis' `sdssplitargs`: `"…"` knows `\n \r \t \b \a \xHH` and takes any other
/// escaped character as it is, `'…'` knows only `\'`, and a NUL ends the line as it ends a C string.
package func splitArguments(_ line: some Collection<UInt8>) -> [[UInt8]]? {
    var splitter = ArgumentSplitter(rest: Array(line.prefix { $0 != 0 })[...])
    var arguments: [[UInt8]] = []
    while splitter.skipSpace() {
        guard let argument = splitter.takeArgument() else { return nil }
        arguments.append(argument)
    }
    return arguments
}

/// Where `splitArguments` is in its line.
private struct ArgumentSplitter {
    var rest: ArraySlice<UInt8>

    /// True when an argument follows.
    mutating func skipSpace() -> Bool {
        rest = rest.drop(while: isSpace)
        return !rest.isEmpty
    }

    /// Quotes may open anywhere in an argument (`foo"bar"` is `foobar`); a closing quote ends it.
    mutating func takeArgument() -> [UInt8]? {
        var argument: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"):
                return argument
            case UInt8(ascii: "\""):
                return takeDoubleQuoted(into: argument)
            case UInt8(ascii: "'"):
                return takeSingleQuoted(into: argument)
            default:
                argument.append(byte)
            }
        }
        return argument
    }

    private mutating func takeDoubleQuoted(into start: [UInt8]) -> [UInt8]? {
        var argument = start
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return endsAtSpace ? argument : nil }
            if byte == UInt8(ascii: "\\"), !rest.isEmpty {
                argument.append(takeEscape())
            } else {
                argument.append(byte)
            }
        }
        return nil
    }

    private mutating func takeSingleQuoted(into start: [UInt8]) -> [UInt8]? {
        var argument = start
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "'") { return endsAtSpace ? argument : nil }
            if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "'") {
                argument.append(rest.removeFirst())
            } else {
                argument.append(byte)
            }
        }
        return nil
    }

    /// The byte that an escape stands for; the backslash is already taken and something follows it.
    private mutating func takeEscape() -> UInt8 {
        let letter = rest.removeFirst()
        switch letter {
        case UInt8(ascii: "n"): return UInt8(ascii: "\n")
        case UInt8(ascii: "r"): return UInt8(ascii: "\r")
        case UInt8(ascii: "t"): return UInt8(ascii: "\t")
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "a"): return 0x07
        case UInt8(ascii: "x"): return takeHexadecimal() ?? letter
        default: return letter
        }
    }

    private mutating func takeHexadecimal() -> UInt8? {
        let digits = rest.prefix(2).compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == 2 else { return nil }
        rest.removeFirst(2)
        return UInt8(digits[0] * 16 + digits[1])
    }

    private var endsAtSpace: Bool { rest.first.map(isSpace) ?? true }

    /// C's `isspace`.
    private func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte)
    }
}
