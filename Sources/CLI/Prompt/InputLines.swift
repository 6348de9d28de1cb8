/// The lines of standard input where nobody edits them: a pipe, a file, a terminal that knows no editing. What was
/// read ahead is kept for whoever wants the next line.
final class InputLines {
    private let system: CLISystem
    private var buffer: [UInt8] = []
    private var isAtEnd = false

    init(_ system: CLISystem) {
        self.system = system
    }

    /// The next line without its newline; nil at the end.
    func next() -> [UInt8]? {
        var searched = 0
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(buffer[..<end])
                buffer.removeFirst(end + 1)
                return line
            }
            searched = buffer.count
            guard !isAtEnd, let more = try? system.readInput(4096), !more.isEmpty else {
                isAtEnd = true
                defer { buffer = [] }
                return buffer.isEmpty ? nil : buffer
            }
            buffer += more
        }
    }
}
