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

    @Test func `nobody is told of an owner that does not claim the slot any more`() throws {
        let lost = HashSlot(unchecked: 16000)
        claim(served.node.cluster[third].slots.without(lost), by: third)
        // A replica of this node, whose epoch is older, says that its master has the slot.
        let replica = try #require(served.node.cluster.replicas(of: .myself).first)
        _ = served.makeLink(to: replica)
        _ = served.takeActions()
        var slots = served.node.cluster.myself.slots
        slots.insert(lost)
        served.receive(.ping(BusMessage.Gossip()), from: replica, over: served.acceptLink()) {
            $0.slots = slots
        }
        let updates = served.takeActions().filter { action in
            if case .send(_, let message) = action { message.kind == .update } else { false }
        }
        #expect(updates.isEmpty)
    }

    /// A PING with these slots from a peer, by the epoch that it has.
    private func claim(_ slots: SlotSet, by index: PeerIndex) {
        served.receive(.ping(BusMessage.Gossip()), from: index, over: link) { $0.slots = slots }
    }
}

extension SlotSet {
    fileprivate func without(_ slot: HashSlot) -> SlotSet {
        var slots = self
        slots.remove(slot)
        return slots
    }
}
