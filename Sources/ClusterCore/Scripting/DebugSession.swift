/// A client that debugs a script, from its EVAL to the end of the script and of its connection.
struct DebugSession: Sendable {
    let client: ClientID
    /// Where the script runs: a copy of the node, as Redis forks, so that nobody ever sees what it changes.
    /// None where the client has said SCRIPT DEBUG SYNC: then it runs on the node itself, which serves nobody
    /// meanwhile.
    var copy: [Node] = []
    /// What the client has said; where there is a copy, that one has it.
    var input = DebugInput()
    /// The lines that are still to be shown when the script has ended, and how many they are.
    var lastLines: (bytes: [UInt8], count: Int) = ([], 0)
}
