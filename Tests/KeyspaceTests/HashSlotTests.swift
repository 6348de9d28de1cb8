import Keyspace
import RESP
import Testing

struct HashSlotTests {
    @Test(arguments: [
        ("123456789", 12739), ("user:1", 10778), ("key1", 9189), ("foo", 12182), ("", 0),
        ("{}user", 12192), ("foo{{bar}}zap", 4015), ("{bar", 4015), ("foo{bar}{zap}", 5061),
        ("bar", 5061), ("foo{}{bar}", 8363),
    ])
    func `keys hash to the slots that CLUSTER KEYSLOT answers`(key: String, slot: UInt16) {
        #expect(HashSlot(of: Array(key.utf8)).number == slot, "\(key)")
    }

    @Test func `keys of one tag share a slot`() {
        #expect(
            HashSlot(of: Array("{user1000}.following".utf8))
                == HashSlot(of: Array("{user1000}.followers".utf8)))
    }

    @Test func `only numbers from 0 to 16383 are slots`() {
        #expect(HashSlot(0)?.number == 0)
        #expect(HashSlot(16383)?.number == 16383)
        #expect(HashSlot(16384) == nil)
        #expect(HashSlot(-1) == nil)
    }
}
