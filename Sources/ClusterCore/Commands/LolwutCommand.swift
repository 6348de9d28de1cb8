import Keyspace
import RESP

/// LOLWUT: a picture, and the version (lolwut.c). The pictures are this program's own.
let lolwutCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "lolwut", arity: -1, [.readonly, .fast], .server, since: "5.0.0",
        complexity: "",
        summary: "Draws a picture by chance, and tells the version.",
        syntax: "[VERSION version]", run: draw)
]

@Sendable private func draw(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let ending = "Redis ver. \(Node.redisVersion)\n"
    var version: Int64 = 7
    var first = 1
    if arguments.count >= 3, arguments[1].isKeyword("VERSION") {
        guard let number = arguments[2].integer else { throw .notAnInteger }
        version = number
        first = 3
    }
    var numbers: [Int] = []
    for index in first..<max(first, min(arguments.count, first + 3)) {
        guard version == 5 || version == 6 && index < first + 2 else { break }
        guard let number = arguments[index].integer else { throw .notAnInteger }
        numbers.append(Int(number))
    }
    let size = { (index: Int, standard: Int, greatest: Int) in
        max(1, min(greatest, index < numbers.count ? numbers[index] : standard))
    }
    switch version {
    case 5:
        let picture = FallingSquares(
            columns: size(0, 66, 1000), squares: size(1, 8, 200), rows: size(2, 12, 200))
        let text = picture.text(&node.random)
        reply.verbatimString(
            text + "\nSquares that lose their hold, after a plot of 1968 by Georg Nees. " + ending)
    case 6:
        let picture = NightTown(columns: size(0, 80, 1000), rows: size(1, 20, 1000))
        let text = picture.text(&node.random)
        reply.verbatimString(text + "\nA town by night, no two of them alike. " + ending)
    default: reply.verbatimString(ending)
    }
}

/// Squares in rows, the more tilted and displaced the further down they are, in dots of braille.
private struct FallingSquares {
    /// Dots that a picture has at most.
    private static let greatestArea = 1 << 24

    private let width: Int
    private let height: Int
    private let side: Int
    private let squares: Int
    private let rows: Int

    init(columns: Int, squares: Int, rows: Int) {
        width = columns * 2
        side = max(1, (width - 4) / squares)
        self.squares = squares
        self.rows = min(rows, max(1, Self.greatestArea / (width * side)))
        height = side * self.rows + 4
    }

    func text(_ random: inout SplitMix64) -> String {
        var canvas = Canvas(width: width, height: height)
        for row in 0..<rows {
            let disorder = rows == 1 ? 0 : Double(row) / Double(rows - 1)
            for column in 0..<squares {
                let chance = (0..<3).map { _ in Double(random.next(below: 2001) - 1000) / 1000 }
                let x = Double(2 + column * side) + Double(side) * (0.5 + disorder * chance[0] / 3)
                let y = Double(2 + row * side) + Double(side) * (0.5 + disorder * chance[1] / 3)
                canvas.drawSquare(x, y, side: Double(side - 1), turn: disorder * chance[2] * 0.4)
            }
        }
        return canvas.text
    }
}

/// Dots, of which two by four make a character of braille.
private struct Canvas {
    let width: Int
    let height: Int
    private var dots: [Bool]

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        dots = Array(repeating: false, count: width * height)
    }

    /// A square around a point; `turn` is the tangent of half the angle by which it is tilted.
    mutating func drawSquare(_ x: Double, _ y: Double, side: Double, turn: Double) {
        let cosine = (1 - turn * turn) / (1 + turn * turn)
        let sine = 2 * turn / (1 + turn * turn)
        let corners = [(-1.0, -1.0), (1, -1), (1, 1), (-1, 1)].map { corner in
            (
                x + side / 2 * (corner.0 * cosine - corner.1 * sine),
                y + side / 2 * (corner.0 * sine + corner.1 * cosine)
            )
        }
        for index in 0..<4 { drawLine(corners[index], corners[(index + 1) % 4]) }
    }

    private mutating func drawLine(_ start: (Double, Double), _ end: (Double, Double)) {
        let (dx, dy) = (end.0 - start.0, end.1 - start.1)
        let steps = max(1, Int(max(abs(dx), abs(dy)).rounded(.up)))
        for step in 0...steps {
            let part = Double(step) / Double(steps)
            let (x, y) = (Int(start.0 + dx * part), Int(start.1 + dy * part))
            guard x >= 0, x < width, y >= 0, y < height else { continue }
            dots[y * width + x] = true
        }
    }

    var text: String {
        var text = ""
        for top in stride(from: 0, to: height, by: 4) {
            for left in stride(from: 0, to: width, by: 2) {
                text.unicodeScalars.append(character(left, top))
            }
            text += "\n"
        }
        return text
    }

    /// The dots of a character have their bits column by column, the lowest two rows' apart.
    private func character(_ left: Int, _ top: Int) -> UnicodeScalar {
        let places = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]
        var bits: UInt32 = 0
        for (bit, place) in places.enumerated() {
            let (x, y) = (left + place.0, top + place.1)
            if x < width, y < height, dots[y * width + x] { bits |= 1 << UInt32(bit) }
        }
        return UnicodeScalar(0x2800 + bits) ?? " "
    }
}

/// Houses with lit windows under a sky of stars.
private struct NightTown {
    let columns: Int
    let rows: Int

    func text(_ random: inout SplitMix64) -> String {
        var heights: [Int] = []
        while heights.count < columns {
            let height = rows / 6 + random.next(below: max(1, rows * 2 / 3))
            let width = 3 + random.next(below: 8)
            heights += Array(repeating: height, count: width - 1) + [0]
        }
        var text = ""
        for row in 0..<rows {
            for column in 0..<columns {
                let isHouse = rows - row <= heights[column]
                let isWindow = isHouse && row % 2 == 1 && column % 2 == 1
                let chance = random.next(below: 40)
                text += isWindow && chance < 14 ? "▒" : isHouse ? "█" : chance == 0 ? "." : " "
            }
            text += "\n"
        }
        return text
    }
}
