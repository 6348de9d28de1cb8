import RESP

/// The commands on places, which are the members of a sorted set with geohashes for scores (geo.c).
package let geoCommands: [CommandSpec<Database>] = placeCommands + geoSearchCommands

/// The commands on single places.
private let placeCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "geoadd", arity: -5, keys: .at(1, "RW", "update"), [.write, .denyOOM], .geo,
        since: "3.2.0", complexity: "O(log(N)) for each place, where N is the number of members",
        summary: "Adds places with names to a sorted set, which it creates if there is none.",
        syntax:
            "key [condition<NX|XX>@6.2.0] [change=CH@6.2.0] "
            + "longitude_latitude_member(longitude latitude member)...",
        run: add),
    CommandSpec(
        "geodist", arity: -4, keys: .at(1, "RO", "access"), [.readonly], .geo, since: "3.2.0",
        summary: "Returns the distance between two places.",
        syntax: "key member1 member2 [\(unitSyntax)]", run: distance),
    CommandSpec(
        "geohash", arity: -2, keys: .at(1, "RO", "access"), [.readonly], .geo, since: "3.2.0",
        complexity: "O(1) for each member",
        summary: "Returns the geohashes of places, as they are known elsewhere.",
        syntax: "key member...", run: hashes),
    CommandSpec(
        "geopos", arity: -2, keys: .at(1, "RO", "access"), [.readonly], .geo, since: "3.2.0",
        complexity: "O(1) for each member",
        summary: "Returns the longitudes and latitudes of places.", syntax: "key member...",
        run: positions),
]

/// The units of length, for the rows of commands.
let unitSyntax = "unit<M|KM|FT|MI>"

extension GeoPoint {
    /// A longitude and, behind it, a latitude (`extractLongLatOrReply`).
    init(_ arguments: Arguments, at index: Int) throws(ReplyError) {
        longitude = try arguments[index].requireScore()
        latitude = try arguments[index + 1].requireScore()
        guard Self.longitudes.contains(longitude), Self.latitudes.contains(latitude) else {
            let texts = [longitude, latitude].map { coordinate in
                withFormatted(coordinate, "%f", capacity: 400) {
                    String(decoding: $0, as: UTF8.self)
                }
            }
            throw ReplyError(
                "ERR invalid longitude,latitude pair \(texts.joined(separator: ","))")
        }
    }
}

extension Argument {
    /// The metres of a unit (`extractUnitOrReply`).
    func requireUnit() throws(ReplyError) -> Double {
        if isKeyword("M") { return 1 }
        if isKeyword("KM") { return 1000 }
        if isKeyword("FT") { return 0.3048 }
        if isKeyword("MI") { return 1609.34 }
        throw ReplyError("ERR unsupported unit provided. please use M, KM, FT, MI")
    }
}

/// It becomes a ZADD, to replicas as well.
@Sendable private func add(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    var start = 2
    var (isNew, isOld) = (false, false)
    while start < arguments.count {
        if arguments[start].isKeyword("NX") {
            isNew = true
        } else if arguments[start].isKeyword("XX") {
            isOld = true
        } else if !arguments[start].isKeyword("CH") {
            break
        }
        start += 1
    }
    guard (arguments.count - start) % 3 == 0, !(isNew && isOld) else { throw .syntax }
    var words = ["zadd".utf8.map { $0 }] + (1..<start).map { arguments[$0].bytes }
    for index in stride(from: start, to: arguments.count, by: 3) {
        let score = Geohash(try GeoPoint(arguments, at: index)).aligned
        words += [Array("\(score)".utf8), arguments[index + 2].bytes]
    }
    let outcome = Arguments.withArguments(words) { arguments in
        Result { () throws(ReplyError) in try addMembers(&database, arguments, &reply) }
    }
    try outcome.get()
    if database.recordsEffects { database.noteEffect(words.map { ByteString($0) }) }
}

@Sendable private func distance(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count <= 5 else { throw .syntax }
    let unit = arguments.count == 5 ? try arguments[4].requireUnit() : 1
    guard let sortedSet = try database.sortedSet(at: arguments[1]),
        let first = sortedSet.place(of: arguments[2]),
        let second = sortedSet.place(of: arguments[3])
    else { return reply.null() }
    reply.distance(first.center.distance(to: second.center) / unit)
}

extension SortedSetValue {
    /// The cell that the score of a member stands for; nil where it is not there.
    func place(of member: Argument) -> Geohash? {
        score(of: member).map { Geohash(score: $0) }
    }
}

extension ReplyBuffer {
    /// A distance, with four decimals (`addReplyDoubleDistance`).
    mutating func distance(_ distance: Double) {
        let scaled = Int64(exactly: (distance * 10_000).rounded(.toNearestOrEven)) ?? .min
        let digits = String(scaled.magnitude)
        let padded = String(repeating: "0", count: max(0, 5 - digits.utf8.count)) + digits
        bulkString((scaled < 0 ? "-" : "") + padded.dropLast(4) + "." + padded.suffix(4))
    }

    /// A longitude and a latitude.
    mutating func coordinates(_ point: GeoPoint) {
        array(2)
        for coordinate in [point.longitude, point.latitude] {
            formatLongDouble(LongDouble(coordinate)).withUnsafeBufferPointer { double($0) }
        }
    }
}

@Sendable private func hashes(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let sortedSet = try database.sortedSet(at: arguments[1])
    reply.array(arguments.count - 2)
    for index in 2..<arguments.count {
        if let place = sortedSet?.place(of: arguments[index]) {
            reply.bulkString(place.text)
        } else {
            reply.null()
        }
    }
}

@Sendable private func positions(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let sortedSet = try database.sortedSet(at: arguments[1])
    reply.array(arguments.count - 2)
    for index in 2..<arguments.count {
        if let place = sortedSet?.place(of: arguments[index]) {
            reply.coordinates(place.center)
        } else {
            reply.nullArray()
        }
    }
}
