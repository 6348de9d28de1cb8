/// A connection as bytes. Nothing blocks but `wait`, and `send` where the answer comes from this very process.
package protocol ByteStream: AnyObject {
    /// Sends what fits now and returns its length, which may be 0.
    func send(_ bytes: ArraySlice<UInt8>) throws(StreamFailure) -> Int

    /// What has arrived, at most so many bytes: nil when nothing has, empty when the peer has closed.
    func receive(atMost count: Int) throws(StreamFailure) -> [UInt8]?

    /// Waits until one of the events is there; empty when the time is over before.
    func wait(for events: StreamEvents, timeout: Duration?) throws(StreamFailure) -> StreamEvents

    func close()
}

/// What a connection may be ready for.
package struct StreamEvents: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) {
        self.rawValue = rawValue
    }

    package static let readable = StreamEvents(rawValue: 1)
    package static let writable = StreamEvents(rawValue: 2)
}

/// The system refused something.
package struct StreamFailure: Error, Hashable {
    /// What redis-cli tells apart.
    package enum Kind: Hashable, Sendable {
        /// A signal ended the wait.
        case interrupted
        /// The peer is gone: ECONNRESET or EPIPE.
        case reset
        /// TLS could not even be tried: a file of it is wrong.
        case unsecured
        case other
    }

    package var kind: Kind
    /// The system's words, such as `Connection refused`.
    package var reason: String

    package init(kind: Kind = .other, reason: String) {
        self.kind = kind
        self.reason = reason
    }
}

/// Where a server listens, and how it is spoken to.
package struct StreamEndpoint: Hashable, Sendable, CustomStringConvertible {
    package var address: Address
    /// nil for no TLS.
    package var tlsOptions: TLSOptions?

    /// A place.
    package enum Address: Hashable, Sendable {
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    package init(_ address: Address, tlsOptions: TLSOptions? = nil) {
        self.address = address
        self.tlsOptions = tlsOptions
    }

    package static func tcp(host: String, port: Int) -> StreamEndpoint {
        StreamEndpoint(.tcp(host: host, port: port))
    }

    package static func unix(path: String) -> StreamEndpoint { StreamEndpoint(.unix(path: path)) }

    package var description: String {
        switch address {
        case .tcp(let host, let port): "\(host):\(port)"
        case .unix(let path): path
        }
    }
}
