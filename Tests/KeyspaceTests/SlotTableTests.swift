import Keyspace
import RESP
import Testing

struct SlotTableTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `random insertions and removals leave every key where it can be found`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var table = SlotTable()
        var model: [Int: Int64] = [:]
        for step in 0..<4_000 {
            // First the table mostly grows, then it mostly shrinks, down to the size without chains.
            let isGrowing = step < 2_000 ? random.next(below: 4) > 0 : random.next(below: 4) == 0
            let number = random.next(below: 1_500)
            withKey(number) { key, hash in
                let index = table.index(of: key, hash: hash)
                #expect((index == nil) == (model[number] == nil))
                if let index, !isGrowing {
                    let removed = table.remove(at: index)
                    #expect(removed.key == key)
                    model[number] = nil
                } else if index == nil, isGrowing {
                    table.insert(
                        ByteString(key), hash: hash, value: .integer(Int64(number)),
                        expiry: SlotTable.Entry.never, access: 0)
                    model[number] = Int64(number)
                }
            }
            #expect(table.count == model.count)
        }
        for number in 0..<1_500 {
            withKey(number) { key, hash in
                let value = table.index(of: key, hash: hash).map { table[$0].value }
                #expect(value == model[number].map { .integer($0) })
            }
        }
    }

    @Test func `keys of one hash are told apart`() {
        var table = SlotTable()
        for number in 0..<100 {
            withKey(number) { key, _ in
                _ = table.insert(
                    ByteString(key), hash: 7, value: .integer(Int64(number)),
                    expiry: SlotTable.Entry.never, access: 0)
            }
        }
        for number in 0..<100 {
            withKey(number) { key, _ in
                let index = table.index(of: key, hash: 7)
                #expect(index.map { table[$0].value } == .integer(Int64(number)))
                if let index { table.remove(at: index) }
                #expect(table.index(of: key, hash: 7) == nil)
            }
        }
        #expect(table.count == 0)
    }

    private func withKey(_ number: Int, _ body: (Argument, UInt32) -> Void) {
        Arguments.withArguments([Array("key:\(number)".utf8)]) { arguments in
            body(arguments[0], keyHash(arguments[0], seed: 99))
        }
    }
}
