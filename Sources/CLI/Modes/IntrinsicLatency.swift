import CLibedit

/// `--intrinsic-latency`: how long the system leaves a busy program without a processor. No server is asked.
struct IntrinsicLatency {
    private let system: CLISystem
    private let output: CLIOutput
    private let duration: Duration

    init(_ session: CLISession) {
        system = session.system
        output = session.output
        duration = .seconds(session.options.intrinsicLatencySeconds)
    }

    /// Works for as long as wanted, or until Ctrl-C.
    func run() -> Int32 {
        catch_interrupts()
        let testEnd = system.now() + duration
        var (worst, runs) = (0, 0)
        while true {
            let start = system.now()
            var work = BusyWork()
            let result = work.run()
            let end = system.now()
            runs += 1
            // The result is used, or the work would not be done.
            let latency = Int(start.duration(to: end) / .microseconds(1)) + (result == 0 ? 1 : 0)
            guard latency > 0 else { continue }
            if latency > worst {
                worst = latency
                output.print("Max latency so far: \(worst) microseconds.\n")
            }
            guard end > testEnd || take_interrupt() else { continue }
            summarize(runs: runs, worst: worst)
            return 0
        }
    }

    private func summarize(runs: Int, worst: Int) {
        let average = duration / .microseconds(1) / Double(runs)
        output.print(
            "\n\(runs) total runs (avg latency: \(CText.fixed(average, digits: 4)) microseconds / \(CText.fixed(average * 1000)) nanoseconds per run).\n"
        )
        let factor = CText.fixed(Double(worst) / average, digits: 0)
        output.print("Worst run took \(factor)x longer than the average latency.\n")
    }
}

/// Some computation of a few microseconds that no compiler can leave out: RC4 on its own table.
private struct BusyWork {
    private var table = (0..<256).map { UInt8($0) }

    mutating func run() -> Int {
        var (i, j): (UInt8, UInt8) = (0, 0)
        var sum = 0
        for _ in 0..<1000 {
            i &+= 1
            j &+= table[Int(i)]
            table.swapAt(Int(i), Int(j))
            sum += Int(table[Int(table[Int(i)] &+ table[Int(j)])])
        }
        return sum
    }
}
