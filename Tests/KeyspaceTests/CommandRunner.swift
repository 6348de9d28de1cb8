import Keyspace
import RESP

/// Runs commands on a database of its own, as a node does, with a clock that only a test moves.
struct CommandRunner {
    var database = Database(seed: 1)
    var protocolVersion = 2

    init() {
        database.now = 1_700_000_000_000
    }

    /// The reply to a line as it is typed: one RESP line a line, bytes that do not print as `\xHH`.
    mutating func run(_ line: String) -> String {
        guard let arguments = splitArguments(Array(line.utf8)) else { return "unbalanced quotes" }
        return Self.shown(reply(to: arguments))
    }

    /// The raw reply to a command.
    mutating func reply(to arguments: [[UInt8]]) -> [UInt8] {
        var reply = ReplyBuffer()
        reply.protocolVersion = protocolVersion
        Arguments.withArguments(arguments) { arguments in
            do throws(ReplyError) {
                database.slot = nil
                if let read = try streamRead(arguments) {
                    if !database.serve(read, &reply) { reply.nullArray() }
                    return
                }
                let command = try Self.command(arguments)
                try command.run(&database, arguments, &reply)
            } catch {
                reply.truncate(to: 0)
                reply.error(error.message)
            }
        }
        return Array(reply.bytes)
    }

    /// XREAD and XREADGROUP, which are the node's for that they may wait.
    private mutating func streamRead(_ arguments: Arguments) throws(ReplyError) -> StreamRead? {
        let isGroup = arguments[0].isKeyword("XREADGROUP")
        guard isGroup || arguments[0].isKeyword("XREAD") else { return nil }
        guard arguments.count >= (isGroup ? 7 : 4) else {
            throw .wrongNumberOfArguments(isGroup ? "xreadgroup" : "xread")
        }
        return try StreamRead(arguments, isGroup: isGroup, &database)
    }

    /// The commands by their full names.
    private static let commands: [String: CommandSpec<Database>] = {
        var commands: [String: CommandSpec<Database>] = [:]
        for command in databaseCommands {
            commands[command.info.name] = command
            for subcommand in command.subcommands {
                commands["\(command.info.name)|\(subcommand.info.name)"] = subcommand
            }
        }
        return commands
    }()

    private static func command(_ arguments: Arguments) throws(ReplyError) -> CommandSpec<Database>
    {
        var name = arguments[0].text.lowercased()
        guard var command = commands[name] else { throw ReplyError("ERR unknown command") }
        if !command.subcommands.isEmpty, arguments.count > 1 {
            name += "|" + arguments[1].text.lowercased()
            guard let found = commands[name] else { throw ReplyError("ERR unknown subcommand") }
            command = found
        }
        if CommandInfo.isWrong(count: arguments.count, arity: command.info.arity) {
            throw .wrongNumberOfArguments(name)
        }
        return command
    }

    private static func shown(_ reply: [UInt8]) -> String {
        var text = ""
        for (index, byte) in reply.enumerated() {
            switch byte {
            case UInt8(ascii: "\\"): text += "\\\\"
            case 0x20...0x7E: text.unicodeScalars.append(UnicodeScalar(byte))
            case 10 where index > 0 && reply[index - 1] == 13: text += "\n"
            case 13 where index + 1 < reply.count && reply[index + 1] == 10: break
            default: text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        while text.last == "\n" { text.removeLast() }
        return text
    }
}
