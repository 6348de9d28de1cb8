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

    /// Links by their places, which are used again; their numbers are not.
    private var places: [Place] = []
    private var free: [Int32] = []
    private var nextSerial: Int64 = 1

    package init() {}

    /// How many there are, either way.
    package var count: Int { places.count - free.count }

    private struct Place: Sendable {
        /// The number of the link that is there; 0 where there is none.
        var number: Int64
        var link: Link
    }

    /// All links, by their places.
    var all: [LinkID] {
        places.filter { $0.number != 0 }.map { LinkID(number: $0.number) }
    }

    package subscript(id: LinkID) -> Link? {
        get { contains(id) ? places[id.place].link : nil }
        set {
            guard contains(id) else { return }
            if let newValue {
                places[id.place].link = newValue
            } else {
                places[id.place].number = 0
                places[id.place].link.pending = []
                free.append(Int32(id.place))
            }
        }
    }

    /// Whether the link is there.
    @inline(__always)
    func contains(_ id: LinkID) -> Bool {
        id.place < places.count && places[id.place].number == id.number
    }

    /// The node at the other end, as far as it is known.
    @inline(__always)
    func peer(of id: LinkID) -> NodeID? {
        contains(id) ? places[id.place].link.peer : nil
    }

    /// Whether this is a link over which packets can be sent.
    @inline(__always)
    func isUp(_ id: LinkID) -> Bool {
        contains(id) && places[id.place].link.isUp
    }

    /// Whether another node made the link.
    @inline(__always)
    func isInbound(_ id: LinkID) -> Bool {
        contains(id) && places[id.place].link.isInbound
    }

    mutating func add(_ link: Link) -> LinkID {
        let place = free.popLast().map { Int($0) } ?? places.count
        let id = LinkID(serial: nextSerial, place: place)
        nextSerial += 1
        let new = Place(number: id.number, link: link)
        if place == places.count { places.append(new) } else { places[place] = new }
        return id
    }
}
