import RESP

/// Redis or Valkey from some version on: `valkey 8.0`. The lab's own nodes are Redis 7.0.
package struct EngineVersion: Hashable, Sendable {
    package var name: String
    package var major: Int
    package var minor: Int

    /// Reads `valkey 8.0`.
    package init?(_ text: some StringProtocol) {
        let words = text.split(separator: " ")
        guard words.count == 2, ["redis", "valkey"].contains(words[0]) else { return nil }
        self.init(name: String(words[0]), version: words[1])
    }

    /// By INFO of a server. Valkey says in `redis_version` which Redis it is like.
    package init?(info text: String) {
        let lines = text.split(whereSeparator: \.isNewline)
        func field(_ name: String) -> Substring? {
            lines.first { $0.hasPrefix("\(name)_version:") }?.split(separator: ":").last
        }
        guard let name = ["valkey", "redis"].first(where: { field($0) != nil }),
            let version = field(name)
        else { return nil }
        self.init(name: name, version: version)
    }

    private init?(name: String, version: some StringProtocol) {
        let numbers = version.split(separator: ".").map { Int($0) }
        guard numbers.count > 1, let major = numbers[0], let minor = numbers[1] else { return nil }
        (self.name, self.major, self.minor) = (name, major, minor)
    }

    /// Whether a server of that version is meant as well.
    package func includes(_ other: EngineVersion) -> Bool {
        name == other.name && (major, minor) <= (other.major, other.minor)
    }

    /// Those of the nodes that answer.
    static func running(_ observer: ClusterObserver) -> Set<EngineVersion> {
        Set(
            observer.nodes.compactMap { node in
                let reply = try? observer.ask(node, ["INFO", "server"])
                return (reply?.text).flatMap { EngineVersion(info: $0) }
            })
    }
}

extension Solution.WrongAttempt {
    /// What may come of it with these nodes.
    func outcomes(_ observer: ClusterObserver) -> Outcomes {
        var outcomes = Outcomes(sentences: [sentence])
        guard !exceptions.isEmpty else { return outcomes }
        let running = EngineVersion.running(observer)
        for exception in exceptions
        where exception.versions.contains(where: { running.contains(where: $0.includes) }) {
            if let sentence = exception.sentence {
                outcomes.sentences.append(sentence)
            } else {
                outcomes.mayPass = true
            }
        }
        return outcomes
    }

    /// The sentences one of which has to answer it, and whether it may as well do the step.
    struct Outcomes {
        var sentences: [String]
        var mayPass = false

        /// Whether one of the texts holds one of the sentences.
        func isAnswered(by texts: [String]) -> Bool {
            texts.contains { text in sentences.contains { text.firstRange(of: $0) != nil } }
        }
    }
}
