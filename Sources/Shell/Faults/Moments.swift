import Lab

/// The cluster as it was before lines that changed it, for `undo`, `rewind` and `load`.
struct Moments {
    /// Before a line.
    struct Moment {
        let line: String
        let snapshot: any LabSnapshot
        /// How many lines the recorder had.
        let typed: Int
    }

    private(set) var past: [Moment] = []
    private(set) var kept: [String: Moment] = [:]
    /// The name of the last one that was kept, in order.
    private(set) var names: [String] = []

    /// Replies to the line that runs; nil when the last moment is of an earlier line.
    private var replies: (all: Int, errors: Int)?

    /// More would hold too much of what has gone.
    private static let limit = 20

    mutating func add(_ snapshot: any LabSnapshot, before line: String, typed: Int) {
        past.append(Moment(line: line, snapshot: snapshot, typed: typed))
        if past.count > Self.limit { past.removeFirst() }
        replies = (0, 0)
    }

    /// Takes in how a node replied to the line that runs.
    mutating func note(isError: Bool) {
        replies?.all += 1
        if isError { replies?.errors += 1 }
    }

    /// The line is over. Where every node refused it nothing has changed, and so there is nothing to undo.
    mutating func endLine() {
        if let replies, replies.all > 0, replies.all == replies.errors { past.removeLast() }
        replies = nil
    }

    /// The line was refused by the lab itself: nothing has changed.
    mutating func dropLine() {
        if replies != nil { past.removeLast() }
        replies = nil
    }

    /// Takes out the last one.
    mutating func takeLast() -> Moment? { past.popLast() }

    /// Takes out the moment of that number, counted from 1, and forgets all behind it.
    mutating func take(number: Int) -> Moment? {
        guard past.indices.contains(number - 1) else { return nil }
        let moment = past[number - 1]
        past.removeSubrange((number - 1)...)
        return moment
    }

    /// The number of the last moment that is at least so long ago; nil where there is none.
    func number(before time: Duration) -> Int? {
        past.lastIndex { $0.snapshot.time <= time }.map { $0 + 1 }
    }

    mutating func keep(_ snapshot: any LabSnapshot, as name: String, typed: Int) {
        if kept[name] == nil { names.append(name) }
        kept[name] = Moment(line: name, snapshot: snapshot, typed: typed)
    }

    /// Another cluster has begun.
    mutating func forget() { self = Moments() }
}
