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

    package static let none = KeyPositions(first: 0, last: 0, step: 0, specs: [])

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

    /// These keys, and right after them others of another use.
    package func and(_ others: KeyPositions) -> KeyPositions {
        KeyPositions(first: first, last: others.last, step: step, specs: specs + others.specs)
    }

    /// These keys, with a word on why they are used so, for COMMAND INFO.
    package func noting(_ notes: String) -> KeyPositions {
        changing { $0.notes = notes }
    }

    /// These keys, which are used otherwise when an option is not given: SET reads only with GET.
    package func without(_ option: String, _ access: String...) -> KeyPositions {
        changing { $0.plain = KeySpec.PlainUse(option: option, access: access) }
    }

    private func changing(_ change: (inout KeySpec) -> Void) -> KeyPositions {
        var changed = specs
        for index in changed.indices { change(&changed[index]) }
        return KeyPositions(first: first, last: last, step: step, specs: changed)
    }

    private init(_ spec: KeySpec) {
        self.init(first: spec.first, last: spec.last, step: spec.step, specs: [spec])
    }

    private init(first: Int, last: Int, step: Int, specs: [KeySpec]) {
        self.first = first
        self.last = last
        self.step = step
        self.specs = specs
    }
}

/// Keys that a command uses in one way, as COMMAND INFO describes them: begin search `index`, find
/// keys `range`.
package struct KeySpec: Sendable, Hashable {
    package let first: Int
    /// Negative counts from the end.
    package let last: Int
    package let step: Int
    package let access: [String]
    /// Why the keys are used so, where that is not plain.
    package fileprivate(set) var notes: String?
    /// How they are used when an option is missing (`variable_flags`).
    package fileprivate(set) var plain: PlainUse?

    /// What the keys are used for unless an option is given.
    package struct PlainUse: Sendable, Hashable {
        package let option: String
        package let access: [String]
    }

    /// How a command uses the keys, given where its name is among the arguments. Options come after the first
    /// key and its value.
    package func access(in arguments: Arguments, from name: Int) -> [String] {
        guard let plain else { return access }
        let isGiven = arguments.indices.dropFirst(name + first + 2).contains {
            arguments[$0].text.uppercased() == plain.option
        }
        return isGiven ? access.filter { $0 != "variable_flags" } : plain.access
    }

    /// The last key as `find_keys` has it: counted from the first, or negative from the end.
    package var lastOffset: Int { last < 0 ? last : last - first }
}
