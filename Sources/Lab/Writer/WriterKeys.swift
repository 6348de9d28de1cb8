/// The keys of the writer: one for every slot, the first of `writer:0`, `writer:1`, … that hashes to it.
enum WriterKeys {
    static let count = 16384

    /// By slot.
    static let names: [String] = {
        var names = [String](repeating: "", count: count)
        var missing = count
        var number = 0
        while missing > 0 {
            let name = "writer:\(number)"
            let slot = Lab.slot(ofKey: Array(name.utf8))
            if names[slot].isEmpty {
                names[slot] = name
                missing -= 1
            }
            number += 1
        }
        return names
    }()

    /// The key of a slot, where not one key alone is meant.
    static func name(of slot: Int, _ only: String?) -> String { only ?? names[slot] }

    /// The slot whose turn it is, where not one key alone is meant.
    static func slot(atTurn turn: Int, _ only: String?) -> Int {
        only.map { Lab.slot(ofKey: Array($0.utf8)) } ?? slot(atTurn: turn)
    }

    /// The slot whose turn it is. The step is 16384 divided by the golden ratio, and odd: all slots have their turn, and
    /// however few writes there were, they lie evenly among the masters.
    static func slot(atTurn turn: Int) -> Int { turn % count * 10125 % count }
}
