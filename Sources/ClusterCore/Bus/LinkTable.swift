/// The bus links of a node, those that it made and those that it accepted.
package struct LinkTable: Sendable {
    /// One link (`clusterLink`).
    package struct Link: Sendable {
        /// The node at the other end, as far as it is known.
        package var peer: NodeID?
        package let isInbound: Bool
        /// Whether packets can be sent.
        package var isUp: Bool
        /// The other end's address, of a link that was accepted.
        package let remoteHost: String
        /// This node's own end; empty where it is not known yet.
        package var localHost: String
        /// Unix milliseconds.
        package let created: Int64
        /// Packets for a link that is not up yet, at most `maximumPending`; later ones are lost, as on a link that
        /// breaks.
        var pending: [BusMessage] = []

        static let maximumPending = 64
    }

    private var links: [LinkID: Link] = [:]
    private var nextNumber: Int64 = 1

    package init() {}

    /// How many there are, either way.
    package var count: Int { links.count }

    package subscript(id: LinkID) -> Link? {
        get { links[id] }
        set { links[id] = newValue }
    }

    mutating func add(_ link: Link) -> LinkID {
        let id = LinkID(number: nextNumber)
        nextNumber += 1
        links[id] = link
        return id
    }
}
