#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A place on the earth, in degrees.
struct GeoPoint: Hashable, Sendable {
    var longitude: Double
    var latitude: Double

    /// The projection that is used has no poles (EPSG:3857).
    static let longitudes = -180.0...180.0
    static let latitudes = -85.05112878...85.05112878

    /// The mean radius of the earth in metres.
    private static let earthRadius = 6_372_797.560856
    private static let radiansOfDegree = Double.pi / 180

    /// The angle in radians.
    static func radians(_ degrees: Double) -> Double { degrees * radiansOfDegree }

    /// The angle in degrees that a way on the earth's surface is.
    static func degrees(ofMetres metres: Double) -> Double {
        metres / earthRadius / radiansOfDegree
    }

    /// The degrees of longitude that a way to the east is.
    static func degrees(ofMetres metres: Double, atLatitude latitude: Double) -> Double {
        metres / earthRadius / cos(radians(latitude)) / radiansOfDegree
    }

    /// The metres between two latitudes.
    static func distance(latitudes first: Double, _ second: Double) -> Double {
        earthRadius * abs(radians(second) - radians(first))
    }

    /// The metres to another place along a great circle, by the haversine formula.
    func distance(to other: GeoPoint) -> Double {
        let halfLongitude = sin((Self.radians(other.longitude) - Self.radians(longitude)) / 2)
        guard halfLongitude != 0 else {
            return Self.distance(latitudes: latitude, other.latitude)
        }
        let (first, second) = (Self.radians(latitude), Self.radians(other.latitude))
        let halfLatitude = sin((second - first) / 2)
        let chord =
            halfLatitude * halfLatitude + cos(first) * cos(second) * halfLongitude * halfLongitude
        return 2 * Self.earthRadius * asin(chord.squareRoot())
    }
}

/// The part of the earth between two longitudes and two latitudes, in degrees.
struct GeoArea: Hashable, Sendable {
    var west: Double
    var south: Double
    var east: Double
    var north: Double
}

/// What lies within some metres of a place, or in a box around it.
struct GeoShape: Hashable, Sendable {
    var center: GeoPoint
    let form: Form

    /// Measures in metres.
    enum Form: Hashable, Sendable {
        case circle(radius: Double)
        case box(width: Double, height: Double)
    }

    /// The metres from the centre to a place within the shape; nil for one outside.
    func distance(to point: GeoPoint) -> Double? {
        switch form {
        case .circle(let radius):
            let distance = center.distance(to: point)
            return distance > radius ? nil : distance
        case .box(let width, let height):
            let north = GeoPoint.distance(latitudes: point.latitude, center.latitude)
            guard !(north > height / 2) else { return nil }
            let east = point.distance(
                to: GeoPoint(longitude: center.longitude, latitude: point.latitude))
            return east > width / 2 ? nil : center.distance(to: point)
        }
    }

    /// An area that the shape lies in (`geohashBoundingBox`).
    private var bounds: GeoArea {
        let (width, height) =
            switch form {
            case .circle(let radius): (radius, radius)
            case .box(let width, let height): (width / 2, height / 2)
            }
        let latitudes = GeoPoint.degrees(ofMetres: height)
        // The side that is nearer to a pole reaches over more degrees.
        let widest = center.latitude + (center.latitude < 0 ? -latitudes : latitudes)
        let longitudes = GeoPoint.degrees(ofMetres: width, atLatitude: widest)
        return GeoArea(
            west: center.longitude - longitudes, south: center.latitude - latitudes,
            east: center.longitude + longitudes, north: center.latitude + latitudes)
    }

    /// The metres from the centre to the farthest point.
    private var reach: Double {
        switch form {
        case .circle(let radius): radius
        case .box(let width, let height):
            ((width / 2) * (width / 2) + (height / 2) * (height / 2)).squareRoot()
        }
    }

    /// The cells in which all members of the shape lie, nil for such of the nine that can have none: the one of the
    /// centre, then those in the north, south, east and west of it, then the corners
    /// (`geohashCalculateAreasByShapeWGS84`).
    var cells: [Geohash?] {
        let bounds = bounds
        var steps = Self.steps(reach: reach, latitude: center.latitude)
        var middle = Geohash(center, steps: steps)
        // Near an edge of its cell a shape may reach beyond the next one.
        let isTooFine =
            middle.neighbor(east: 0, north: 1).area.north < bounds.north
            || middle.neighbor(east: 0, north: -1).area.south > bounds.south
            || middle.neighbor(east: 1, north: 0).area.east < bounds.east
            || middle.neighbor(east: -1, north: 0).area.west > bounds.west
        if steps > 1, isTooFine {
            steps -= 1
            middle = Geohash(center, steps: steps)
        }
        let area = middle.area
        let directions = [
            (0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1),
        ]
        let neighbors = directions.map { east, north -> Geohash? in
            let isUseless =
                north < 0 && area.south < bounds.south || north > 0 && area.north > bounds.north
                || east < 0 && area.west < bounds.west || east > 0 && area.east > bounds.east
            return steps >= 2 && isUseless ? nil : middle.neighbor(east: east, north: north)
        }
        return [middle] + neighbors
    }

    /// Half of the way around the earth in the projection.
    private static let projectedReach = 20_037_726.37

    /// The bits of a coordinate of cells that are about as large as the shape (`geohashEstimateStepsByRadius`).
    private static func steps(reach: Double, latitude: Double) -> Int {
        guard reach != 0 else { return Geohash.finest }
        var steps = -1
        var reach = reach
        while reach < projectedReach {
            reach *= 2
            steps += 1
        }
        // Cells become narrow towards the poles.
        if abs(latitude) > 66 { steps -= 1 }
        if abs(latitude) > 80 { steps -= 1 }
        return min(max(steps, 1), Geohash.finest)
    }
}
