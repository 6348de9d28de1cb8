import Lab
import RESP

/// What came of the last line: what `why` alone explains.
enum LastLine: Sendable {
    /// A node answered, perhaps after redirects.
    case reply(Exchange)
    /// Several nodes answered the same line, and none refused.
    case replies([Exchange])
    /// No reply came.
    case failure(LabError, at: NodeAddress, arguments: [[UInt8]])
    /// A program ended and had printed this.
    case output(String, of: String)
    /// A word of the lab has done something to the cluster.
    case word(String)
    /// The line was refused by the lab itself, which said why.
    case refused(String)
}
