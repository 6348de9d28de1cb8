import CLibedit
import RESP

// `--hotkeys`.
extension CLISession {
    /// Walks over all keys and tells those whose access counters are highest.
    mutating func findHotKeys() throws(CLIExit) {
        catch_interrupts()
        let total = try keyCount()
        output.print(
            """

            # Scanning the entire keyspace to find hot keys as well as
            # average sizes per key type.  You can use -i 0.1 to sleep 0.1 sec
            # per 100 SCAN commands (not usually needed).


            """)
        var (pool, progress, cursor) = (HotKeys(), ScanProgress(total: total), ScanCursor())
        repeat {
            progress.beginLoop()
            let keys = try scan(&cursor)
            for (key, frequency) in zip(keys, try frequencies(of: keys)) {
                progress.note(key)
                if let line = progress.milestone { output.print(line) }
                guard pool.take(key, frequency) else { continue }
                output.print(
                    "[\(progress.percent)] Hot key '\(RESPValue.quoted(key))' found so far with counter \(frequency)\n"
                )
            }
            if progress.isTimeToPause { system.pause(options.interval) }
        } while !progress.noteInterrupt(take_interrupt()) && !cursor.isAtEnd
        output.print(progress.summary)
        for (key, counter) in pool.hottestFirst {
            output.print("hot key found with counter: \(counter)\tkeyname: \(key)\n")
        }
    }

    private func frequencies(of keys: [[UInt8]]) throws(CLIExit) -> [Int] {
        let replies = try askEach(keys) {
            ["OBJECT", "FREQ"].map { Array($0.utf8) } + [$0]
        } onLoss: {
            "Error getting freq for key '\(RESPValue.quoted($0))' (\($1.number): \($1.text))"
        }
        var frequencies: [Int] = []
        for (key, reply) in zip(keys, replies) {
            switch reply {
            case .integer(let frequency): frequencies.append(Int(frequency))
            case .error(let message): throw .refused("Error: \(message)")
            default:
                output.complain(
                    "Warning: OBJECT freq on '\(RESPValue.quoted(key))' failed (may have been deleted)\n"
                )
                frequencies.append(0)
            }
        }
        return frequencies
    }
}

/// The sixteen hottest keys, in redis-cli's eviction pool: ascending, empty places first.
struct HotKeys {
    private var places = [(key: String, counter: Int)](repeating: ("", 0), count: 16)

    /// True when the key is one of them now.
    mutating func take(_ key: [UInt8], _ counter: Int) -> Bool {
        let below = places.prefix { counter > $0.counter }.count
        guard below > 0 else { return false }
        let place = below - 1
        if place > 0, places[place].counter > 0 {
            places.remove(at: 0)
            places.insert((RESPValue.quoted(key), counter), at: place)
        } else {
            places[place] = (RESPValue.quoted(key), counter)
        }
        return true
    }

    var hottestFirst: [(key: String, counter: Int)] {
        places.reversed().filter { $0.counter > 0 }
    }
}
