import Foundation
import LabBackends
import LabHost
import Synchronization
import TestSupport
import Testing

/// A lab without nodes, in a folder of its own, and launchers that ask it for programs.
final class LabAtWork {
    let folder: String
    let places: LabPlaces
    let servers = HostedServers()
    let lab: HostedLab

    init(port: Int = 7000) throws {
        folder =
            FileManager.default.temporaryDirectory
            .appending(path: "clab-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(
            atPath: "\(folder)/workspace", withIntermediateDirectories: true)
        places = LabPlaces(folder: "\(folder)/labs")
        lab = try HostedLab(
            servers: servers, port: port, executable: "/bin/echo", places: places)
    }

    deinit {
        lab.shutDown()
        servers.shutDown()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// What a program left.
    struct Outcome: Equatable {
        var status: Int32?
        var output = ""
        var error = ""
        /// What the launcher is to become.
        var program: [String] = []
        var container: String?
    }

    /// Runs a program to its end.
    func run(_ words: String..., input: String = "") throws -> Outcome {
        try run(words, input: input)
    }

    /// The same with the words in an array.
    func run(_ words: [String], input: String = "") throws -> Outcome {
        try start(words, input: input).end()
    }

    /// Starts a program that goes on.
    func start(_ words: [String], input: String = "") throws -> Running {
        var request = ControlRequest()
        request.arguments = words
        request.folder = "\(folder)/workspace"
        request.processID = 4242
        request.input = Array(input.utf8)
        return Running(try ControlClient(path: lab.place.socket, request: request))
    }

    /// A program on its way.
    final class Running: Sendable {
        private let client: ControlClient
        private let state = Mutex(Outcome())
        private let ended = DispatchSemaphore(value: 0)

        init(_ client: ControlClient) {
            self.client = client
            DispatchQueue(label: "program").async { [self] in
                client.run { take($0) }
                ended.signal()
            }
        }

        private func take(_ event: ControlClient.Event) {
            state.withLock { outcome in
                switch event {
                case .output(let bytes): outcome.output += String(decoding: bytes, as: UTF8.self)
                case .error(let bytes): outcome.error += String(decoding: bytes, as: UTF8.self)
                case .exit(let status): outcome.status = status
                case .become(let words, let container):
                    outcome.status = 0
                    outcome.program = words
                    outcome.container = container
                case .lost: outcome.status = nil
                }
            }
        }

        /// Waits until it has printed that.
        func awaitOutput(_ text: String) throws {
            try waitUntil(text) { state.withLock { $0.output.contains(text) } }
        }

        /// Sends it a signal.
        func signal(_ name: String) { client.signal(name) }

        /// Waits for its end.
        func end() -> Outcome {
            if ended.wait(timeout: .now() + .seconds(60)) != .success {
                Issue.record("the program does not end: \(state.withLock { $0 })")
            }
            return state.withLock { $0 }
        }
    }

    /// Writes a file into the workspace.
    func write(_ text: String, to name: String) throws {
        let path = "\(folder)/workspace/\(name)"
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    /// Reads a file of the workspace.
    func read(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/workspace/\(name)", encoding: .utf8)
    }
}
