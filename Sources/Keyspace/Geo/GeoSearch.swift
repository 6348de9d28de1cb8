import RESP

/// What GEOSEARCH, GEORADIUS and their kind ask for (`georadiusGeneric`).
struct GeoSearch {
    /// The commands.
    enum Form: Hashable, Sendable {
        /// GEORADIUS and GEORADIUS_RO.
        case circle(isReadOnly: Bool)
        /// GEORADIUSBYMEMBER and GEORADIUSBYMEMBER_RO.
        case circleOfMember(isReadOnly: Bool)
        /// GEOSEARCH.
        case shape
        /// GEOSEARCHSTORE.
        case storedShape
    }

    /// What is told of a place besides its name.
    struct Details: OptionSet, Sendable {
        let rawValue: UInt8

        static let distance = Details(rawValue: 1 << 0)
        static let hash = Details(rawValue: 1 << 1)
        static let coordinates = Details(rawValue: 1 << 2)
    }

    private let form: Form
    private var center: GeoPoint?
    /// Measures as they were given, in a unit.
    private var area: GeoShape.Form?
    /// The metres of that unit.
    private var unit = 1.0
    private(set) var details: Details = []
    /// How many places are wanted; 0 for all.
    private(set) var count = 0
    /// Any of the places do, not only the nearest ones.
    private(set) var isAny = false
    /// Whether the nearest ones come first, or the farthest; nil for any order.
    private var isAscending: Bool?
    /// Where the places are stored.
    private(set) var target: Argument?
    private(set) var storesDistances = false
    /// Whether the centre is a member, or a point: where the key is missing only this is known.
    private var hasMember = false
    private var hasPoint = false

    /// Reads the arguments; where there is no key, as far as is needed to know how to answer.
    init(
        _ arguments: Arguments, _ form: Form, in sortedSet: SortedSetValue?
    ) throws(ReplyError) {
        self.form = form
        var index: Int
        switch form {
        case .circle:
            center = try GeoPoint(arguments, at: 2)
            try takeRadius(arguments, at: 4)
            index = 6
        case .circleOfMember:
            if let sortedSet {
                center = try Self.place(of: arguments[2], in: sortedSet)
                try takeRadius(arguments, at: 3)
            }
            index = 5
        case .shape: index = 2
        case .storedShape:
            target = arguments[1]
            index = 3
        }
        while index < arguments.count {
            index += try takeOption(arguments, at: index, in: sortedSet)
        }
        try checkOptions(arguments[0])
        // The nearest ones, if not all are wanted.
        if count != 0, isAscending == nil, !isAny { isAscending = true }
    }

    /// The shape, in metres; nil where there is no key.
    var shape: GeoShape? {
        guard let center, let area else { return nil }
        let form: GeoShape.Form =
            switch area {
            case .circle(let radius): .circle(radius: radius * unit)
            case .box(let width, let height): .box(width: width * unit, height: height * unit)
            }
        return GeoShape(center: center, form: form)
    }

    /// The event of a result that is stored.
    var storeEvent: StaticString { isSearch ? "geosearchstore" : "georadiusstore" }

    /// The places that are wanted of those that were found, in order and with distances in the unit.
    func arrange(_ found: [FoundPlace]) -> [FoundPlace] {
        var places = found
        if let isAscending {
            let order = places.indices.sorted { left, right in
                let (near, far) = (places[left].distance, places[right].distance)
                guard near != far else { return left < right }
                return isAscending ? near < far : near > far
            }
            places = order.map { places[$0] }
        }
        if count > 0, places.count > count { places.removeSubrange(count...) }
        for index in places.indices { places[index].distance /= unit }
        return places
    }

    // MARK: - Reading

    private var isSearch: Bool { form == .shape || form == .storedShape }

    private var mayStore: Bool {
        switch form {
        case .circle(let isReadOnly), .circleOfMember(let isReadOnly): !isReadOnly
        case .shape, .storedShape: false
        }
    }

    private static func place(
        of member: Argument, in sortedSet: SortedSetValue
    ) throws(ReplyError) -> GeoPoint {
        guard let place = sortedSet.place(of: member) else {
            throw ReplyError("ERR could not decode requested zset member")
        }
        return place.center
    }

    private mutating func takeRadius(_ arguments: Arguments, at index: Int) throws(ReplyError) {
        let radius = try arguments[index].requireScore(ReplyError("ERR need numeric radius"))
        guard radius >= 0 else { throw ReplyError("ERR radius cannot be negative") }
        unit = try arguments[index + 1].requireUnit()
        area = .circle(radius: radius)
    }

    private mutating func takeBox(_ arguments: Arguments, at index: Int) throws(ReplyError) {
        let width = try arguments[index].requireScore(ReplyError("ERR need numeric width"))
        let height = try arguments[index + 1].requireScore(ReplyError("ERR need numeric height"))
        guard width >= 0, height >= 0 else {
            throw ReplyError("ERR height or width cannot be negative")
        }
        unit = try arguments[index + 2].requireUnit()
        area = .box(width: width, height: height)
    }

    /// Reads an option; returns how many arguments it has taken.
    private mutating func takeOption(
        _ arguments: Arguments, at index: Int, in sortedSet: SortedSetValue?
    ) throws(ReplyError) -> Int {
        let option = arguments[index]
        let left = arguments.count - index - 1
        if option.isKeyword("WITHDIST") {
            details.insert(.distance)
        } else if option.isKeyword("WITHHASH") {
            details.insert(.hash)
        } else if option.isKeyword("WITHCOORD") {
            details.insert(.coordinates)
        } else if option.isKeyword("ANY") {
            isAny = true
        } else if option.isKeyword("ASC") {
            isAscending = true
        } else if option.isKeyword("DESC") {
            isAscending = false
        } else if option.isKeyword("COUNT"), left >= 1 {
            count = try arguments[index + 1].requireInteger()
            guard count > 0 else { throw ReplyError("ERR COUNT must be > 0") }
            return 2
        } else if mayStore, left >= 1, option.isKeyword("STORE") || option.isKeyword("STOREDIST") {
            target = arguments[index + 1]
            storesDistances = option.isKeyword("STOREDIST")
            return 2
        } else if form == .storedShape, option.isKeyword("STOREDIST") {
            storesDistances = true
        } else {
            return try takeShape(arguments, at: index, in: sortedSet)
        }
        return 1
    }

    private mutating func takeShape(
        _ arguments: Arguments, at index: Int, in sortedSet: SortedSetValue?
    ) throws(ReplyError) -> Int {
        guard isSearch else { throw .syntax }
        let option = arguments[index]
        let left = arguments.count - index - 1
        if option.isKeyword("FROMMEMBER"), left >= 1, !hasPoint {
            if let sortedSet { center = try Self.place(of: arguments[index + 1], in: sortedSet) }
            hasMember = true
            return 2
        }
        if option.isKeyword("FROMLONLAT"), left >= 2, !hasMember {
            center = try GeoPoint(arguments, at: index + 1)
            hasPoint = true
            return 3
        }
        if option.isKeyword("BYRADIUS"), left >= 2, !isBox {
            try takeRadius(arguments, at: index + 1)
            return 3
        }
        if option.isKeyword("BYBOX"), left >= 3, area == nil || isBox {
            try takeBox(arguments, at: index + 1)
            return 4
        }
        throw .syntax
    }

    private var isBox: Bool {
        if case .box = area { true } else { false }
    }

    private func checkOptions(_ name: Argument) throws(ReplyError) {
        if target != nil, !details.isEmpty {
            let command =
                form == .storedShape ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS"
            throw ReplyError(
                "ERR \(command) is not compatible with WITHDIST, WITHHASH and WITHCOORD options")
        }
        if isSearch, !hasMember, !hasPoint {
            throw ReplyError(
                "ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for \(name.text)")
        }
        if isSearch, area == nil {
            throw ReplyError(
                "ERR exactly one of BYRADIUS and BYBOX can be specified for \(name.text)")
        }
        if isAny, count == 0 { throw ReplyError("ERR the ANY argument requires COUNT argument") }
    }
}
