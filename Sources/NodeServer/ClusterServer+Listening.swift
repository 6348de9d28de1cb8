import ClusterCore
import NIOCore
import NIOPosix

extension ClusterServer {
    /// Binds the node's ports, all of them before it takes its first client.
    static func listen(
        _ driver: NIOLoopBound<NodeDriver>, _ configuration: Configuration, _ network: NetworkView
    ) throws(Failure) {
        if configuration.tls.isOn {
            let isConfigured = try? driver.eventLoop.submit {
                let lines = driver.value.configureTLS(configuration)
                for line in lines ?? [] { driver.value.note(.warning, line) }
                return lines == nil
            }.wait()
            guard isConfigured == true else { throw .tls }
        }
        var listeners = Listeners()
        do throws(Failure) {
            if let address = network.realAddress {
                try bind(driver, configuration, Listener.Address(address), into: &listeners)
                for port in network.published {
                    listeners.plain.append(try publish(port, of: driver, configuration))
                }
            } else {
                // A machine without such an address has no containers either.
                let open = network.openAddress.map { "-\($0)" }
                for address in configuration.bind + [open].compactMap(\.self) {
                    try bind(driver, configuration, Listener.Address(address), into: &listeners)
                }
            }
        } catch {
            for listener in listeners.all { try? listener.close().wait() }
            throw error
        }
        let bound = listeners
        try? driver.eventLoop.submit { driver.value.start(listeners: bound) }.wait()
    }

    /// The ports of the node itself.
    private static func bind(
        _ driver: NIOLoopBound<NodeDriver>, _ configuration: Configuration,
        _ address: Listener.Address, into listeners: inout Listeners
    ) throws(Failure) {
        if configuration.port != 0,
            let channel = try Listener.clients(of: driver, address, configuration.port)
        {
            listeners.plain.append(channel)
        }
        let securePort = configuration.tls.port
        if securePort != 0,
            let channel = try Listener.clients(of: driver, address, securePort, isSecure: true)
        {
            listeners.secure.append(channel)
        }
        guard configuration.clusterEnabled else { return }
        if let channel = try Listener.links(of: driver, address, configuration.busPort) {
            listeners.plain.append(channel)
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
            case configuration.tls.port:
                try Listener.clients(of: driver, address, port.host, isSecure: true)
            case configuration.busPort where configuration.clusterEnabled:
                try Listener.links(of: driver, address, port.host)
            default: try Listener.nobody(on: driver.eventLoop, address, port.host)
            }
        guard let channel else { throw .cannotListen(port: port.host, reason: "no such address") }
        return channel
    }
}
