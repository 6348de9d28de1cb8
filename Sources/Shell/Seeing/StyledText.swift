/// A line of a screen as cells, each with the escape sequences that colour it: two lines can be compared cell by cell.
struct StyledText: Equatable {
    private(set) var cells: [Cell] = []

    /// A character, and `ESC[…m` sequences that are in force there.
    struct Cell: Equatable {
        var character: Character
        var style: String
    }

    private static let plain = "\u{1B}[0m"
    private static let inverse = "\u{1B}[1;7m"

    init(_ text: String) {
        var style = ""
        var rest = text[...]
        while let character = rest.first {
            guard character == "\u{1B}", let end = rest.firstIndex(of: "m") else {
                cells.append(Cell(character: character, style: style))
                rest.removeFirst()
                continue
            }
            let sequence = String(rest[...end])
            style = sequence == Self.plain ? "" : style + sequence
            rest = rest[rest.index(after: end)...]
        }
    }

    /// Without its colours.
    var text: String { String(cells.map(\.character)) }

    /// The line in at most `width` columns; what another line had otherwise is inverse.
    func rendered(width: Int, changedFrom before: StyledText?) -> String {
        var style = ""
        var line = ""
        for (index, cell) in cells.prefix(width).enumerated() {
            let isChanged = before.map { before in
                !before.cells.indices.contains(index)
                    || before.cells[index].character != cell.character
            }
            let wanted = cell.style + (isChanged ?? false ? Self.inverse : "")
            if wanted != style { line += (style.isEmpty ? "" : Self.plain) + wanted }
            style = wanted
            line.append(cell.character)
        }
        return line + (style.isEmpty ? "" : Self.plain)
    }
}
