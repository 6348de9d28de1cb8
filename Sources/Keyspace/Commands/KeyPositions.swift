package import RESP

/// Where a command's keys are among its arguments.
package struct KeyPositions: Sendable, Hashable {
    /// The index of the first key; 0 where there are none.
    package let first: Int
    /// The index of the last key; negative counts from the end, -1 being the last argument.
    package let last: Int
    package let step: Int
    /// The same as key specs: one for each use that the command makes of keys.
    package let specs: [KeySpec]
    /// How keys are found that the numbers above do not tell of.
    package let finder: Finder?

    /// Ways to find keys by what the other arguments say (`get_keys_function`).
    package enum Finder: Sendable, Hashable {
        /// MIGRATE: the third argument, or where that is empty all that follows KEYS.
        case migrate
        /// LMPOP and its kind: the number of keys is an argument, and the keys follow it.
        case counted(at: Int)
        /// SORT: the first argument, and what follows the last STORE.
        case sort
        /// XREAD: the first half of what follows STREAMS.
        case streams
        /// ZUNIONSTORE and its kind: the first argument, and as many as a number says behind that.
        case storeCounted(at: Int)
        /// GEORADIUS and its kind: the first argument, and what follows STORE or STOREDIST.
        case storeOptions
    }

    package static let none = KeyPositions(first: 0, last: 0, step: 0, specs: [], finder: nil)

    /// Whether there are any, and not only channels that are routed as keys are.
    package var areKeys: Bool { specs.contains { !$0.access.contains("not_key") } }

    /// The one key at `index`. Its access is said as key specs say it: `RO`, `RW`, `OW`, `RM`, and
    /// `access`, `update`, `insert`, `delete`.
    package static func at(_ index: Int, _ access: String...) -> KeyPositions {
        KeyPositions(KeySpec(first: index, last: index, step: 1, access: access))
    }

    /// Keys of the same use from one index to another, every `step` arguments.
    package static func range(
        _ first: Int, _ last: Int, step: Int = 1, _ access: String...
    ) -> KeyPositions {
        KeyPositions(KeySpec(first: first, last: last, step: step, access: access))
    }

    /// As many keys as the argument at `index` says, behind it.
    package static func counted(at index: Int, _ access: String...) -> KeyPositions {
        var spec = KeySpec(first: index, last: index, step: 1, access: access)
        spec.isCounted = true
        return KeyPositions(
            first: 0, last: 0, step: 0, specs: [spec], finder: .counted(at: index))
    }

    /// The first half of what follows STREAMS, which is looked for from an argument on.
    package static func streams(startFrom: Int, _ access: String...) -> KeyPositions {
        var spec = KeySpec(first: 0, last: -1, step: 1, access: access)
        spec.keyword = KeySpec.Keyword(word: "STREAMS", startFrom: startFrom)
        spec.limit = 2
        return KeyPositions(first: 0, last: 0, step: 0, specs: [spec], finder: .streams)
    }

    /// Whether the command has keys at all.
    package var isEmpty: Bool { specs.isEmpty }

    /// These keys, and right after them others of another use.
    package func and(_ others: KeyPositions) -> KeyPositions {
        KeyPositions(
            first: first, last: others.last, step: step, specs: specs + others.specs,
            finder: finder)
    }

    /// These keys, and others of another use that no number tells where they are; `notes` say why.
    package func andSomewhere(_ access: String..., notes: String) -> KeyPositions {
        var spec = KeySpec(first: 0, last: 0, step: 0, access: access)
        spec.notes = notes
        spec.isUnknown = true
        return KeyPositions(
            first: first, last: last, step: step, specs: specs + [spec], finder: finder)
    }

    /// This key, and as many more of another use as the argument at `index` says, behind it.
    package func andCounted(at index: Int, _ access: String...) -> KeyPositions {
        var spec = KeySpec(first: index, last: index, step: 1, access: access)
        spec.isCounted = true
        return KeyPositions(
            first: first, last: last, step: step, specs: specs + [spec],
            finder: .storeCounted(at: index))
    }

    /// This key, and others that are written behind STORE and STOREDIST.
    package func andStores(from index: Int, _ access: String...) -> KeyPositions {
        let stores = ["STORE", "STOREDIST"].map { word in
            var spec = KeySpec(first: 0, last: 0, step: 1, access: access)
            spec.keyword = KeySpec.Keyword(word: word, startFrom: index)
            return spec
        }
        return KeyPositions(
            first: first, last: last, step: step, specs: specs + stores,
            finder: .storeOptions)
    }

    /// These keys, which `finder` finds.
    package func found(by finder: Finder) -> KeyPositions {
        KeyPositions(first: first, last: last, step: step, specs: specs, finder: finder)
    }

    /// These keys, or instead of them all that follows a keyword, as `finder` finds out.
    package func orAfter(
        _ keyword: String, startFrom: Int, finder: Finder, _ access: String...
    ) -> KeyPositions {
        var spec = KeySpec(first: 0, last: -1, step: 1, access: access)
        spec.keyword = KeySpec.Keyword(word: keyword, startFrom: startFrom)
        return KeyPositions(
            first: first, last: last, step: step, specs: specs + [spec], finder: finder)
    }

    /// `migrateGetKeys` in db.c. KEYS next to a key is an error, which is left to the command.
    fileprivate static func keysOfMigrate(_ arguments: Arguments, from name: Int) -> StrideTo<Int> {
        var index = name + 6
        while index < arguments.count {
            if arguments[index].isKeyword("KEYS") {
                let isAlone = arguments[name + 3].count == 0
                return stride(from: index + 1, to: isAlone ? arguments.count : index + 1, by: 1)
            }
            let option = arguments[index]
            index += option.isKeyword("AUTH") ? 2 : option.isKeyword("AUTH2") ? 3 : 1
        }
        return stride(from: name + 3, to: name + 4, by: 1)
    }

    /// `genericGetKeys` in db.c. A number that cannot be is left to the command.
    fileprivate static func countedKeys(
        _ arguments: Arguments, at index: Int
    ) -> StrideTo<Int> {
        let first = index + 1
        guard index < arguments.count else { return stride(from: first, to: first, by: 1) }
        let number = arguments[index].leadingNumber
        guard number > 0, number <= arguments.count - first else {
            return stride(from: first, to: first, by: 1)
        }
        return stride(from: first, to: first + number, by: 1)
    }

    /// `sortGetKeys` in db.c: of several STOREs the last one counts.
    fileprivate static func keysOfSort(_ arguments: Arguments, from name: Int) -> StrideTo<Int> {
        var target: Int?
        var index = name + 2
        while index < arguments.count {
            let option = arguments[index]
            if option.isKeyword("STORE"), index + 1 < arguments.count { target = index + 1 }
            let takesOne = option.isKeyword("BY") || option.isKeyword("GET")
            index += option.isKeyword("LIMIT") ? 3 : takesOne ? 2 : 1
        }
        let first = name + 1
        guard let target else { return stride(from: first, to: first + 1, by: 1) }
        return stride(from: first, to: target + 1, by: target - first)
    }

    /// `xreadGetKeys` in db.c: STREAMS may be a name as well, behind GROUP.
    fileprivate static func keysOfStreams(_ arguments: Arguments, from name: Int) -> StrideTo<Int> {
        var index = name + 1
        scanning: while index < arguments.count {
            let option = arguments[index]
            if option.isKeyword("STREAMS") {
                let first = index + 1
                let count = arguments.count - first
                return stride(from: first, to: first + (count % 2 == 0 ? count / 2 : 0), by: 1)
            }
            switch true {
            case option.isKeyword("BLOCK"), option.isKeyword("COUNT"): index += 2
            case option.isKeyword("GROUP"): index += 3
            case option.isKeyword("NOACK"): index += 1
            default: break scanning
            }
        }
        return stride(from: name, to: name, by: 1)
    }

    /// Without a number that can be there is no key at all.
    fileprivate static func targetAndCountedKeys(
        _ arguments: Arguments, from name: Int, at index: Int
    ) -> KeyIndexes {
        let counted = countedKeys(arguments, at: index)
        let isEmpty = counted.allSatisfy { _ in false }
        return KeyIndexes(counted, before: isEmpty ? nil : name + 1)
    }

    /// `georadiusGetKeys` in db.c: of STORE and STOREDIST the last one counts.
    fileprivate static func storeKeys(_ arguments: Arguments, from name: Int) -> KeyIndexes {
        var target: Int?
        var index = name + 5
        while index + 1 < arguments.count {
            let isStore =
                arguments[index].isKeyword("STORE") || arguments[index].isKeyword("STOREDIST")
            if isStore { target = index + 1 }
            index += isStore ? 2 : 1
        }
        return KeyIndexes(stride(from: name + 1, to: name + 2, by: 1), before: target)
    }

    /// These keys, with a word on why they are used so, for COMMAND INFO.
    package func noting(_ notes: String) -> KeyPositions {
        changing { $0.notes = notes }
    }

    /// These keys, which are used otherwise when an option is not given: SET reads only with GET.
    package func without(_ option: String, _ access: String...) -> KeyPositions {
        changing { $0.plain = KeySpec.PlainUse(option: option, access: access) }
    }

    /// These keys of BITFIELD, which are only read where all that it is asked is GET.
    package func withOnlyFieldGets(_ access: String...) -> KeyPositions {
        changing { $0.plain = KeySpec.PlainUse(option: nil, access: access) }
    }

    private func changing(_ change: (inout KeySpec) -> Void) -> KeyPositions {
        var changed = specs
        for index in changed.indices { change(&changed[index]) }
        return KeyPositions(
            first: first, last: last, step: step, specs: changed, finder: finder)
    }

    private init(_ spec: KeySpec) {
        self.init(
            first: spec.first, last: spec.last, step: spec.step, specs: [spec], finder: nil)
    }

    private init(first: Int, last: Int, step: Int, specs: [KeySpec], finder: Finder?) {
        self.first = first
        self.last = last
        self.step = step
        self.specs = specs
        self.finder = finder
    }
}

/// Which arguments of a command are keys: a row of them, and perhaps one more before them and one behind.
package struct KeyIndexes: Sequence, IteratorProtocol {
    private var first: Int?
    private var row: StrideTo<Int>.Iterator
    private var last: Int?

    package init(_ row: StrideTo<Int>, after first: Int? = nil, before last: Int? = nil) {
        self.first = first
        self.row = row.makeIterator()
        self.last = last
    }

    package mutating func next() -> Int? {
        if let index = first {
            first = nil
            return index
        }
        if let index = row.next() { return index }
        defer { last = nil }
        return last
    }
}

extension KeyPositions.Finder {
    /// Which arguments of a command are keys; `name` is the index of its name.
    package func indexes(in arguments: Arguments, from name: Int) -> KeyIndexes {
        switch self {
        case .migrate: KeyIndexes(KeyPositions.keysOfMigrate(arguments, from: name))
        case .counted(let index):
            KeyIndexes(KeyPositions.countedKeys(arguments, at: name + index))
        case .sort: KeyIndexes(KeyPositions.keysOfSort(arguments, from: name))
        case .streams: KeyIndexes(KeyPositions.keysOfStreams(arguments, from: name))
        case .storeCounted(let index):
            KeyPositions.targetAndCountedKeys(arguments, from: name, at: name + index)
        case .storeOptions: KeyPositions.storeKeys(arguments, from: name)
        }
    }
}

/// Keys that a command uses in one way, as COMMAND INFO describes them: begin search `index` or `keyword`,
/// find keys `range` or `keynum`.
package struct KeySpec: Sendable, Hashable {
    package let first: Int
    /// Negative counts from the end.
    package let last: Int
    package let step: Int
    package let access: [String]
    /// The word after which the keys come, instead of the index `first`.
    package fileprivate(set) var keyword: Keyword?
    /// Whether the argument at `first` is the number of the keys that follow it.
    package fileprivate(set) var isCounted = false
    /// Of the arguments up to the last one only this part are keys: all for 0, half of them for 2.
    package fileprivate(set) var limit = 0
    /// Nothing but the command itself knows where the keys are.
    package fileprivate(set) var isUnknown = false
    /// Why the keys are used so, where that is not plain.
    package fileprivate(set) var notes: String?
    /// How they are used when an option is missing (`variable_flags`).
    package fileprivate(set) var plain: PlainUse?

    /// A word that keys follow, and the argument from which it is looked for; negative counts from the end.
    package struct Keyword: Sendable, Hashable {
        package let word: String
        package let startFrom: Int
    }

    /// What the keys are used for unless an option is given.
    package struct PlainUse: Sendable, Hashable {
        /// nil for BITFIELD, whose words say it.
        package let option: String?
        package let access: [String]
    }

    /// How a command uses the keys, given where its name is among the arguments.
    package func access(in arguments: Arguments, from name: Int) -> [String] {
        guard let plain else { return access }
        // Options come after the first key and its value.
        let isGiven =
            plain.option.map { option in
                arguments.indices.dropFirst(name + first + 2).contains {
                    arguments[$0].text.uppercased() == option
                }
            } ?? changesFields(arguments, from: name + first + 1)
        return isGiven ? access.filter { $0 != "variable_flags" } : plain.access
    }

    /// Whether BITFIELD does more than to read (`bitfieldGetKeys`).
    private func changesFields(_ arguments: Arguments, from start: Int) -> Bool {
        var index = start
        while index < arguments.count {
            let left = arguments.count - index - 1
            if arguments[index].isKeyword("GET"), left >= 2 {
                index += 3
            } else if arguments[index].isKeyword("OVERFLOW"), left >= 1 {
                index += 2
            } else {
                return true
            }
        }
        return false
    }

    /// The last key as `find_keys` has it: counted from the first, or negative from the end.
    package var lastOffset: Int { last < 0 ? last : last - first }
}

extension Argument {
    /// The number that the argument begins with, and 0 where it begins with none: what C makes of it (`atoi`).
    fileprivate var leadingNumber: Int {
        var digits = buffer.drop { $0 == 32 || (9...13).contains($0) }
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        var number = 0
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { break }
            let (product, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = product.addingReportingOverflow(Int(byte) - 48)
            // The greatest long there is has all bits of an int.
            guard !isTooLarge, !overflows else { return isNegative ? 0 : -1 }
            number = sum
        }
        return Int(Int32(truncatingIfNeeded: isNegative ? -number : number))
    }
}
