import Lab
import LabBackends
import RESP

extension ClientNetwork {
    /// Opens a connection and gives the password, if there is one.
    static func connection(
        to node: NodeAddress, _ login: LoginOptions
    ) throws(LabError) -> RESPConnection {
        let connection = try connection(to: node, timeout: .seconds(5))
        guard let password = login.pass else { return connection }
        let words = ["AUTH"] + (login.user.map { [$0] } ?? []) + [password]
        if case .error(let message) = try connection.send(words.map { Array($0.utf8) }) {
            throw .unsupported("\(node): \(message)")
        }
        return connection
    }
}
