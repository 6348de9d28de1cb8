import Foundation
import Lab
import RESP
import Shell
import Testing

/// `timeline` and its diagram, from a log that is written here.
struct TimelineTests {
    private static let names = ["a", "b", "c"].map { String(repeating: $0, count: 40) }

    /// 7001 and 7002 find that 7000 has failed; 7001 takes its place.
    private static let log: EventLog = {
        let log = EventLog()
        for (index, name) in names.enumerated() { log.name(name, NodeAddress(port: 7000 + index)) }
        let told: [(Int, Int, LabEvent.Kind)] = [
            (1000, 7001, .stateChanged(isOK: true, reason: nil)),
            (1002, 7002, .stateChanged(isOK: true, reason: nil)),
            (6000, 7001, .suspected(names[0])), (6001, 7002, .suspected(names[0])),
            (6100, 7002, .failureReported(names[0], by: names[1])),
            (6100, 7002, .failed(names[0], reports: [names[1], names[2]])),
            (6101, 7001, .failureAnnounced(names[0], by: names[2])),
            (6102, 7001, .electionScheduled(delay: .milliseconds(612), rank: 0, offset: 14)),
            (6714, 7001, .electionStarted(epoch: 7)),
            (6715, 7002, .voteGranted(to: names[1], epoch: 7)),
            (6716, 7001, .voteReceived(from: names[2], epoch: 7)),
            (6716, 7001, .promoted(epoch: 7)),
            (6717, 7002, .slotsChanged(owner: names[1], from: [names[0]], epoch: 7)),
        ]
        for (time, port, kind) in told {
            log.add(
                LabEvent(time: .milliseconds(time), node: NodeAddress(port: port), kind: kind))
        }
        return log
    }()

    private let cluster = ScriptedCluster(events: log) { _, _ in .error("ERR no") }

    private func screen(_ line: String, width: Int = 80) -> String {
        let shell = ScriptedShell(isInteractive: false)
        #expect(shell.run([line], on: cluster, width: width) == 0)
        return shell.screen
    }

    @Test func `events are told in order, and once where several nodes tell them`() {
        #expect(
            screen("timeline") == """
                   1.000           7001 +1  cluster_state is ok [2 nodes within 0.002 s]
                   6.000   +5.000  7001 +1  cannot reach 7000 (PFAIL) [2 nodes within 0.001 s]
                   6.100   +0.100  7002     hears from master 7001 that it cannot reach 7000
                   6.100   +0.000  7002     marks 7000 as FAIL: a majority of the masters cannot
                                            reach it (7001 and 7002)
                   6.101   +0.001  7001     is told by 7002 that 7000 has failed (FAIL)
                   6.102   +0.001  7001     will stand for election in 612 ms (rank 0, offset
                                            14)
                   6.714   +0.612  7001     asks the masters for their votes in epoch 7
                   6.715   +0.001  7002     votes for 7001 in epoch 7
                   6.716   +0.001  7001     has the vote of 7002 in epoch 7
                   6.716   +0.000  7001     is a master now, with config epoch 7
                   6.717   +0.001  7002     learns that 7001 owns slots of 7000 (epoch 7)

                """)
    }

    @Test func `what was done to nodes one after the other is told one after the other`() {
        let log = EventLog()
        let told: [(Int, Int, LabEvent.Kind)] = [
            (1000, 7001, .process(.crashed)), (1100, 7001, .process(.started)),
            (1200, 7002, .process(.crashed)),
        ]
        for (time, port, kind) in told {
            log.add(LabEvent(time: .milliseconds(time), node: NodeAddress(port: port), kind: kind))
        }
        let shell = ScriptedShell(isInteractive: false)
        _ = shell.run(["timeline"], on: ScriptedCluster(events: log) { _, _ in .error("ERR no") })
        let lines = shell.screen.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.last?.contains("1.200") == true)
    }

    @Test func `the latest, a node's, and what fits on 60 columns`() {
        #expect(screen("timeline 1").contains("(10 earlier ones: timeline 11)\n"))
        let lines = screen("timeline 7000", width: 60).split(separator: "\n")
        #expect(lines.count >= 5 && lines.allSatisfy { $0.count <= 60 && !$0.contains("state") })
    }

    @Test func `the diagram is a file of elements that are closed, with a column a node`() throws {
        let path = NSTemporaryDirectory() + "clusterlab-\(UUID().uuidString).svg"
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(screen("timeline --svg \(path)").contains("13 events drawn in"))
        let text = try TextFile.read(path)
        #expect(text.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns="))
        for port in 7000...7002 { #expect(text.contains(">\(port)</text>")) }
        // The candidate asks, a master votes, the vote arrives: both ways across.
        #expect(text.matches(of: #/marker-end="url\(#tip\)"/#).count == 5)
        #expect(Self.isBalanced(text))
    }

    /// Whether each element that begins also ends, in the right order.
    private static func isBalanced(_ text: String) -> Bool {
        var open: [Substring] = []
        for tag in text.matches(of: #/<(\/?)([a-z]+)[^<>]*?(\/?)>/#) {
            if !tag.3.isEmpty { continue }
            if tag.1.isEmpty {
                open.append(tag.2)
            } else if open.popLast() != tag.2 {
                return false
            }
        }
        return open.isEmpty
    }

    @Test(arguments: [
        "timeline x", "timeline since", "timeline since x", "timeline --svg",
    ])
    func `what is no wish is refused`(_ line: String) {
        let shell = ScriptedShell(isInteractive: false)
        #expect(shell.run([line], on: cluster) == 1)
    }
}
