/// The words of a line at the prompt: a command, and how often it is sent, as in `5 INCR counter`.
package struct RepeatedCommand {
    package var arguments: [[UInt8]]
    /// Nil where the number in front is none that redis-cli takes.
    package var times: Int?

    /// What is said then.
    package static let refusal = "Invalid redis-cli repeat command option value."

    package init(_ words: [[UInt8]]) {
        arguments = words
        times = 1
        guard words.count > 1, let number = CText.wholeInteger(words[0]) else { return }
        arguments.removeFirst()
        times = number.flatMap { $0 > 0 ? $0 : nil }
    }
}
