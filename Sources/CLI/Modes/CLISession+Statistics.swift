import RESP

// `--stat`.
extension CLISession {
    /// Prints a line of figures each second, or as often as `-i` says.
    mutating func showStatistics() throws(CLIExit) {
        let interval = options.interval > .zero ? options.interval : .seconds(1)
        var (lines, requests) = (0, 0)
        while true {
            let reply = try persistentlyAsk("INFO")
            if case .error(let message) = reply { throw .refused("ERROR: \(message)") }
            if lines % 20 == 0 {
                output.print(
                    """
                    ------- data ------ --------------------- load -------------------- - child -
                    keys       mem      clients blocked requests            connections          

                    """)
            }
            lines += 1
            let statistics = ServerStatistics(info: reply.text ?? "")
            output.print(statistics.line(after: requests))
            requests = statistics.requests
            system.pause(interval)
        }
    }
}

/// The figures of INFO that `--stat` shows.
struct ServerStatistics {
    private let info: String

    init(info: String) {
        self.info = info
    }

    /// Commands that the server has run so far.
    var requests: Int { field("total_commands_processed") ?? .min }

    /// `requests` is how many there had been at the line before; 0 for none.
    func line(after requests: Int) -> String {
        let keys = (0..<20).compactMap { field("db\($0):keys") }.reduce(0, +)
        let new = requests == 0 ? 0 : self.requests &- requests
        return CText.leftAligned(String(keys), 11)
            + CText.leftAligned(Self.human(field("used_memory") ?? .min), 8)
            + " " + column("connected_clients", 8) + column("blocked_clients", 8)
            + CText.leftAligned("\(self.requests) (+\(new))", 19)
            + " " + column("total_connections_received", 12) + child + "\n"
    }

    private func column(_ name: String, _ width: Int) -> String {
        CText.leftAligned(String(field(name) ?? .min), width)
    }

    /// What the server is at besides.
    private var child: String {
        let flags =
            (field("bgsave_in_progress") ?? 0) | (field("aof_rewrite_in_progress") ?? 0) << 1
            | (field("loading") ?? 0) << 2
        return switch flags {
        case 1: "SAVE"
        case 2: "AOF"
        case 3: "SAVE+AOF"
        case 4: "LOAD"
        default: ""
        }
    }

    /// The number behind the first place where the name stands, also in the middle of a longer one.
    private func field(_ name: String) -> Int? {
        guard let range = info.firstRange(of: name) else { return nil }
        let value = info[range.upperBound...].dropFirst().prefix { $0 != "\r\n" && $0 != "," }
        return CText.integer(Array(value.utf8))
    }

    /// `1.23M`.
    private static func human(_ bytes: Int) -> String {
        let sign = bytes < 0 ? "-" : ""
        let size = Double(bytes.magnitude)
        switch size {
        case ..<1024: return "\(sign)\(bytes.magnitude)B"
        case ..<(1024 * 1024): return sign + CText.fixed(size / 1024) + "K"
        case ..<(1024 * 1024 * 1024): return sign + CText.fixed(size / (1024 * 1024)) + "M"
        default: return sign + CText.fixed(size / (1024 * 1024 * 1024)) + "G"
        }
    }
}
