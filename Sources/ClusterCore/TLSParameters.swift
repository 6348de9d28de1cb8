/// The parameters of redis.conf about TLS, with Redis' defaults; an empty text stands for one that is not set.
package struct TLSParameters: Hashable, Sendable {
    /// Where clients that speak TLS are served; 0 for nowhere.
    package var port = 0
    /// Whether the cluster bus, MIGRATE, and the ports that are told to others, are those of TLS.
    package var cluster = false
    /// Whether a replica speaks TLS to its master.
    package var replication = false
    /// Whether clients show a certificate: `no`, `yes` or `optional`.
    package var authClients = "yes"
    package var certFile = ""
    package var keyFile = ""
    package var keyFilePass = ""
    /// What the node shows to others as their client; where it is not set, what it shows to its clients.
    package var clientCertFile = ""
    package var clientKeyFile = ""
    package var clientKeyFilePass = ""
    package var dhParamsFile = ""
    package var caCertFile = ""
    package var caCertDir = ""
    /// Words such as `TLSv1.2 TLSv1.3`; those two where it is not set.
    package var protocols = ""
    package var ciphers = ""
    package var ciphersuites = ""
    package var preferServerCiphers = false
    package var sessionCaching = true
    package var sessionCacheSize = 20 * 1024
    /// Seconds.
    package var sessionCacheTimeout = 300
    /// What this node says of its TLS port; 0 for the port itself.
    package var announcePort = 0

    package init() {}

    /// Whether any of it is in use.
    package var isOn: Bool { port != 0 || cluster || replication }
}

extension Configuration {
    /// The port by which a node is known: that of clients without TLS if it has one.
    package var mainPort: Int { port != 0 ? port : tls.port }

    /// The client port that others are told first, and that the bus port is derived from.
    package var basePort: Int { tls.cluster ? tls.port : port }

    /// The client port that peers and clients are told (`deriveAnnouncedPorts`).
    package var announcedPort: Int {
        if tls.cluster { return tls.announcePort != 0 ? tls.announcePort : tls.port }
        return clusterAnnouncePort != 0 ? clusterAnnouncePort : port
    }

    /// The port without TLS that they are told besides; 0 where the other one is that.
    package var announcedPlainPort: Int {
        guard tls.cluster else { return 0 }
        return tls.announcePort != 0 ? clusterAnnouncePort : port
    }

    /// The bus port that peers are told.
    package var announcedBusPort: Int {
        clusterAnnounceBusPort != 0 ? clusterAnnounceBusPort : busPort
    }
}

/// What CONFIG SET has changed about TLS.
package struct TLSChange: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// What connections are made with.
    package static let settings = TLSChange(rawValue: 1 << 0)
    /// Where the node listens.
    package static let port = TLSChange(rawValue: 1 << 1)
}

extension Node {
    /// Whether a stream to another node's client port is one of TLS.
    package func isSecure(_ stream: StreamID) -> Bool {
        isMasterStream(stream) ? configuration.tls.replication : configuration.tls.cluster
    }

    /// Whether the caller has no TLS in a cluster that has: it is told other ports.
    var isCallerPlain: Bool { isPlain(caller) }

    private func isPlain(_ client: Int) -> Bool {
        configuration.tls.cluster && !clients[client].isSecure
    }

    /// The port of a peer that a client can use, as far as it is known.
    /// - Parameter client: nil for the caller.
    func clientPort(of peer: Peer, for client: ClientID? = nil) -> Int {
        guard peer.plainPort != 0, isPlain(client?.index ?? caller) else { return peer.port }
        return peer.plainPort
    }

    /// Lets what CONFIG SET has changed about TLS come true.
    /// - Returns: what could not be done, in Redis' words, and the parameter that it is about.
    mutating func applyTLS(
        _ new: Configuration, from old: Configuration, named names: [String]
    ) -> (name: String, reason: String)? {
        let changes = names.filter { $0 != "tls-auth-clients" && $0.hasPrefix("tls-") }
        let isSet = { (name: String) in
            // Behind an unchanged name may be another file (VOLATILE_CONFIG).
            let parameter = ConfigurationParameter.named(name)
            return name.hasSuffix("-file") || name == "tls-ca-cert-dir"
                || parameter?.value(in: new) != parameter?.value(in: old)
        }
        if new.tls.isOn, let name = changes.first(where: { $0 != "tls-port" && isSet($0) }),
            !apply(new, .settings)
        {
            return (name, "Unable to update TLS configuration. Check server logs.")
        }
        guard new.tls.port != old.tls.port else { return nil }
        if !old.tls.isOn, !apply(new, .settings) {
            return ("tls-port", "Unable to update TLS configuration. Check server logs.")
        }
        if apply(new, .port) { return nil }
        // Back to what was right before.
        if old.tls.isOn { _ = apply(old, .settings) }
        return ("tls-port", "Unable to listen on this port. Check server logs.")
    }

    private mutating func apply(_ configuration: Configuration, _ change: TLSChange) -> Bool {
        guard let applyTLS else { return false }
        guard let lines = applyTLS(configuration, change) else { return true }
        for line in lines { log(.warning, line) }
        return false
    }
}
