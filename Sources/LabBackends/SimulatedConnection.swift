import ClusterCore
package import Lab
package import RESP
import Simulation

/// A client connection to one node of a simulated cluster. Waiting for a reply makes the cluster's time pass.
///
/// As with a real connection, one that has failed is closed: a reply that came late would be taken for the next
/// command's.
package final class SimulatedConnection: ByteConnection {
    package let address: NodeAddress
    private let cluster: SimulatedCluster
    private let generation: Int
    private let number: Int
    private var isClosed = false
    private var parser = RESPParser()
    /// How long the reply at hand may take.
    private var limit: Duration?

    /// Connections that nobody answers are given up after that, as those over TCP are.
    private static let connectTimeout = Duration.seconds(5)
    /// So long a client waits for a node that cannot answer as things are.
    private static let patience = Duration.seconds(5)
    /// And so long for one that can: commands that block do so for an hour at most.
    private static let longestWait = Duration.seconds(3600)
    /// Between two looks at whether the node can answer.
    private static let lookInterval = Duration.milliseconds(500)

    /// Between two looks of who waits in everybody's time.
    private static let beat = Duration.milliseconds(10)

    /// Connects; time passes until it is known how that went.
    init(
        to address: NodeAddress, of cluster: SimulatedCluster, isObserver: Bool = false
    ) throws(LabError) {
        self.address = address
        self.cluster = cluster
        (number, generation) = try cluster.change { state throws(LabError) in
            let number = state.world.connectFromOutside(to: address, isObserver: isObserver)
            try Self.awaitConnection(number, to: address, &state)
            return (number, state.generation)
        }
    }

    deinit {
        close()
    }

    private static func awaitConnection(
        _ number: Int, to address: NodeAddress, _ state: inout SimulatedCluster.State
    ) throws(LabError) {
        let start = state.world.time
        let deadline = state.world.isStill ? start : start.advanced(by: connectTimeout)
        state.run(until: deadline, or: .connection(number))
        let outcome = state.world.outsideState(number)
        guard outcome != .open else { return }
        state.world.closeFromOutside(number)
        if case .refused(let reason) = outcome { throw .refused(address, reason: reason) }
        throw .refused(address, reason: "Connection timed out")
    }

    /// Out-of-band data that comes before the reply is passed over.
    package func send(_ arguments: [[UInt8]]) throws(LabError) -> RESPValue {
        try send(arguments, within: nil)
    }

    /// `send` for who asks from outside, as checks do: where the node cannot answer as things are, that is known
    /// without any time, and else no more than the limit passes.
    package func send(
        _ arguments: [[UInt8]], within limit: Duration?
    ) throws(LabError) -> RESPValue {
        self.limit = limit
        defer { self.limit = nil }
        try write(encodeRequest(arguments))
        return try reply(to: arguments)
    }

    package func sendAll(_ commands: [[[UInt8]]]) throws(LabError) -> [RESPValue] {
        try write(commands.flatMap { encodeRequest($0) })
        return try commands.map { arguments throws(LabError) in try reply(to: arguments) }
    }

    private func reply(to arguments: [[UInt8]]) throws(LabError) -> RESPValue {
        while true {
            let reply = try receive()
            if case .push = reply, !RESPConnection.isAnsweredByPush(arguments) { continue }
            return reply
        }
    }

    /// Waits for the next reply or push message without sending anything.
    package func receive() throws(LabError) -> RESPValue {
        while true {
            if let reply = try parsedReply() { return reply }
            parser.append(try readBytes())
        }
    }

    /// Time passes as everybody's does, at the cluster's speed: who looks on wants to see what happens when.
    package func next(within limit: Duration) throws(LabError) -> RESPValue? {
        let deadline = ContinuousClock.now + limit
        while true {
            if let reply = try parsedReply() { return reply }
            let hasNews = try use { state throws(LabError) in
                state.world.hasNews(for: number)
            }
            if hasNews {
                parser.append(try readBytes())
                continue
            }
            guard ContinuousClock.now < deadline else { return nil }
            try RealTime.pass(Self.beat)
            try use { state throws(LabError) in
                let end = state.world.time.advanced(by: Self.beat * state.speed)
                _ = state.run(until: end, or: .news(number))
            }
        }
    }

    private func parsedReply() throws(LabError) -> RESPValue? {
        do throws(RESPParser.Malformed) { return try parser.next() } catch {
            close()
            throw .malformedReply(address)
        }
    }

    package func write(_ bytes: [UInt8]) throws(LabError) {
        try use { state throws(LabError) in
            state.world.sendFromOutside(bytes, by: number)
        }
    }

    /// What the parser has read already does not come again: only between replies is there none of that.
    package func readBytes() throws(LabError) -> [UInt8] {
        try use { state throws(LabError) in
            if let silence = awaitNews(&state) {
                throw limit.map { .silent(address, for: $0) } ?? .unsupported(silence)
            }
            let bytes = state.world.takeReceived(number)
            guard !bytes.isEmpty else { throw .connectionLost(address) }
            return bytes
        }
    }

    package func close() {
        guard !isClosed else { return }
        isClosed = true
        do throws(LabError) {
            try cluster.change { state throws(LabError) in
                if state.generation == generation { state.world.closeFromOutside(number) }
            }
        } catch {
            // With the cluster its connections are gone, too.
            return
        }
    }

    private func use<Result: Sendable>(
        _ body: (inout SimulatedCluster.State) throws(LabError) -> Result
    ) throws(LabError) -> Result {
        guard !isClosed else { throw .connectionLost(address) }
        do throws(LabError) {
            return try cluster.change { state throws(LabError) in
                guard state.generation == generation else { throw .connectionLost(address) }
                return try body(&state)
            }
        } catch {
            close()
            throw error
        }
    }

    /// Lets time pass until something has come or the connection has ended.
    /// - Returns: why nothing will come, if that is so.
    private func awaitNews(_ state: inout SimulatedCluster.State) -> String? {
        if state.world.isStill {
            let hasNews = state.run(until: state.world.time, or: .news(number))
            return hasNews
                ? nil
                : "No reply from \(address): it takes time, and time stands still: advance 5s lets some "
                    + "pass, speed 1 all."
        }
        var (waited, silent) = (Duration.zero, Duration.zero)
        let longest = limit ?? Self.longestWait
        let patience = limit == nil ? Self.patience : .zero
        while true {
            if let silence = state.world.silence(for: number), silent >= patience {
                return text(of: silence, after: silent)
            }
            guard waited < longest else {
                return "No reply from \(address) within \(longest) of the cluster's time."
            }
            let interval = min(Self.lookInterval, longest - waited)
            let end = state.world.time.advanced(by: interval)
            if state.run(until: end, or: .news(number)) { return nil }
            waited += interval
            if state.world.silence(for: number) != nil { silent += interval }
        }
    }

    private func text(of silence: OutsideSilence, after time: Duration) -> String {
        let start = "No reply from \(address) within \(time) of the cluster's time: "
        return switch silence {
        case .frozen:
            start + "its process is frozen, and thaw \(address.port) lets it go on."
        case .blocked: start + "the network between you is blocked, and heal ends that."
        }
    }
}
