import ClusterCore
import Keyspace
import Testing

/// Claims of slots as they come over the bus to the first of three masters, whose epochs are 1, 2 and 3.
struct SlotClaimsTests {
    private let served = ServedNode(masters: 3)
    private let client: ClientID
    private let link: LinkID
    private let slot = HashSlot(unchecked: 6000)
    private let second = PeerIndex(1)
    private let third = PeerIndex(2)

    init() {
        client = served.connect()
        link = served.acceptLink()
    }

    @Test
    func `a slot that its owner does not claim any more stays with it until somebody else does`() {
        let slots = served.node.cluster[second].slots
        claim(slots.without(slot), by: second)
        #expect(served.node.cluster.owner(of: slot) == second)
    }

    @Test func `who has given a slot away does not get it back by its old epoch`() {
        let slots = served.node.cluster[second].slots
        claim(slots.without(slot), by: second)
        let id = served.node.cluster[third].id
        #expect(served.send("CLUSTER SETSLOT \(slot) NODE \(id)", from: client) == "+OK\r\n")
        claim(slots, by: second)
        #expect(served.node.cluster.owner(of: slot) == third)
    }

    /// A PING with these slots from a peer, by the epoch that it has.
    private func claim(_ slots: SlotSet, by index: PeerIndex) {
        let peer = served.node.cluster[index]
        let header = BusMessage.Header(
            sender: peer.id, currentEpoch: 3, configEpoch: peer.configEpoch, offset: 0,
            slots: slots, master: nil, host: "", port: peer.port, busPort: peer.busPort,
            flags: .master, isClusterOK: true)
        served.step(.bus(link, BusMessage(header: header, body: .ping(BusMessage.Gossip()))))
    }
}

extension SlotSet {
    fileprivate func without(_ slot: HashSlot) -> SlotSet {
        var slots = self
        slots.remove(slot)
        return slots
    }
}
