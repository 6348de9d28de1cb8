import LabBackends
import Synchronization

/// Says on a terminal that real servers are being started, for as long as that takes.
final class StartProgress: Sendable {
    private let line = Mutex<ProgressLine?>(nil)

    func show(_ progress: RedisProcessLab.Progress) {
        line.withLock { line in
            switch progress {
            case .waiting(let what):
                line = ProgressLine(isPatient: false)
                line?.show("Starting \(what): their cluster is ok in about two seconds …")
            case .done:
                line?.clear()
                line = nil
            }
        }
    }
}
