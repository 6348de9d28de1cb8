import ClusterCore
import NIOCore
import NIOPosix
import TLS

extension NodeDriver {
    /// Puts TLS in front of a connection.
    /// - Parameters:
    ///   - verification: what becomes of the other end's certificate; nil for what the context says.
    ///   - whenRefused: hears why the other end was not taken.
    func secure(
        _ channel: any Channel, as role: TLSSession.Role,
        verifying verification: TLSContext.Verification? = nil,
        whenRefused: @escaping (String) -> Void = { _ in }
    ) throws {
        guard let tls else { throw TLSFailure("TLS is not configured") }
        let session = try TLSSession(
            role == .server ? tls.server : tls.client, as: role, verifying: verification)
        try channel.pipeline.syncOperations.addHandler(
            TLSHandler(session, whenRefused: whenRefused))
    }

    /// Puts TLS in front of a client's connection.
    func secure(client channel: any Channel) throws {
        let verification = node.configuration.tls.clientVerification
        try secure(channel, as: .server, verifying: verification) { [weak self] reason in
            self?.note(.warning, "Error accepting a client connection: \(reason)")
        }
    }

    /// Lets CONFIG SET change what TLS is made with, and where.
    /// - Parameter old: what held until now, where the node has become another one.
    func followTLS(since old: TLSParameters? = nil) {
        // The node is copied to where this driver may not be any more.
        let driver = NIOLoopBound(WeakDriver(self), eventLoop: loop)
        node.applyTLS = { configuration, change in
            driver.value.driver?.apply(configuration, change)
        }
        let new = node.configuration.tls
        guard let old, old != new else { return }
        var lines = new.isOn ? configureTLS(node.configuration) ?? [] : []
        if new.port != old.port { lines += listen(node.configuration) ?? [] }
        for line in lines { note(.warning, line) }
    }

    private func apply(_ configuration: Configuration, _ change: TLSChange) -> [String]? {
        change == .port ? listen(configuration) : configureTLS(configuration)
    }

    /// Takes over what the configuration says; what cannot be used changes nothing.
    /// - Returns: why it cannot be used, for the log.
    func configureTLS(_ configuration: Configuration) -> [String]? {
        do throws(NodeTLS.Failure) {
            tls = try NodeTLS(configuration)
            return nil
        } catch {
            return [error.line]
        }
    }

    /// Moves the port of TLS to where the configuration says, or closes it (`changeListenPort`).
    /// - Returns: why that cannot be, for the log.
    private func listen(_ configuration: Configuration) -> [String]? {
        var sockets: [Listener.BoundSocket] = []
        if configuration.tls.port != 0 {
            do throws(ClusterServer.Failure) {
                sockets = try bind(configuration)
            } catch {
                guard case .cannotListen(let port, let reason) = error else { return [] }
                let host = configuration.bind.joined(separator: " ")
                return [
                    "Warning: Could not create server TCP listening socket \(host):\(port): "
                        + "bind: \(reason)"
                ]
            }
        }
        for listener in listeners.secure { listener.close(promise: nil) }
        listeners.secure = []
        for socket in sockets { serve(socket) }
        return nil
    }

    private func bind(
        _ configuration: Configuration
    ) throws(ClusterServer.Failure) -> [Listener.BoundSocket] {
        let addresses = network.realAddress.map { [$0] } ?? configuration.bind
        var sockets: [Listener.BoundSocket] = []
        do throws(ClusterServer.Failure) {
            for address in addresses.map(Listener.Address.init) {
                let socket = try Listener.BoundSocket(address, configuration.tls.port)
                if let socket { sockets.append(socket) }
            }
        } catch {
            for socket in sockets { socket.close() }
            throw error
        }
        return sockets
    }

    private func serve(_ socket: Listener.BoundSocket) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        let listening = Listener.clientBootstrap(of: bound, isSecure: true)
            .withBoundSocket(socket.descriptor)
        listening.assumeIsolated().whenSuccess { channel in
            if self.isStopped {
                channel.close(promise: nil)
            } else {
                self.listeners.secure.append(channel)
            }
        }
    }
}

/// A driver that is not kept alive.
private final class WeakDriver {
    weak var driver: NodeDriver?

    init(_ driver: NodeDriver) {
        self.driver = driver
    }
}
