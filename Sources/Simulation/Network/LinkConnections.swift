import ClusterCore

/// The connections that carry a host's bus links, at the places that the node gives its links.
struct LinkConnections: Sendable {
    private var entries: [Entry] = []

    private struct Entry: Sendable {
        /// The number of the link that is there; 0 where there is none.
        var number: Int64
        var connection: ConnectionID
    }

    subscript(link: LinkID) -> ConnectionID? {
        @inline(__always)
        get {
            link.place < entries.count && entries[link.place].number == link.number
                ? entries[link.place].connection : nil
        }
        set {
            guard let newValue else {
                if self[link] != nil { entries[link.place].number = 0 }
                return
            }
            let nothing = Entry(number: 0, connection: newValue)
            while entries.count <= link.place { entries.append(nothing) }
            entries[link.place] = Entry(number: link.number, connection: newValue)
        }
    }

    /// Takes a link out.
    mutating func remove(_ link: LinkID) -> ConnectionID? {
        defer { self[link] = nil }
        return self[link]
    }

    /// All of them, in the order of their places.
    var all: [(link: LinkID, connection: ConnectionID)] {
        entries.filter { $0.number != 0 }.map { (LinkID(number: $0.number), $0.connection) }
    }
}
