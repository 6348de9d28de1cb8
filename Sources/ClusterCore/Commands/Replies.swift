import Keyspace
import RESP

/// Whether a name matches a client's pattern, in either case.
func matchesGlob(_ name: String, _ pattern: UnsafeBufferPointer<UInt8>) -> Bool {
    var name = name
    return name.withUTF8 { Keyspace.matchesGlob($0, pattern, ignoringCase: true) }
}

extension ReplyBuffer {
    /// What the HELP of a command with subcommands answers (`addReplyHelp`).
    mutating func help(_ command: String, _ lines: [StaticString]) {
        array(lines.count + 3)
        simpleString("\(command) <subcommand> [<arg> [value] [opt] ...]. Subcommands are:")
        for line in lines { simpleString(line) }
        simpleString("HELP")
        simpleString("    Prints this help.")
    }
}
