import CLibedit
import RESP

// `--bigkeys`, `--memkeys` and `--memkeys-samples`.
extension CLISession {
    /// What makes a key big.
    enum KeyMeasure {
        /// The number of its elements, or the length of a string.
        case elements
        /// What MEMORY USAGE says; 0 samples are Redis' default.
        case memory(samples: Int)
    }

    /// Walks over all keys and tells the biggest one of each type.
    mutating func findBigKeys(_ measure: KeyMeasure) throws(CLIExit) {
        catch_interrupts()
        let total = try keyCount()
        output.print(
            """

            # Scanning the entire keyspace to find biggest keys as well as
            # average sizes per key type.  You can use -i 0.1 to sleep 0.1 sec
            # per 100 SCAN commands (not usually needed).


            """)
        var (types, progress, cursor) = (KeyTypes(), ScanProgress(total: total), ScanCursor())
        repeat {
            progress.beginLoop()
            let keys = try scan(&cursor)
            let places = try self.places(of: keys, in: &types)
            let sizes = try self.sizes(of: zip(keys, places).map { ($0, $1) }, types, by: measure)
            for (index, key) in keys.enumerated() {
                guard let place = places[index] else { continue }
                progress.note(key)
                if types.note(key, size: sizes[index], at: place) {
                    announce(types.types[place], progress, measure)
                }
                if let line = progress.milestone { output.print(line) }
            }
            if progress.isTimeToPause { system.pause(options.interval) }
        } while !progress.noteInterrupt(take_interrupt()) && !cursor.isAtEnd
        summarize(types, progress, measure)
    }

    private func places(of keys: [[UInt8]], in types: inout KeyTypes) throws(CLIExit) -> [Int?] {
        let replies = try askEach(keys) {
            [Array("TYPE".utf8), $0]
        } onLoss: {
            "Error getting type for key '\(String(decoding: $0, as: UTF8.self))' (\($1.number): \($1.text))"
        }
        var places: [Int?] = []
        for (key, reply) in zip(keys, replies) {
            switch reply {
            case .simpleString(let name): places.append(types.place(of: name))
            case .error(let message): throw .refused("TYPE returned an error: \(message)")
            default:
                let name = String(decoding: key, as: UTF8.self)
                throw .refused("Invalid reply type for TYPE on key '\(name)'!")
            }
        }
        return places
    }

    private func sizes(
        of keys: [([UInt8], Int?)], _ types: KeyTypes, by measure: KeyMeasure
    ) throws(CLIExit) -> [Int] {
        var commands: [Int: [[UInt8]]] = [:]
        for (index, (key, place)) in keys.enumerated() {
            guard let place else { continue }
            commands[index] = Self.sizeCommand(key, types.types[place], measure)
        }
        let asked = commands.keys.sorted()
        let replies = try askEach(asked) {
            commands[$0] ?? []
        } onLoss: {
            let name = String(decoding: keys[$0].0, as: UTF8.self)
            return "Error getting size for key '\(name)' (\($1.number): \($1.text))"
        }
        var sizes = [Int](repeating: 0, count: keys.count)
        for (index, reply) in zip(asked, replies) {
            if case .integer(let size) = reply {
                sizes[index] = Int(size)
            } else if let command = commands[index] {
                warn(ofSize: keys[index].0, command, measure)
            }
        }
        return sizes
    }

    private static func sizeCommand(
        _ key: [UInt8], _ type: KeyTypes.KeyType, _ measure: KeyMeasure
    ) -> [[UInt8]]? {
        switch measure {
        case .elements: type.sizeCommand.map { [Array($0.utf8), key] }
        case .memory(samples: 0): ["MEMORY", "USAGE"].map { Array($0.utf8) } + [key]
        case .memory(let samples):
            ["MEMORY", "USAGE"].map { Array($0.utf8) } + [key]
                + ["SAMPLES", String(samples)].map { Array($0.utf8) }
        }
    }

    private func warn(ofSize key: [UInt8], _ command: [[UInt8]], _ measure: KeyMeasure) {
        var name = "MEMORY USAGE"
        if case .elements = measure { name = String(decoding: command[0], as: UTF8.self) }
        output.complain(
            "Warning:  \(name) on '\(String(decoding: key, as: UTF8.self))' failed (may have changed type)\n"
        )
    }

    private func announce(
        _ type: KeyTypes.KeyType, _ progress: ScanProgress, _ measure: KeyMeasure
    ) {
        let name = CText.leftAligned(type.name, 6)
        output.print(
            "[\(progress.percent)] Biggest \(name) found so far '\(type.biggestKey ?? "")' with \(type.biggest) \(measure.unit(of: type))\n"
        )
    }

    private func summarize(_ types: KeyTypes, _ progress: ScanProgress, _ measure: KeyMeasure) {
        output.print(progress.summary)
        let average = progress.sampled == 0 ? 0 : Double(progress.bytes) / Double(progress.sampled)
        output.print(
            "Total key length in bytes is \(progress.bytes) (avg len \(CText.fixed(average)))\n\n")
        for type in types.listed {
            guard let key = type.biggestKey else { continue }
            output.print(
                "Biggest \(CText.rightAligned(type.name, 6)) found '\(key)' has \(type.biggest) \(measure.unit(of: type))\n"
            )
        }
        output.print("\n")
        for type in types.listed {
            let share =
                progress.sampled == 0 ? 0 : 100 * Double(type.count) / Double(progress.sampled)
            let size = type.count == 0 ? 0 : Double(type.totalSize) / Double(type.count)
            output.print(
                "\(type.count) \(type.name)s with \(type.totalSize) \(measure.unit(of: type)) (\(CText.percent(share))% of keys, avg size \(CText.fixed(size)))\n"
            )
        }
    }
}

extension CLISession.KeyMeasure {
    fileprivate func unit(of type: KeyTypes.KeyType) -> String {
        switch self {
        case .elements: type.unit
        case .memory: "bytes"
        }
    }
}

extension CLIConnection.Failure {
    /// hiredis' number for the kind of error.
    var number: Int {
        switch self {
        case .system: 1
        case .closed: 3
        case .malformed: 4
        }
    }
}
