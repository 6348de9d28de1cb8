/// What a launcher was called with.
package struct ControlRequest: Hashable, Sendable {
    /// The first is the program's name: `redis-server` or `docker`.
    package var arguments: [String] = []
    package var folder = "/"
    package var processID = 0
    package var variables: [String: String] = [:]
    package var input: [UInt8] = []

    package init() {}

    /// The frames that say it.
    package var frames: [ControlFrame] {
        [
            ControlFrame(.hello, ControlFrame.version), ControlFrame(.folder, folder),
            ControlFrame(.processID, "\(processID)"),
        ]
            + variables.sorted { $0.key < $1.key }
            .map { ControlFrame(.variable, "\($0.key)=\($0.value)") }
            + arguments.map { ControlFrame(.argument, $0) }
            + ControlFrame.frames(.input, input) + [ControlFrame(.go)]
    }

    /// What a frame said.
    enum Step: Hashable {
        case more, complete
        /// No launcher says so.
        case refused(String)
    }

    /// Arguments and variables of one request; its input may have as many bytes as a configuration can have.
    private static let maximumCount = 10_000
    private static let maximumInput = 16 << 20

    /// Takes the next frame of a launcher.
    mutating func take(_ frame: ControlFrame) -> Step {
        switch frame.kind {
        case .hello:
            guard frame.text == ControlFrame.version else {
                return .refused("this lab speaks '\(ControlFrame.version)', not '\(frame.text)'")
            }
        case .folder: folder = frame.text
        case .processID: processID = Int(frame.text) ?? 0
        case .variable:
            let parts = frame.text.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return .refused("a variable without a value") }
            variables[String(parts[0])] = String(parts[1])
        case .argument: arguments.append(frame.text)
        case .input: input += frame.bytes
        case .go:
            return arguments.isEmpty ? .refused("a request without a program") : .complete
        case .signal, .output, .error, .program, .exit:
            return .refused("a frame that comes too early")
        }
        guard arguments.count + variables.count <= Self.maximumCount,
            input.count <= Self.maximumInput
        else { return .refused("the request is too long") }
        return .more
    }
}
