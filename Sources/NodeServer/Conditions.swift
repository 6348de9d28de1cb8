package import ClusterCore
import NIOConcurrencyHelpers
import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the nodes of this process live under: how their time passes, and what is wrong with the network between them.
///
/// All servers that share one see the same time, and a fault between two nodes is one wherever they are.
package final class Conditions: Sendable {
    private let state = NIOLockedValueBox(State())

    private struct State {
        var clock = ClusterClock()
        var wallClockAtStart = wallClockMilliseconds()
        var wires = Wires()
        var servers: [ObjectIdentifier: Listener] = [:]
        /// The nodes that made the connections that there are.
        var makers: [Ends: Wires.Party] = [:]
        /// The node that listens somewhere.
        var ports: [End: Wires.Party] = [:]
        /// The ports from which somebody looks at the nodes.
        var observers: Set<Int> = []
    }

    /// An address and a port; the machine's own addresses are all one.
    private struct End: Hashable {
        var address: String?
        var port: Int
    }

    /// A connection, by the end of who made it and the other one: the system gives the same port to connections that
    /// lead to different places.
    private struct Ends: Hashable {
        var maker: End
        var other: End

        init?(_ maker: SocketAddress?, _ other: SocketAddress?) {
            guard let maker = Conditions.end(maker), let other = Conditions.end(other) else {
                return nil
            }
            self.maker = maker
            self.other = other
        }
    }

    /// Hears of changes: called outside of the lock.
    package typealias Listener = @Sendable () -> Void

    package init() {}

    package var clock: ClusterClock { state.withLockedValue(\.clock) }
    package var now: Instant { clock.now }
    /// Unix milliseconds when the cluster's time began.
    package var wallClockAtStart: Int64 { state.withLockedValue(\.wallClockAtStart) }
    package var wires: Wires { state.withLockedValue(\.wires) }

    /// Lets time pass at another speed, from a moment on that all nodes hear of in time. Blocks the caller, who is no
    /// event loop, until then.
    package func setSpeed(_ speed: Double) {
        let moment = NIODeadline.now() + Self.notice
        change { $0.clock.change(speed: speed, at: moment) }
        while NIODeadline.now() < moment { usleep(200) }
    }

    private static let notice = TimeAmount.milliseconds(2)

    /// Lets so much time pass at a speed and go on as before then. Blocks the caller, who is no event loop, until it has.
    /// - Parameter wait: waits so long; false to give up.
    package func advance(
        _ duration: Duration, speed: Double, wait: (Duration) -> Bool
    ) -> Bool {
        let old = clock.speed
        setSpeed(speed)
        // What has passed since then is part of it.
        let end = state.withLockedValue { $0.clock.turn.advanced(by: duration) }
        guard let moment = clock.deadline(of: end) else { return true }
        change { $0.clock.change(speed: old, at: moment) }
        while NIODeadline.now() < moment {
            guard wait(.nanoseconds((moment - .now()).nanoseconds)) else {
                setSpeed(old)
                return false
            }
        }
        return true
    }

    /// Lets time begin now, as everybody's passes, and nothing be wrong with the network; no node may be at work.
    package func begin() {
        change { state in
            state.clock = ClusterClock()
            state.wallClockAtStart = wallClockMilliseconds()
            state.wires = Wires()
            state.ports = [:]
        }
    }

    /// Makes it another time; no node may be at work meanwhile.
    package func jump(to instant: Instant) {
        change { $0.clock.jump(to: instant) }
    }

    package func setWires(_ wires: Wires) {
        change { $0.wires = wires }
    }

    private func change(_ body: (inout State) -> Void) {
        let listeners = state.withLockedValue { state in
            body(&state)
            return Array(state.servers.values)
        }
        for listener in listeners { listener() }
    }

    // MARK: - Who is affected

    func tell(_ server: AnyObject, by listener: @escaping Listener) {
        state.withLockedValue { $0.servers[ObjectIdentifier(server)] = listener }
    }

    func forget(_ server: AnyObject) {
        state.withLockedValue { _ = $0.servers.removeValue(forKey: ObjectIdentifier(server)) }
    }

    // MARK: - Who is who

    /// Notes where a node can be reached.
    func note(_ party: Wires.Party, listensAt port: Int, of address: String?) {
        state.withLockedValue { $0.ports[End(address: address, port: port)] = party }
    }

    /// The node that listens there, if it is one of this process.
    func listener(at host: String, _ port: Int) -> Wires.Party? {
        state.withLockedValue { state in
            state.ports[End(address: host, port: port)]
                ?? state.ports[End(address: nil, port: port)]
        }
    }

    /// Notes who made a connection, until it is gone.
    func note(_ party: Wires.Party, from own: SocketAddress?, to other: SocketAddress?) {
        guard let ends = Ends(own, other) else { return }
        state.withLockedValue { $0.makers[ends] = party }
    }

    func forget(from own: SocketAddress?, to other: SocketAddress?) {
        guard let ends = Ends(own, other) else { return }
        state.withLockedValue { _ = $0.makers.removeValue(forKey: ends) }
    }

    /// Notes that connections from a port of this machine are of somebody who only looks, until it is forgotten.
    package func note(observerAt port: Int) {
        state.withLockedValue { _ = $0.observers.insert(port) }
    }

    package func forget(observerAt port: Int) {
        state.withLockedValue { _ = $0.observers.remove(port) }
    }

    /// Who made a connection that was accepted: a node of this process, somebody who looks, or some client.
    func maker(of channel: any Channel) -> Wires.Party {
        guard let ends = Ends(channel.remoteAddress, channel.localAddress) else { return .client }
        return state.withLockedValue { state in
            state.makers[ends] ?? (state.observers.contains(ends.maker.port) ? .observer : .client)
        }
    }

    private static func end(_ address: SocketAddress?) -> End? {
        guard let address, let port = address.port else { return nil }
        return End(address: address.ipAddress, port: port)
    }
}

/// What is wrong with the network between nodes, and between them and their clients.
package struct Wires: Sendable {
    /// What happens to what one party sends to another.
    package typealias Judgement = @Sendable (_ from: Party, _ to: Party, Traffic) -> Fate

    private let judgement: Judgement?

    /// A network with which nothing is wrong.
    package init() { judgement = nil }

    package init(_ judgement: @escaping Judgement) { self.judgement = judgement }

    /// Whether nothing is wrong.
    var areFine: Bool { judgement == nil }

    /// An end of the network.
    package enum Party: Hashable, Sendable {
        /// A node, by the port at which clients of this machine find it.
        case node(Int)
        case client
        /// Somebody of the lab who looks at a node: nothing is ever wrong between the two.
        case observer
    }

    /// What is carried.
    package enum Traffic: Sendable {
        case bus
        /// Between nodes over the client port.
        case replication
        case commands
    }

    /// What happens to one direction.
    package struct Fate: Hashable, Sendable {
        package var isBlocked: Bool
        package var delay: Duration
        package var lossPercent: Int

        package init(isBlocked: Bool = false, delay: Duration = .zero, lossPercent: Int = 0) {
            self.isBlocked = isBlocked
            self.delay = delay
            self.lossPercent = lossPercent
        }

        package static let fine = Fate()
    }

    func fate(from source: Party, to target: Party, _ traffic: Traffic) -> Fate {
        guard source != .observer, target != .observer else { return .fine }
        return judgement?(source, target, traffic) ?? .fine
    }
}
