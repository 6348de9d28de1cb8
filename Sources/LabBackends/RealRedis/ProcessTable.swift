import Lab
import Synchronization

/// The processes that a lab has started, in a file: whoever finds the file of a lab that was killed ends them.
package final class ProcessTable: Sendable {
    private let path: String
    private let processes = Mutex<[SystemProcess]>([])

    /// - Parameter path: the file; it is there as long as a process is.
    package init(path: String) {
        self.path = path
    }

    /// Milliseconds that processes get for a good end.
    private static let patience = 3000

    func add(_ process: SystemProcess) {
        processes.withLock { processes in
            processes.append(process)
            save(processes)
        }
    }

    func remove(_ process: SystemProcess) {
        processes.withLock { processes in
            processes.removeAll { $0 == process }
            save(processes)
        }
    }

    /// A lab whose table cannot be written works all the same: only after `kill -9` something may be left.
    private func save(_ processes: [SystemProcess]) {
        let text = processes.map { "\($0.line)\n" }.joined()
        try? TextFile.replace(path, with: text)
    }

    /// Ends all processes that a file names, the hard way: nobody is there any more who wants anything of them.
    package static func endAll(listedIn path: String) {
        guard let text = try? TextFile.read(path) else { return }
        let processes = text.split(separator: "\n").compactMap { SystemProcess(line: $0) }
        for process in processes { process.signal(sigKill) }
        var left = patience
        while left > 0, processes.contains(where: { $0.state != .gone }) {
            sleep(milliseconds: 10)
            left -= 10
        }
    }
}
