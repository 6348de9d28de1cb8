/// client-output-buffer-limit: how much clients may leave waiting before their connection ends, by what they are
/// (`clientBufferLimitsConfig` in server.h). It holds for what is sent to them unasked: the replication stream,
/// messages, the commands that MONITOR shows. While replies wait nothing is read from a client, so that these need
/// no limit.
package struct OutputBufferLimits: Hashable, Sendable, CustomStringConvertible {
    package var normal = Limit(hard: 0, soft: 0, softSeconds: 0)
    package var replica = Limit(hard: 256 << 20, soft: 64 << 20, softSeconds: 60)
    package var pubsub = Limit(hard: 32 << 20, soft: 8 << 20, softSeconds: 60)

    /// Bytes; 0 for no limit.
    package struct Limit: Hashable, Sendable {
        package var hard: Int
        /// May be exceeded for a time.
        package var soft: Int
        package var softSeconds: Int

        /// Whether so much may not stay for long.
        package func isReached(by count: Int) -> Bool {
            hard > 0 && count >= hard || soft > 0 && count >= soft
        }

        /// Whether the connection has to end, where `isReached` has been so for a time.
        package func isExceeded(by count: Int, for time: Duration) -> Bool {
            hard > 0 && count >= hard
                || soft > 0 && count >= soft && time > .seconds(softSeconds)
        }
    }

    /// As CONFIG GET shows them: the replicas' by their old name, as in Redis.
    package var description: String {
        [("normal", normal), ("slave", replica), ("pubsub", pubsub)].map { name, limit in
            "\(name) \(limit.hard) \(limit.soft) \(limit.softSeconds)"
        }.joined(separator: " ")
    }

    /// Takes `class hard soft seconds`, for one class or several (`updateClientOutputBufferLimit`).
    mutating func set(_ text: String) throws(ConfigurationParameter.Refusal) {
        let words = text.split(separator: " ").map { $0.lowercased() }
        guard words.count % 4 == 0 else {
            throw ConfigurationParameter.Refusal(
                reason: "Wrong number of arguments in buffer limit configuration.")
        }
        for start in stride(from: 0, to: words.count, by: 4) {
            guard let path = Self.paths[words[start]] else {
                throw ConfigurationParameter.Refusal(
                    reason: "Invalid client class specified in buffer limit configuration.")
            }
            let sizes = words[start + 1...start + 2].compactMap {
                try? ConfigurationParameter.memory($0, in: 0...Int.max)
            }
            guard sizes.count == 2, let seconds = Int(words[start + 3]), seconds >= 0 else {
                throw ConfigurationParameter.Refusal(
                    reason:
                        "Error in hard, soft or soft_seconds setting in buffer limit configuration."
                )
            }
            self[keyPath: path] = Limit(hard: sizes[0], soft: sizes[1], softSeconds: seconds)
        }
    }

    private static let paths: [String: any WritableKeyPath<OutputBufferLimits, Limit> & Sendable] =
        [
            "normal": \.normal, "slave": \.replica, "replica": \.replica, "pubsub": \.pubsub,
        ]
}

extension Node {
    /// What a client may leave waiting.
    package func outputLimit(of client: ClientID) -> OutputBufferLimits.Limit {
        guard clients.contains(client) else { return configuration.outputBufferLimits.normal }
        let flags = clients[client.index].flags
        if flags.contains(.replica) { return configuration.replicaOutputLimit }
        return flags.contains(.subscribed)
            ? configuration.outputBufferLimits.pubsub : configuration.outputBufferLimits.normal
    }
}

extension Configuration {
    /// What a replica may leave waiting: never less than the backlog, from which it could have as much at once.
    package var replicaOutputLimit: OutputBufferLimits.Limit {
        var limit = outputBufferLimits.replica
        if limit.hard > 0 { limit.hard = max(limit.hard, replBacklogSize) }
        return limit
    }
}
