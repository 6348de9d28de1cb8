/// Standard output and standard error of redis-cli, buffered as C's streams are: what both print into one
/// pipe comes in the same order.
package final class CLIOutput {
    package let isTerminal: Bool
    private let write: ([UInt8]) -> Void
    private let writeError: ([UInt8]) -> Void
    private var buffer: [UInt8] = []

    /// C's BUFSIZ for a pipe.
    private static let capacity = 4096

    /// - Parameters:
    ///   - isTerminal: whether each line is seen at once.
    ///   - write: writes to standard output.
    ///   - writeError: writes to standard error.
    package init(
        isTerminal: Bool, write: @escaping ([UInt8]) -> Void,
        writeError: @escaping ([UInt8]) -> Void
    ) {
        self.isTerminal = isTerminal
        self.write = write
        self.writeError = writeError
    }

    /// Writes to standard output.
    package func print(_ text: String) {
        print(Array(text.utf8))
    }

    /// Writes bytes as they are to standard output.
    package func print(_ bytes: [UInt8]) {
        buffer += bytes
        if isTerminal ? bytes.contains(UInt8(ascii: "\n")) : buffer.count >= Self.capacity {
            flush()
        }
    }

    /// Lets everything that was printed be seen.
    package func flush() {
        guard !buffer.isEmpty else { return }
        write(buffer)
        buffer = []
    }

    /// Writes to standard error, where nothing is kept back.
    package func complain(_ text: String) {
        complain(Array(text.utf8))
    }

    /// Writes bytes as they are to standard error.
    package func complain(_ bytes: [UInt8]) {
        writeError(bytes)
    }

    /// Says what the end of the program has to say.
    package func end(_ exit: CLIExit) {
        print(exit.output)
        if !exit.complaint.isEmpty { complain(exit.complaint) }
        flush()
    }
}
