import Lab
import Testing

struct EventLogTests {
    private static func event(_ seconds: Int) -> LabEvent {
        LabEvent(time: .seconds(seconds), node: NodeAddress(port: 7000), kind: .suspected("a"))
    }

    @Test func `readers get what came since they last looked`() {
        let log = EventLog()
        log.add(Self.event(1))
        let seen = log.count
        log.add(Self.event(2))
        #expect(log.events(since: seen) == [Self.event(2)])
        #expect(log.events(since: 0).count == 2)
    }

    @Test func `the oldest go when there are too many, and the count goes on`() {
        let log = EventLog(limit: 8)
        for second in 0..<11 { log.add(Self.event(second)) }
        #expect(log.count == 11)
        #expect(log.events.first?.time == .seconds(2))
        #expect(log.events(since: 10) == [Self.event(10)])
    }

    @Test func `a cluster that was taken back has not seen what came later`() {
        let log = EventLog()
        for second in 1...2 { log.add(Self.event(second)) }
        let record = log.record
        // At the same moment, and yet later.
        log.add(Self.event(2))
        log.restore(record, to: .seconds(2))
        #expect(log.events.map(\.time) == [.seconds(1), .seconds(2)])
        let seen = log.count
        log.add(Self.event(4))
        #expect(log.events(since: seen) == [Self.event(4)])
    }
}
