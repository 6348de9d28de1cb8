/// Where the shell's text goes. Injected, so that every screen can be a golden test.
package struct Terminal {
    /// Columns to wrap prose to.
    package var width: Int
    /// Rows that the screen has.
    package var height: Int
    /// Whether escape sequences for colour and weight may be written. No meaning rests on them alone.
    package var hasColour: Bool
    /// Writes text as it is: no newline is added.
    package var write: (String) -> Void
    /// The same for bytes, which need not be text.
    package var writeBytes: ([UInt8]) -> Void

    /// - Parameter writeBytes: nil where what is no text may be written as replacement characters.
    package init(
        width: Int = 80, height: Int = 24, hasColour: Bool = false,
        write: @escaping (String) -> Void, writeBytes: (([UInt8]) -> Void)? = nil
    ) {
        self.width = width
        self.height = height
        self.hasColour = hasColour
        self.write = write
        self.writeBytes = writeBytes ?? { write(String(decoding: $0, as: UTF8.self)) }
    }

    /// Writes a line.
    package func writeLine(_ line: String = "") {
        write(line + "\n")
    }
}
