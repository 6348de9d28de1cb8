package import Lab

/// A prompt of the lab that somebody else types at: transcripts, and a lesson's own lines. It follows what is no plain
/// command of Redis: words of the lab, `redis-cli`, programs. Whoever has a prompt hands it in.
package protocol LabPrompt: AnyObject {
    /// Whether a line typed at that node is for this prompt, and no command of Redis.
    func follows(_ line: String, at node: NodeAddress) -> Bool

    /// Types a line, which may have several lines where it is a program.
    func type(
        _ line: String, at node: NodeAddress, followsRedirects: Bool
    ) throws(LabError) -> PromptReply

    /// Puts a file into the learner's workspace. One that says something else is kept beside it, as `NAME.old`.
    func put(_ text: String, into file: String) throws(LabError)

    /// Whether the machine has it: `redis-py`, `docker`, `redis-server`.
    func has(_ tool: String) -> Bool
}

/// What became of a line at a prompt.
package struct PromptReply: Sendable {
    /// What was printed.
    package var lines: [String]
    /// What was sent to nodes, and their replies.
    package var exchanges: [Exchange]
    /// Where the prompt is now.
    package var node: NodeAddress
    package var followsRedirects: Bool
    /// The lab did not follow it: a word is wrong, a node is not there.
    package var isRefused: Bool

    package init(
        lines: [String], exchanges: [Exchange], node: NodeAddress, followsRedirects: Bool,
        isRefused: Bool
    ) {
        self.lines = lines
        self.exchanges = exchanges
        self.node = node
        self.followsRedirects = followsRedirects
        self.isRefused = isRefused
    }
}

/// Makes a prompt for a cluster.
package struct PromptMaker: Sendable {
    /// The prompt's `writer` is the one that is given.
    package var make: @Sendable (any LabCluster, LabWriter) -> any LabPrompt
    /// Whether lines may be programs of the machine.
    package var runsPrograms: Bool
    /// Whether the machine has a tool.
    package var has: @Sendable (String) -> Bool

    package init(
        runsPrograms: Bool, has: @escaping @Sendable (String) -> Bool,
        make: @escaping @Sendable (any LabCluster, LabWriter) -> any LabPrompt
    ) {
        self.runsPrograms = runsPrograms
        self.has = has
        self.make = make
    }
}
