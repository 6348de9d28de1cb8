package import RESP

extension ReplyBuffer {
    /// What the HELP of a command with subcommands answers (`addReplyHelp`).
    package mutating func help(_ command: String, _ lines: [StaticString]) {
        array(lines.count + 3)
        simpleString("\(command) <subcommand> [<arg> [value] [opt] ...]. Subcommands are:")
        for line in lines { simpleString(line) }
        simpleString("HELP")
        simpleString("    Prints this help.")
    }
}
