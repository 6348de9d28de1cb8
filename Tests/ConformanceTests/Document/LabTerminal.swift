import Foundation
import TestSupport

/// The lab at a terminal on an empty workspace, and someone who pastes into it.
final class LabTerminal {
    /// The first node's port; the document's 7000.
    let port: Int
    let folder: String
    private let terminal: PseudoTerminal

    /// - Parameter programs: scripts that come first on PATH, by name.
    init(programs: [String: String] = [:]) throws {
        port = try FreePorts(count: 6).first
        let root = FileManager.default.temporaryDirectory
            .appending(path: "clab-\(UUID().uuidString.prefix(8))")
        folder = root.path
        let path = root.appending(path: "bin")
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        for (name, text) in programs {
            let file = path.appending(path: name).path
            try "#!/bin/sh\n\(text)\n".write(toFile: file, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        }
        let lessons = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        terminal = try PseudoTerminal(
            ServerProgram.labPath ?? "clusterlab",
            ["play", "--masters", "0", "--port", "\(port)", "--lessons", lessons.path],
            type: "xterm", home: folder, folder: folder,
            variables: [
                "XDG_STATE_HOME": "\(folder)/state", "NO_COLOR": "1",
                "PATH": path.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? ""),
            ])
        try awaitPrompt()
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Pastes a text, its ports moved to the lab's, between the marks that a terminal sets, and presses Enter.
    func paste(_ text: String) throws {
        terminal.type("\u{1B}[200~\(moved(text))\u{1B}[201~")
        if text.contains("\n") { try see("lines pasted: Enter runs them") }
        terminal.type("\r")
    }

    /// Types a line.
    func type(_ line: String) {
        terminal.type(moved(line) + "\r")
    }

    /// Types a line of which nothing is awaited but the next prompt.
    func run(_ line: String) throws {
        type(line)
        try awaitPrompt()
    }

    /// Presses Ctrl-C.
    func interrupt() { terminal.interrupt() }

    /// Waits until the texts are printed, one behind the other, their ports moved to the lab's.
    func see(_ texts: String...) throws {
        for text in texts { _ = try terminal.read(to: moved(text)) }
    }

    /// Waits until the lab reads a line: only then it wants pastes marked.
    func awaitPrompt() throws {
        _ = try terminal.read(
            to: #/\e\[\?2004h(not connected|127\.0\.0\.1:\d+)> /#, named: "the lab's prompt")
    }

    /// Asks for the reason and waits for it.
    func why(_ reasons: String...) throws {
        try awaitPrompt()
        type("why")
        for reason in reasons { _ = try terminal.read(to: moved(reason)) }
        try awaitPrompt()
    }

    /// Leaves the lab.
    /// - Returns: its exit code.
    func leave() -> Int32 {
        terminal.type("exit\r")
        return terminal.end().status
    }

    /// The document's nodes listen at 7000 to 7005, and their buses 10000 above.
    private func moved(_ text: String) -> String {
        text.replacing(#/\b(1?)700([0-5])\b/#) { match in
            let number = port + (Int(match.2) ?? 0) + (match.1.isEmpty ? 0 : 10000)
            return "\(number)"
        }
    }
}
