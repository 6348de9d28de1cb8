/// All connections of the world.
struct ConnectionTable: Sendable {
    private var places: [Connection?] = []
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
        places[Int(id.place)] = nil
        generations[Int(id.place)] += 1
        free.append(id.place)
    }

    subscript(id: ConnectionID) -> Connection? {
        isThere(id) ? places[Int(id.place)] : nil
    }

    /// Changes a connection in place, if it is there.
    mutating func modify(_ id: ConnectionID, _ body: (inout Connection) -> Void) {
        guard isThere(id), var connection = places[Int(id.place)].take() else { return }
        body(&connection)
        places[Int(id.place)] = connection
    }

    /// All that are there, in the order of their places.
    var all: [(id: ConnectionID, connection: Connection)] {
        places.indices.compactMap { place in
            places[place].map {
                (ConnectionID(place: Int32(place), generation: generations[place]), $0)
            }
        }
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
        generations[Int(id.place)] == id.generation && places[Int(id.place)] != nil
    }
}
