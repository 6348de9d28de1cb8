import RESP

extension SortedSetValue {
    /// When a score is set, and how (`ZADD_IN_NX` and its kind).
    struct ScoreOptions: OptionSet {
        let rawValue: UInt8

        /// Only of a member that is not there.
        static let ifAbsent = ScoreOptions(rawValue: 1 << 0)
        /// Only of a member that is there.
        static let ifPresent = ScoreOptions(rawValue: 1 << 1)
        /// Only to more than what a member has.
        static let ifGreater = ScoreOptions(rawValue: 1 << 2)
        /// Only to less than what a member has.
        static let ifLess = ScoreOptions(rawValue: 1 << 3)
        /// By adding to what a member has.
        static let increment = ScoreOptions(rawValue: 1 << 4)
    }

    /// What has come of it, with the score that the member has now.
    enum Outcome {
        case added(Double)
        case updated(Double)
        /// The member had that score.
        case same(Double)
        /// The options did not allow it.
        case refused
        /// The sum of the scores is no number.
        case notANumber
    }

    /// Sets the score of a member, which is added where it is not there.
    @inline(__always)
    mutating func set(
        _ member: Argument, to score: Double, _ options: ScoreOptions = [],
        _ limits: EncodingLimits
    ) -> Outcome {
        switch storage {
        case .listpack(var listpack):
            if let held = Self.find(member, in: listpack) {
                let outcome = options.outcome(of: score, after: held.score)
                guard case .updated(let score) = outcome else { return outcome }
                storage = .listpack(.placeholder)
                listpack.remove(held.range, count: 2)
                Self.insert(member, score, into: &listpack)
                storage = .listpack(listpack)
                return outcome
            }
            guard !options.contains(.ifPresent) else { return .refused }
            guard listpack.count / 2 < limits.sortedSetEntries,
                member.count <= limits.sortedSetElementSize
            else {
                convert(limits)
                return set(member, to: score, options, limits)
            }
            storage = .listpack(.placeholder)
            Self.insert(member, score, into: &listpack)
            storage = .listpack(listpack)
            return .added(score)
        case .tree(var body):
            storage = .listpack(.placeholder)
            defer { storage = .tree(body) }
            return body.content.set(member, to: score, options)
        }
    }

    /// Takes a member out.
    /// - Returns: whether it was there.
    mutating func remove(_ member: Argument) -> Bool {
        switch storage {
        case .listpack(var listpack):
            guard let held = Self.find(member, in: listpack) else { return false }
            storage = .listpack(.placeholder)
            listpack.remove(held.range, count: 2)
            storage = .listpack(listpack)
            return true
        case .tree(var body):
            storage = .listpack(.placeholder)
            defer { storage = .tree(body) }
            return body.content.remove(member)
        }
    }

    /// Takes out the members of some ranks.
    mutating func remove(_ ranks: Range<Int>) {
        switch storage {
        case .listpack(var listpack):
            storage = .listpack(.placeholder)
            listpack.remove(indexes: 2 * ranks.lowerBound..<2 * ranks.upperBound)
            storage = .listpack(listpack)
        case .tree(var body):
            storage = .listpack(.placeholder)
            body.content.remove(ranks)
            storage = .tree(body)
        }
    }

    /// Becomes a tree, which it stays.
    mutating func convert(_ limits: EncodingLimits) {
        guard case .listpack(let listpack) = storage else { return }
        var scores = ElementTable<Double>(seed: limits.seed)
        scores.reserveCapacity(listpack.count / 2)
        forEach { member, score in
            let member = member.copied
            let hash = member.withArgument { scores.hash(of: $0) }
            scores.insert(member, hash: hash, score)
        }
        // A listpack of a dump may be in any order.
        let items = scores.entries
            .map { RankTree.Item(score: $0.payload, member: $0.key) }.sorted { $0.precedes($1) }
        storage = .tree(Boxed(Body(scores: scores, order: RankTree(sorted: items))))
    }

    // MARK: - Listpacks

    /// Where a member and its score lie, and the score.
    private static func find(
        _ member: Argument, in listpack: Listpack
    ) -> (range: Range<Int>, score: Double)? {
        listpack.withView { view in
            view.find(ListpackItem(member), stride: 2).map { offset in
                let score = view.next(after: offset)
                return (offset..<view.next(after: score), view.item(at: score).score)
            }
        }
    }

    /// Adds a member that is not there, before the first one that comes after it.
    private static func insert(_ member: Argument, _ score: Double, into listpack: inout Listpack) {
        let offset = listpack.withView { view in
            var offset = ListpackView.first
            while offset < view.end {
                let place = view.next(after: offset)
                let held = view.item(at: place).score
                if held > score { break }
                if held == score,
                    view.item(at: offset).withBuffer({ byteOrder($0, member.buffer) }) > 0
                {
                    break
                }
                offset = view.next(after: place)
            }
            return offset
        }
        let item = ListpackItem(member)
        listpack.insert(item, at: offset)
        let next = offset + ListpackItem.Layout(item).count
        ListpackItem.withItem(ofScore: score) { listpack.insert($0, at: next) }
    }
}

extension SortedSetValue.ScoreOptions {
    /// What comes of a score for a member that has one (`zsetAdd`).
    @inline(__always)
    func outcome(of score: Double, after held: Double) -> SortedSetValue.Outcome {
        guard !contains(.ifAbsent) else { return .refused }
        let score = contains(.increment) ? held + score : score
        guard !score.isNaN else { return .notANumber }
        if contains(.ifLess), score >= held { return .refused }
        if contains(.ifGreater), score <= held { return .refused }
        return score == held ? .same(held) : .updated(score)
    }
}

extension SortedSetValue.Body {
    /// Sets the score of a member, which is added where it is not there.
    @inline(__always)
    fileprivate mutating func set(
        _ member: Argument, to score: Double, _ options: SortedSetValue.ScoreOptions
    ) -> SortedSetValue.Outcome {
        let hash = scores.hash(of: member)
        guard let index = scores.index(of: member, hash: hash) else {
            guard !options.contains(.ifPresent) else { return .refused }
            let added = ByteString(member)
            scores.insert(added, hash: hash, score)
            order.insert(RankTree.Item(score: score, member: added))
            return .added(score)
        }
        let outcome = options.outcome(of: score, after: scores[index])
        if case .updated(let score) = outcome {
            let held = scores.entries[index]
            let rank = order.rank(of: member.buffer, held.payload)
            order.remove(rank..<rank + 1)
            order.insert(RankTree.Item(score: score, member: held.key))
            scores[index] = score
        }
        return outcome
    }

    fileprivate mutating func remove(_ member: Argument) -> Bool {
        guard let index = scores.index(of: member) else { return false }
        let rank = order.rank(of: member.buffer, scores[index])
        order.remove(rank..<rank + 1)
        scores.remove(at: index)
        return true
    }

    fileprivate mutating func remove(_ ranks: Range<Int>) {
        if ranks.count == 1 {
            let member = order[ranks.lowerBound].member
            order.remove(ranks)
            return removeScore(of: member)
        }
        var members: [ByteString] = []
        order.forEach(in: ranks) { members.append($0.member) }
        order.remove(ranks)
        for member in members { removeScore(of: member) }
    }

    private mutating func removeScore(of member: ByteString) {
        if let index = member.withArgument({ scores.index(of: $0) }) { scores.remove(at: index) }
    }
}
