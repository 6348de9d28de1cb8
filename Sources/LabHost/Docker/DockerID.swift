/// Names that docker makes up.
enum DockerID {
    /// 64 hexadecimal digits.
    static func random() -> String {
        (0..<4).map { _ in
            let digits = String(UInt64.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// For a container without `--name`.
    static func randomName() -> String {
        let adjective = ["bold", "calm", "eager", "happy", "keen", "quiet", "sharp", "vivid"]
        let person = ["hopper", "knuth", "lamport", "liskov", "lovelace", "perlman", "turing"]
        let number = Int.random(in: 0..<1000)
        let word = adjective[number % adjective.count]
        return "\(word)_\(person[number % person.count])\(number)"
    }
}
