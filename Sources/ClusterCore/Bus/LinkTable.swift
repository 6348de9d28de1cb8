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
    }

    private var links: [LinkID: Link] = [:]
    private var nextNumber: Int64 = 1

    package init() {}

    /// How many there are, either way: `cluster_connections`.
    package var count: Int { links.count }

    /// All of them, the oldest first.
    package var all: [(id: LinkID, link: Link)] {
        links.sorted { $0.key < $1.key }.map { (id: $0.key, link: $0.value) }
    }

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
