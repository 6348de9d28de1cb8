import RESP

/// The commands that search for places.
let geoSearchCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "geosearch", arity: -7, keys: .at(1, "RO", "access"), [.readonly], .geo, since: "6.2.0",
        complexity: searchCost, summary: "Returns the places within a circle or a box.",
        syntax: "key \(shapeSyntax) [order<ASC|DESC>] [count(COUNT count [ANY])] \(detailSyntax)",
        run: search(.shape)),
    CommandSpec(
        "geosearchstore", arity: -8,
        keys: .at(1, "OW", "update").and(.at(2, "RO", "access")), [.write, .denyOOM], .geo,
        since: "6.2.0", complexity: searchCost,
        summary: "Stores the places within a circle or a box as a sorted set.",
        syntax: "destination#0 source#1 \(shapeSyntax) [order<ASC|DESC>] "
            + "[count(COUNT count [ANY])] [STOREDIST]",
        run: search(.storedShape)),
    CommandSpec(
        "georadius", arity: -6, keys: .at(1, "RO", "access").andStores(from: 6, "OW", "update"),
        [.write, .denyOOM, .movableKeys], .geo, since: "3.2.0", complexity: searchCost,
        deprecation: Deprecation(
            since: "6.2.0",
            replacedBy: "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument"),
        summary:
            "Returns the places within a distance of a longitude and latitude, or stores them.",
        syntax: "key longitude latitude radius \(unitSyntax) \(detailSyntax) \(anySinceSyntax) "
            + storeSyntax,
        run: search(.circle(isReadOnly: false))),
    CommandSpec(
        "georadius_ro", arity: -6, keys: .at(1, "RO", "access"), [.readonly], .geo,
        since: "3.2.10", complexity: searchCost,
        deprecation: Deprecation(
            since: "6.2.0", replacedBy: "`GEOSEARCH` with the `BYRADIUS` argument"),
        summary: "Returns the places within a distance of a longitude and latitude.",
        syntax: "key longitude latitude radius \(unitSyntax) \(detailSyntax) \(anySinceSyntax)",
        run: search(.circle(isReadOnly: true))),
    CommandSpec(
        "georadiusbymember", arity: -5,
        keys: .at(1, "RO", "access").andStores(from: 5, "OW", "update"),
        [.write, .denyOOM, .movableKeys], .geo, since: "3.2.0", complexity: searchCost,
        deprecation: Deprecation(
            since: "6.2.0",
            replacedBy:
                "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments"),
        summary: "Returns the places within a distance of another one, or stores them.",
        syntax: "key member radius \(unitSyntax) \(detailSyntax) \(anySyntax) \(storeSyntax)",
        run: search(.circleOfMember(isReadOnly: false))),
    CommandSpec(
        "georadiusbymember_ro", arity: -5, keys: .at(1, "RO", "access"), [.readonly], .geo,
        since: "3.2.10", complexity: searchCost,
        deprecation: Deprecation(
            since: "6.2.0",
            replacedBy: "`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments"),
        summary: "Returns the places within a distance of another one.",
        syntax: "key member radius \(unitSyntax) \(detailSyntax) \(anySyntax)",
        run: search(.circleOfMember(isReadOnly: true))),
]

private let searchCost =
    "O(N+log(M)) where N is the number of places in the area around, and M that of all members"
private let shapeSyntax =
    "from<FROMMEMBER member|FROMLONLAT (longitude latitude)> "
    + "by<circle(BYRADIUS radius \(unitSyntax))|box(BYBOX width height \(unitSyntax))>"
private let detailSyntax = "[WITHCOORD] [WITHDIST] [WITHHASH]"
private let anySyntax = "[count(COUNT count [ANY])] [order<ASC|DESC>]"
private let anySinceSyntax = "[count(COUNT count [ANY@6.2.0])] [order<ASC|DESC>]"
private let storeSyntax = "[STORE key#1] [STOREDIST key#2]"

/// A place that was found.
struct FoundPlace {
    let member: ByteString
    let score: Double
    let point: GeoPoint
    /// From the centre, in metres or, in an answer, in the unit that was asked for.
    var distance: Double
}

private func search(_ form: GeoSearch.Form) -> CommandSpec<Database>.Handler {
    { database, arguments, reply throws(ReplyError) in
        let source = form == .storedShape ? 2 : 1
        let sortedSet = try database.sortedSet(at: arguments[source])
        let search = try GeoSearch(arguments, form, in: sortedSet)
        guard let sortedSet, let shape = search.shape else {
            guard let target = search.target else { return reply.array(0) }
            database.removeResult(target)
            return reply.integer(0)
        }
        let places = search.arrange(
            sortedSet.places(in: shape, limit: search.isAny ? search.count : 0))
        if let target = search.target {
            database.store(places, at: target, search)
            reply.integer(places.count)
        } else {
            reply.places(places, search.details)
        }
    }
}

extension SortedSetValue {
    /// The places within a shape, of which so many are enough; with 0 all of them (`membersOfAllNeighbors`).
    fileprivate func places(in shape: GeoShape, limit: Int) -> [FoundPlace] {
        var places: [FoundPlace] = []
        var last: Geohash?
        for (number, cell) in shape.cells.enumerated() {
            // With a very large shape neighbours are the same cell, and have to be searched once. Redis does not
            // compare them with the middle one.
            guard let cell, cell != last else { continue }
            if limit > 0, places.count >= limit { break }
            find(in: cell, shape, limit, &places)
            if number > 0 { last = cell }
        }
        return places
    }

    private func find(
        in cell: Geohash, _ shape: GeoShape, _ limit: Int, _ places: inout [FoundPlace]
    ) {
        let (first, behind) = cell.scores
        let ranks = ranks(
            of: ScoreRange(minimum: .init(first), maximum: .init(behind, isExclusive: true)))
        let step = 64
        for start in stride(from: ranks.lowerBound, to: ranks.upperBound, by: step) {
            forEach(in: start..<min(start + step, ranks.upperBound)) { member, score in
                guard limit == 0 || places.count < limit else { return }
                let point = Geohash(score: score).center
                guard let distance = shape.distance(to: point) else { return }
                places.append(
                    FoundPlace(
                        member: member.copied, score: score, point: point, distance: distance))
            }
            if limit > 0, places.count >= limit { return }
        }
    }
}

extension Database {
    /// Puts a sorted set of the places in place of a key, with their scores or their distances, or deletes it where
    /// there are none.
    fileprivate mutating func store(
        _ places: [FoundPlace], at key: Argument, _ search: GeoSearch
    ) {
        guard !places.isEmpty else { return removeResult(key) }
        var scores = ElementTable<Double>(seed: encodingLimits.seed)
        for place in places {
            let isNew = place.member.withArgument { scores.index(of: $0) == nil }
            guard isNew else { continue }
            scores.insert(place.member, search.storesDistances ? place.distance : place.score)
        }
        set(key, to: .sortedSet(SortedSetValue(scores, encodingLimits)))
        changes += places.count - 1
        notify(.sortedSet, search.storeEvent, key)
    }
}

extension ReplyBuffer {
    /// Answers with the names of places, or with their names and details.
    fileprivate mutating func places(_ places: [FoundPlace], _ details: GeoSearch.Details) {
        array(places.count)
        for place in places {
            if !details.isEmpty { array(details.rawValue.nonzeroBitCount + 1) }
            bulkString(place.member)
            if details.contains(.distance) { distance(place.distance) }
            if details.contains(.hash) {
                integer(Int64(exactly: place.score.rounded(.towardZero)) ?? .min)
            }
            if details.contains(.coordinates) { coordinates(place.point) }
        }
    }
}
