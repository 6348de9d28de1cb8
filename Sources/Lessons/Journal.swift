package import Lab

/// What the learner did in the present step.
package struct Journal: Sendable {
    package var exchanges: [Exchange] = []
    /// The last value handed in with `answer`.
    package var answer: String? {
        didSet {
            let words = (answer ?? "").split(separator: " ", maxSplits: 1).map(String.init)
            if words.count == 2 { answers[words[0]] = words[1] }
        }
    }
    /// What was handed in under a name, as `answer total 7`.
    package private(set) var answers: [String: String] = [:]
    /// The value given with `predict`.
    package var prediction: String?
    /// The node of the learner's prompt.
    package var currentNode: NodeAddress

    package init(currentNode: NodeAddress) {
        self.currentNode = currentNode
    }

    /// Most exchanges that are kept: a step is done in few, and a paste of thousands must not fill
    /// memory.
    private static let limit = 1000

    /// Notes one command and its replies.
    package mutating func record(_ exchange: Exchange, currentNode: NodeAddress) {
        exchanges.append(exchange)
        if exchanges.count > Self.limit { exchanges.removeFirst(Self.limit / 2) }
        self.currentNode = currentNode
    }
}
