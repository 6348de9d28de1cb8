import ClusterCore
import NIOCore
import NIOPosix

extension ClusterServer {
    /// Binds the node's ports, all of them before it takes its first client.
    static func listen(
        _ driver: NIOLoopBound<NodeDriver>, _ configuration: Configuration, _ network: NetworkView
    ) throws(Failure) {
        var listeners: [any Channel] = []
        do throws(Failure) {
            if let address = network.realAddress {
                try bind(driver, configuration, Listener.Address(address), into: &listeners)
                for port in network.published {
                    listeners.append(try publish(port, of: driver, configuration))
                }
            } else {
                // A machine without such an address has no containers either.
                let open = network.openAddress.map { "-\($0)" }
                for address in configuration.bind + [open].compactMap(\.self) {
                    try bind(driver, configuration, Listener.Address(address), into: &listeners)
                }
            }
        } catch {
            for listener in listeners { try? listener.close().wait() }
            throw error
        }
        let bound = listeners
        try? driver.eventLoop.submit { driver.value.start(listeners: bound) }.wait()
    }

    /// The ports of the node itself.
    private static func bind(
        _ driver: NIOLoopBound<NodeDriver>, _ configuration: Configuration,
        _ address: Listener.Address, into listeners: inout [any Channel]
    ) throws(Failure) {
        if let channel = try Listener.clients(of: driver, address, configuration.port) {
            listeners.append(channel)
        }
        guard configuration.clusterEnabled else { return }
        if let channel = try Listener.links(of: driver, address, configuration.busPort) {
            listeners.append(channel)
        }
    }

    /// A port of the machine that leads to one of the container. Where nothing listens there, Docker takes the
    /// connection all the same, and ends it.
    private static func publish(
        _ port: NetworkView.PublishedPort, of driver: NIOLoopBound<NodeDriver>,
        _ configuration: Configuration
    ) throws(Failure) -> any Channel {
        let address = Listener.Address(port.address)
        let channel =
            switch port.container {
            case configuration.port: try Listener.clients(of: driver, address, port.host)
            case configuration.busPort where configuration.clusterEnabled:
                try Listener.links(of: driver, address, port.host)
            default: try Listener.nobody(on: driver.eventLoop, address, port.host)
            }
        guard let channel else { throw .cannotListen(port: port.host, reason: "no such address") }
        return channel
    }
}
