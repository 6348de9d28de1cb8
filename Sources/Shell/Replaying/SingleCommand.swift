import CLI
import Lab
import RESP

/// What `redis-cli -p 7001 SET a 1` sends: the command SET, at 7001.
struct SingleCommand {
    let node: NodeAddress
    let followsRedirects: Bool
    private let arguments: [[UInt8]]

    /// Nil for a line that is anything else.
    init?(_ line: String, on system: CLISystem) {
        guard ShellText.firstWord(of: line) == "redis-cli", !ShellText.hasOperator(line),
            let words = splitArguments(line.utf8),
            let options = try? CLIOptions.parse(Array(words.dropFirst()), on: system),
            case .command = options.purpose
        else { return nil }
        node = NodeAddress(host: options.host, port: options.port)
        followsRedirects = options.followsRedirects
        arguments = options.command
    }

    /// As it is typed at the node's own prompt.
    var text: String {
        arguments.map { bytes in
            let isPlain =
                !bytes.isEmpty
                && bytes.allSatisfy { (0x21...0x7E).contains($0) && !#"\"'"#.utf8.contains($0) }
            return isPlain ? String(decoding: bytes, as: UTF8.self) : RESPValue.quoted(bytes)
        }.joined(separator: " ")
    }
}
