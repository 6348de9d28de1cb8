import ClusterCore

/// All connections of the world.
struct ConnectionTable: Sendable {
    private var places: [Connection] = []
    private var generations: [UInt32] = []
    private var free: [Int32] = []
    /// Flows with payloads that are held back.
    private var held: [(id: ConnectionID, side: Connection.Side)] = []

    /// How many there are.
    var count: Int { places.count - free.count }

    mutating func add(_ connection: Connection) -> ConnectionID {
        guard let place = free.popLast() else {
            places.append(connection)
            generations.append(0)
            return ConnectionID(place: Int32(places.count - 1), generation: 0)
        }
        places[Int(place)] = connection
        return ConnectionID(place: place, generation: generations[Int(place)])
    }

    mutating func remove(_ id: ConnectionID) {
        guard isThere(id) else { return }
        places[Int(id.place)].toOpener.held = []
        places[Int(id.place)].toAcceptor.held = []
        generations[Int(id.place)] += 1
        free.append(id.place)
    }

    subscript(id: ConnectionID) -> Connection? {
        isThere(id) ? places[Int(id.place)] : nil
    }

    /// Changes a connection in place, if it is there.
    @inline(__always)
    mutating func modify(_ id: ConnectionID, _ body: (inout Connection) -> Void) {
        guard isThere(id) else { return }
        body(&places[Int(id.place)])
    }

    /// Who has an end of it.
    @inline(__always)
    func end(of id: ConnectionID, _ side: Connection.Side) -> Connection.End? {
        isThere(id) ? places[Int(id.place)][side] : nil
    }

    /// The machines at which the flow to that side begins and ends.
    @inline(__always)
    func parties(
        of id: ConnectionID, to side: Connection.Side
    ) -> (source: Party, target: Party)? {
        guard isThere(id) else { return nil }
        return (places[Int(id.place)].party(side.other), places[Int(id.place)].party(side))
    }

    /// What it carries.
    @inline(__always)
    func traffic(of id: ConnectionID) -> Traffic {
        isThere(id) ? places[Int(id.place)].traffic : .commands
    }

    /// Whether something is held back on the way to that side.
    @inline(__always)
    func isHeld(_ id: ConnectionID, to side: Connection.Side) -> Bool {
        isThere(id) && !places[Int(id.place)][flowTo: side].held.isEmpty
    }

    /// Whether what is under way to that side was lost.
    @inline(__always)
    func isCut(_ id: ConnectionID, to side: Connection.Side) -> Bool {
        isThere(id) && places[Int(id.place)][flowTo: side].isCut
    }

    /// Until when what was held back is on its way.
    @inline(__always)
    func released(_ id: ConnectionID, to side: Connection.Side) -> Instant {
        isThere(id) ? places[Int(id.place)][flowTo: side].released : .start
    }

    /// Holds a payload back.
    mutating func hold(_ payload: Payload, over id: ConnectionID, to side: Connection.Side) {
        modify(id) { $0[flowTo: side].held.append(payload) }
        if self[id]?[flowTo: side].held.count == 1 { keepHeld(id, side) }
    }

    mutating func keepHeld(_ id: ConnectionID, _ side: Connection.Side) {
        held.append((id, side))
    }

    /// The flows with payloads held back, the longest held first.
    mutating func takeHeld() -> [(id: ConnectionID, side: Connection.Side)] {
        defer { held = [] }
        return held
    }

    @inline(__always)
    private func isThere(_ id: ConnectionID) -> Bool {
        generations[Int(id.place)] == id.generation
    }
}
