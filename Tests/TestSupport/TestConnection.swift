package import Lab
package import LabBackends

/// How long a test waits for a reply. Longer than any test lets a node keep one back, also on a machine that has much
/// else to do.
private let replyLimit = Duration.seconds(60)

/// The way in which tests connect to a node: a reply that does not come fails the test, where it would keep all others
/// from ending.
package func testConnection(to address: NodeAddress) throws(LabError) -> RESPConnection {
    let connection = try RESPConnection(to: address)
    connection.replyLimit = replyLimit
    return connection
}

/// The same on a way of its own.
package func testConnection(
    to address: NodeAddress, through open: () throws(ClientSocket.Failure) -> ClientSocket
) throws(LabError) -> RESPConnection {
    let connection = try RESPConnection(to: address, through: open)
    connection.replyLimit = replyLimit
    return connection
}

extension LabCluster {
    /// `connect` for tests: a reply that does not come fails the test.
    package func connectInTest(to address: NodeAddress) throws(LabError) -> any LabConnection {
        limited(try connect(to: address))
    }

    /// The same with `observe`.
    package func observeInTest(of address: NodeAddress) throws(LabError) -> any LabConnection {
        limited(try observe(address))
    }

    /// A simulated node's connection needs no limit: nothing waits there.
    private func limited(_ connection: any LabConnection) -> any LabConnection {
        (connection as? RESPConnection)?.replyLimit = replyLimit
        return connection
    }
}
