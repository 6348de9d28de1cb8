import Foundation
import TestSupport
import Testing

/// Programs that are run at the lab's prompt, with someone who types.
@Suite(
    .serialized, .timeLimit(.minutes(2)),
    .enabled(if: ServerProgram.labPath != nil, "the clusterlab program is not built"))
final class ProgramsAtTerminalTests {
    private let folder: URL
    private let terminal: PseudoTerminal

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "clusterlab-terminal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        terminal = try PseudoTerminal(
            try #require(ServerProgram.labPath),
            [
                "play", "--masters", "0",
                "--port", "\(try FreePorts(count: 1).first)",
                "--workspace", folder.appending(path: "workspace").path,
            ], type: "xterm", home: folder.path)
        _ = try terminal.read(to: "not connected> ")
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// Types a line and waits for the next prompt.
    private func answer(to line: String) throws -> String {
        terminal.type(line + "\r")
        return try terminal.read(to: "connected> ")
    }

    @Test func `why knows what any program has printed on standard error`() throws {
        let printed = try answer(
            to: "for i in 1 2; do echo error: externally-managed-environment >&2; done")
        #expect(printed.contains("error: externally-managed-environment\r\nerror: externally"))
        #expect(try answer(to: "why").contains("python3 -m venv venv"))
        _ = try answer(to: "true")
        #expect(try answer(to: "why").contains("It printed no error that the lab knows"))
    }

    @Test func `a program has a terminal for all three streams`() throws {
        let line = "for i in 0 1 2; do test -t $i && printf terminal$i; done; tty </dev/stdin"
        let printed = try answer(to: line)
        #expect(printed.contains("terminal0terminal1terminal2/dev/"))
    }

    @Test func `Ctrl-C ends a program, and not the lab`() throws {
        // Who prints is who is ended: a shell that is about to start the next program would miss the signal.
        terminal.type("sh -c 'echo be${nothing}gun; exec sleep 100'\r")
        _ = try terminal.read(to: "begun")
        terminal.type("\u{3}")
        _ = try terminal.read(to: "connected> ")
        #expect(try answer(to: "echo still${nothing}here").contains("stillhere"))
    }
}
