import Keyspace
import RESP
import Testing

/// Lists against an array that the same is done to, with nodes of all sizes.
struct ListModelTests {
    @Test(arguments: [-5, -2, -1, 0, 1, 3, 100])
    func `a list holds what an array would hold`(fill: Int) throws {
        var runner = CommandRunner()
        runner.database.encodingLimits.listFill = fill
        var random = SplitMix64(seed: UInt64(fill + 10))
        var model: [String] = []
        for step in 0..<3000 {
            let text = Self.element(&random)
            let place = model.isEmpty ? 0 : random.next(below: model.count)
            switch random.next(below: 10) {
            case 0...1:
                _ = runner.run("LPUSH l \(text)")
                model.insert(text, at: 0)
            case 2...4:
                _ = runner.run("RPUSH l \(text) \(text)")
                model += [text, text]
            case 5 where !model.isEmpty:
                #expect(runner.run("LPOP l").hasSuffix(model.removeFirst()))
            case 6 where !model.isEmpty:
                #expect(runner.run("LSET l \(place - model.count) \(text)") == "+OK")
                model[place] = text
            case 7 where !model.isEmpty:
                let pivot = model[place]
                guard let first = model.firstIndex(of: pivot) else { continue }
                _ = runner.run("LINSERT l BEFORE \(pivot) \(text)")
                model.insert(text, at: first)
            case 8 where !model.isEmpty:
                let victim = model[place]
                let count = model.count { $0 == victim }
                #expect(runner.run("LREM l 0 \(victim)") == ":\(count)")
                model.removeAll { $0 == victim }
            case 9 where model.count > 200:
                _ = runner.run("LTRIM l 10 -20")
                model = Array(model[10..<model.count - 19])
            default: break
            }
            try #require(runner.run("LLEN l") == ":\(model.count)", "step \(step)")
            guard step % 50 == 0, !model.isEmpty else { continue }
            try #require(elements(runner.run("LRANGE l 0 -1")) == model, "step \(step)")
            let middle = model.count / 2
            #expect(runner.run("LINDEX l \(middle)").hasSuffix(model[middle]))
        }
    }

    private static func element(_ random: inout SplitMix64) -> String {
        switch random.next(below: 6) {
        case 0: String(Int64(bitPattern: random.next()) >> Int64(random.next(below: 64)))
        case 1: "e" + String(repeating: "x", count: random.next(below: 5000))
        default: "e\(random.next(below: 40))"
        }
    }

    private func elements(_ reply: String) -> [String] {
        reply.split(separator: "\n").dropFirst().filter { !$0.hasPrefix("$") }.map(String.init)
    }
}
