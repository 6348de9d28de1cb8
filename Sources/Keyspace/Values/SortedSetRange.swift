import RESP

/// Members of a sorted set that lie between two bounds of some kind.
protocol SortedSetRange {
    /// Whether no member at all can lie in it.
    var isEmpty: Bool { get }
    /// Whether a member comes before all that lie in it.
    func liesBehind(_ member: ListpackItem, _ score: Double) -> Bool
    /// Whether a member comes after all that lie in it.
    func liesBefore(_ member: ListpackItem, _ score: Double) -> Bool
}

/// Members by their scores.
struct ScoreRange: SortedSetRange {
    /// A score that belongs to the range, or the first one outside.
    struct Bound {
        let score: Double
        var isExclusive = false

        init(_ score: Double, isExclusive: Bool = false) {
            self.score = score
            self.isExclusive = isExclusive
        }

        /// A score as clients write it: `1.5`, `(1.5` where it does not belong to the range, `-inf`.
        init(_ argument: Argument) throws(ReplyError) {
            isExclusive = argument.buffer.first == UInt8(ascii: "(")
            let text = UnsafeBufferPointer(
                rebasing: argument.buffer.dropFirst(isExclusive ? 1 : 0))
            guard let score = parseBound(text) else {
                throw ReplyError("ERR min or max is not a float")
            }
            self.score = score
        }
    }

    let minimum: Bound
    let maximum: Bound

    var isEmpty: Bool {
        minimum.score > maximum.score
            || minimum.score == maximum.score && (minimum.isExclusive || maximum.isExclusive)
    }

    @inline(__always)
    func liesBehind(_ member: ListpackItem, _ score: Double) -> Bool {
        minimum.isExclusive ? score <= minimum.score : score < minimum.score
    }

    @inline(__always)
    func liesBefore(_ member: ListpackItem, _ score: Double) -> Bool {
        maximum.isExclusive ? score >= maximum.score : score > maximum.score
    }
}

/// Members of one score by their bytes. It borrows the bounds and is valid as long as they are.
struct LexRange: SortedSetRange {
    /// Where the range begins or ends.
    enum Bound {
        /// `-`: before all members.
        case lowest
        /// `+`: after all members.
        case highest
        /// `[` and `(`: at a member, which belongs to the range or does not.
        case member(UnsafeBufferPointer<UInt8>, isExclusive: Bool)

        init(_ argument: Argument) throws(ReplyError) {
            let text = UnsafeBufferPointer(rebasing: argument.buffer.dropFirst())
            let isAlone = text.first ?? 0 == 0
            switch argument.buffer.first {
            case UInt8(ascii: "-") where isAlone: self = .lowest
            case UInt8(ascii: "+") where isAlone: self = .highest
            case UInt8(ascii: "["): self = .member(text, isExclusive: false)
            case UInt8(ascii: "("): self = .member(text, isExclusive: true)
            default: throw ReplyError("ERR min or max not valid string range item")
            }
        }
    }

    let minimum: Bound
    let maximum: Bound

    var isEmpty: Bool {
        switch (minimum, maximum) {
        case (.lowest, .highest), (.lowest, .member), (.member, .highest): return false
        case (.highest, _), (_, .lowest): return true
        case (.member(let low, let isLowExclusive), .member(let high, let isHighExclusive)):
            let order = byteOrder(low, high)
            return order > 0 || order == 0 && (isLowExclusive || isHighExclusive)
        }
    }

    func liesBehind(_ member: ListpackItem, _ score: Double) -> Bool {
        switch minimum {
        case .lowest: return false
        case .highest: return true
        case .member(let bound, let isExclusive):
            let order = member.withBuffer { byteOrder($0, bound) }
            return isExclusive ? order <= 0 : order < 0
        }
    }

    func liesBefore(_ member: ListpackItem, _ score: Double) -> Bool {
        switch maximum {
        case .lowest: return true
        case .highest: return false
        case .member(let bound, let isExclusive):
            let order = member.withBuffer { byteOrder($0, bound) }
            return isExclusive ? order >= 0 : order > 0
        }
    }
}
