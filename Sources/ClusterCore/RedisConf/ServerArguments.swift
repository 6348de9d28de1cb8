/// The arguments of redis-server: a file, `-` for standard input, and options, which are lines of redis.conf with two
/// dashes in front (`main` in server.c).
package struct ServerArguments: Hashable, Sendable {
    package private(set) var configFile: String?
    package private(set) var readsStandardInput = false
    /// The options as lines that are read after the file and standard input.
    package private(set) var options = ""

    package init(_ arguments: [String]) {
        var rest = arguments[...]
        if let first = rest.first, !first.hasPrefix("-") {
            configFile = first
            rest = rest.dropFirst()
        }
        // An option goes on until it has a value: `--requirepass --secret` is one option.
        var hasValue = true
        for index in rest.indices {
            let argument = rest[index]
            let isEnd = index == 0 || index == rest.endIndex - 1
            if argument == "-", isEnd {
                readsStandardInput = true
            } else if hasValue, argument.hasPrefix("--") {
                if !options.isEmpty { options += "\n" }
                options += argument.dropFirst(2) + " "
                hasValue = argument.split(separator: " ").count > 1
                if !hasValue {
                    hasValue = takesNothing(argument, before: rest[(index + 1)...].first)
                }
            } else {
                options += Self.quoted(argument) + " "
                hasValue = true
            }
        }
    }

    /// A bare `--save` means no save points, a bare `--sentinel` nothing more. What follows is another option.
    private mutating func takesNothing(_ option: String, before next: String?) -> Bool {
        guard next?.hasPrefix("--") ?? true else { return false }
        switch option.lowercased() {
        case "--save": options += "\"\""
        case "--sentinel": break
        default: return false
        }
        return next != nil
    }

    /// The text in quotes, so that it is one value whatever it holds (`sdscatrepr`).
    private static func quoted(_ text: String) -> String {
        var quoted: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): quoted += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): quoted += Array("\\n".utf8)
            case UInt8(ascii: "\r"): quoted += Array("\\r".utf8)
            case UInt8(ascii: "\t"): quoted += Array("\\t".utf8)
            default: quoted.append(byte)
            }
        }
        return "\"" + String(decoding: quoted, as: UTF8.self) + "\""
    }
}
