package import RESP

/// Keys with what a command uses them for, as COMMAND GETKEYSANDFLAGS and permissions ask for them.
extension KeyPositions {
    /// Where keys are, and how they are used (`getKeysFromCommandWithSpecs`): as the specs say, or where the arguments do
    /// not suit them, as the command itself finds them. `name` is the index of its name.
    package func uses(
        in arguments: Arguments, from name: Int
    ) -> [(index: Int, access: [String])] {
        let known = specs.filter { !$0.access.contains("not_key") }
        var uses: [(index: Int, access: [String])] = []
        for spec in known {
            guard !spec.isUnknown, let keys = spec.indexes(in: arguments, from: name) else {
                return usesFound(in: arguments, from: name)
            }
            let access = spec.access(in: arguments, from: name)
            uses += keys.map { ($0, access) }
            // There may be more than a spec that is incomplete tells.
            if spec.access.contains("incomplete"), !keys.isEmpty {
                return usesFound(in: arguments, from: name)
            }
        }
        return uses
    }

    /// Only some of Redis' own functions that find keys know what they are for.
    private func usesFound(
        in arguments: Arguments, from name: Int
    ) -> [(index: Int, access: [String])] {
        switch finder {
        case .sort:
            let access = [specs[0].access, specs[specs.count - 1].access]
            return Finder.sort.indexes(in: arguments, from: name).enumerated().map {
                ($1, access[min($0, 1)])
            }
        case .migrate:
            return Finder.migrate.indexes(in: arguments, from: name).map { ($0, specs[0].access) }
        case .counted, .streams, .storeCounted, .storeOptions:
            return finder.map { $0.indexes(in: arguments, from: name).map { ($0, []) } } ?? []
        case nil:
            // SORT_RO, whose other keys nobody knows.
            guard let first = specs.first, specs.contains(where: \.isUnknown) else { return [] }
            return [(name + first.first, first.access)]
        }
    }
}

extension KeySpec {
    /// Which arguments are keys, none where the word in front of them is missing; nil where the arguments do not suit the
    /// spec (`getKeysUsingKeySpecs`).
    fileprivate func indexes(in arguments: Arguments, from name: Int) -> [Int]? {
        var first = first + name
        if let keyword {
            guard let place = place(of: keyword, in: arguments, from: name) else { return [] }
            first = place + 1
        }
        let last: Int
        if isCounted {
            guard first < arguments.count, let number = arguments[first].integer, number >= 0
            else { return nil }
            first += 1
            last = first + Int(Int32(truncatingIfNeeded: number)) - 1
        } else if limit > 0 {
            last = first + (arguments.count - first) / limit - 1
        } else {
            last = lastOffset < 0 ? arguments.count + lastOffset : first + lastOffset
        }
        guard first <= last, last < arguments.count else { return nil }
        return Array(stride(from: first, through: last, by: step))
    }

    /// Where the word is; it is no use as the last argument, nor looked for there.
    private func place(of keyword: Keyword, in arguments: Arguments, from name: Int) -> Int? {
        let isWord = { (index: Int) in
            arguments[index].text.uppercased() == keyword.word.uppercased()
        }
        guard keyword.startFrom < 0 else {
            return (name + keyword.startFrom..<max(name + keyword.startFrom, arguments.count - 1))
                .first(where: isWord)
        }
        let start = arguments.count + keyword.startFrom
        return stride(from: start, to: name + 1, by: -1).first(where: isWord)
    }
}
