import Lab
import RESP

/// `log [NODE] [N]`: the last lines of a node's log.
struct LogScreen {
    let lines: [String]

    /// How many are shown where nobody says.
    static let usual = 20

    /// From what the lab keeps, or from the node's logfile where this machine has it.
    init(
        of node: NodeAddress, count: Int = Self.usual, in cluster: any LabCluster
    ) throws(ScreenFailure) {
        if let kept = cluster.log(of: node) {
            lines = kept.isEmpty ? ["\(node) has written nothing yet."] : Array(kept.suffix(count))
            return
        }
        let path = try Self.path(of: node, in: TimedCluster.around(cluster))
        do throws(LabError) {
            let text = try TextFile.read(path)
            lines = text.split(whereSeparator: \.isNewline).suffix(count).map(String.init)
        } catch {
            throw ScreenFailure(
                sentence:
                    "The lab does not keep the log of \(node), and cannot read its logfile: \(error)"
            )
        }
    }

    /// The node's logfile, by its own configuration.
    private static func path(
        of node: NodeAddress, in cluster: TimedCluster
    ) throws(ScreenFailure) -> String {
        var replies: [RESPValue] = []
        do throws(LabError) {
            let connection = try cluster.observe(node)
            defer { connection.close() }
            let commands = [["CONFIG", "GET", "logfile"], ["CONFIG", "GET", "dir"]]
            replies = try connection.send(
                commands.map { $0.map { Array($0.utf8) } }, within: .seconds(1))
        } catch {
            throw ScreenFailure(
                sentence:
                    "The lab does not keep the log of \(node), which does not answer: \(error.cause)"
            )
        }
        guard let file = replies[0].elements?.last?.text, !file.isEmpty else {
            throw ScreenFailure(
                sentence: "The lab does not keep the log of \(node): it has no logfile, "
                    + "and writes to where it was started.")
        }
        if file.hasPrefix("/") { return file }
        return "\(replies[1].elements?.last?.text ?? ".")/\(file)"
    }
}
