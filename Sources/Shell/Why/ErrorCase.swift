import CLI
import Lab
import Lessons
import RESP

/// An error reply with all that is known about it: the matter of an explanation.
struct ErrorCase {
    /// The error without the leading `-`.
    let message: String
    /// The node that sent it.
    let address: NodeAddress
    let arguments: [[UInt8]]
    let view: LiveView
    /// What the server says about its commands.
    let commands: [CommandDoc]
    /// Redirects that were followed before it came.
    var redirects: [Redirect] = []

    /// `MOVED`, `ERR`, …
    var code: String { String(message.prefix { $0 != " " }) }

    /// The arguments as text.
    var words: [String] { arguments.map { String(decoding: $0, as: UTF8.self) } }

    /// The command in capitals, with its subcommand where it is a container.
    var name: String {
        let first = words.first?.uppercased() ?? ""
        let containers = ["CLUSTER", "CONFIG", "ACL", "CLIENT", "DEBUG", "COMMAND", "OBJECT"]
        guard containers.contains(first), words.count > 1 else { return first }
        return "\(first) \(words[1].uppercased())"
    }

    /// The command as it was typed; one with a password only by its name.
    var line: String {
        guard !arguments.isEmpty else { return "the same command" }
        let line = arguments.map(KeySlot.name).joined(separator: " ")
        guard !HistoryFile.holdsSecret(line) else { return "\(name) …" }
        return line.count <= 60 ? line : String(line.prefix(59)) + "…"
    }

    /// The node that sent the error as it sees itself; nil when it does not tell.
    var asked: ClusterNode? { view.node(at: address) }

    /// The cluster as that node sees it.
    var table: [ClusterNode] { view.table(at: address) }

    /// The command's keys; of one with a password none, for its words are not to be shown.
    var keys: [KeySlot] {
        HistoryFile.holdsSecret(arguments.map(KeySlot.name).joined(separator: " "))
            ? [] : view.keys(of: arguments)
    }

    /// The number behind the error's words, such as the slot in `MOVED 10778 …` and `ERR Slot 0 is …`.
    var number: Int? {
        message.split { !$0.isNumber }.first.flatMap { Int($0) }
    }

    /// `127.0.0.1:7000 (master of 0-5460)`.
    func described(_ node: ClusterNode) -> String {
        "\(node.address) (\(view.role(of: node)))"
    }

    /// The node that was asked, with its role where it is known.
    var askedDescription: String { asked.map(described) ?? address.description }

    /// The node's id in the table of the node that was asked.
    func node(withID id: String) -> ClusterNode? { table.first { $0.id == id } }
}

extension LiveView {
    /// `master of 0-5460`, `replica of 127.0.0.1:7001`, `master without slots`.
    func role(of node: ClusterNode) -> String {
        guard node.isReplica else {
            return node.slots.isEmpty ? "master without slots" : "master of \(node.ranges)"
        }
        let master = node.masterID.flatMap { id in
            opinions.lazy.flatMap(\.table).first { $0.id == id }
        }
        return "replica of \(master?.address.description ?? "a master that nobody knows")"
    }
}
