import Lessons

/// The 16384 slots as a bar: each cell shows the letter of the master that owns most of its slots, below it how many
/// keys they hold, and what is not as it should be.
struct SlotBar {
    /// The owners, in the order of their letters.
    let owners: [ClusterNode]
    /// Slots that are on their way, as anyone says.
    let openSlots: Set<Int>
    let keys: [Int]
    /// 64, or fewer on a narrow screen.
    let cellCount: Int

    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    /// Escape sequences' numbers of colours that are told apart on dark and on light.
    private static let colours = [36, 33, 35, 32, 34, 31]
    private static let margin = "slots |"

    init(owners: [ClusterNode], openSlots: Set<Int>, keys: [Int], width: Int) {
        self.owners = owners
        self.openSlots = openSlots
        self.keys = keys
        cellCount = width >= 64 + Self.margin.count + 1 ? 64 : 32
    }

    /// An owner's letter; past 52 owners a sign for all others.
    static func letter(_ index: Int) -> Character {
        index < letters.count ? letters[index] : "%"
    }

    /// A letter in its owner's colour.
    static func coloured(_ letter: String, _ index: Int) -> String {
        "\u{1B}[\(colours[index % colours.count])m\(letter)\u{1B}[0m"
    }

    /// Slots in a cell.
    var cellSize: Int { KeySlot.count / cellCount }

    /// The rows, with what their signs mean below them.
    func lines(hasColour: Bool) -> [String] {
        let cells = cells
        let marks = cells.map(\.mark)
        var lines = [
            scale,
            Self.margin + cells.map { $0.text(hasColour) }.joined() + "|",
            " keys |" + String(cells.map { Self.density($0.keys) }) + "|",
        ]
        if marks.contains(where: { $0 != " " }) { lines.append("      |" + String(marks) + "|") }
        return lines + legend(marks)
    }

    /// The slot numbers above the bar.
    private var scale: String {
        let step = cellCount / 4
        let blank = String(repeating: " ", count: Self.margin.count)
        return (0..<4).reduce(into: blank) { text, quarter in
            let number = "\(quarter * step * cellSize)"
            text += number + String(repeating: " ", count: step - number.count)
        } + "16383"
    }

    private func legend(_ marks: [Character]) -> [String] {
        let blank = cellCount < 64 ? "" : String(repeating: " ", count: Self.margin.count)
        var lines = ["\(cellSize) slots a sign; keys: . 1  : 10  + 100  # 1000 or more"]
        if marks.contains(">") { lines.append("> slots on their way") }
        if marks.contains("!") { lines.append("! slots without an owner") }
        return lines.map { blank + $0 }
    }

    /// A sign for a number of keys.
    private static func density(_ keys: Int) -> Character {
        switch keys {
        case ..<1: " "
        case ..<10: "."
        case ..<100: ":"
        case ..<1000: "+"
        default: "#"
        }
    }

    private struct Cell {
        /// Of the owner of most of its slots; nil where most have none.
        var owner: Int?
        var keys = 0
        var mark: Character = " "

        func text(_ hasColour: Bool) -> String {
            guard let owner else { return "-" }
            let letter = String(SlotBar.letter(owner))
            return hasColour ? SlotBar.coloured(letter, owner) : letter
        }
    }

    private var cells: [Cell] {
        let ownerBySlot = ownerBySlot
        return (0..<cellCount).map { index in
            let slots = index * cellSize..<(index + 1) * cellSize
            var counts = [Int](repeating: 0, count: owners.count + 1)
            for slot in slots { counts[ownerBySlot[slot] ?? owners.count] += 1 }
            let most = counts.indices.max { (counts[$0], -$0) < (counts[$1], -$1) } ?? 0
            var cell = Cell(
                owner: most < owners.count ? most : nil, keys: keys[slots].reduce(0, +))
            if counts[owners.count] > 0 { cell.mark = "!" }
            if slots.contains(where: openSlots.contains) { cell.mark = ">" }
            return cell
        }
    }

    private var ownerBySlot: [Int?] {
        var found = [Int?](repeating: nil, count: KeySlot.count)
        for (index, owner) in owners.enumerated() {
            for slot in owner.slots.joined() where found.indices.contains(slot) {
                found[slot] = index
            }
        }
        return found
    }
}
