import Lab
import RESP

// `--latency`, `--latency-history`, and the PING that all measuring modes send.
extension CLISession {
    private static let sampleInterval = Duration.milliseconds(10)

    /// Measures PING for ever, or, where nobody watches, for as long as `-i` says.
    mutating func measureLatency() throws(CLIExit) {
        let range = options.interval > .zero ? options.interval : .seconds(15)
        let limit = options.interval > .zero ? options.interval : .seconds(1)
        var (samples, start) = (LatencySamples(), system.now())
        while true {
            samples.add(try ping() / .milliseconds(1))
            if options.format.style == .standard {
                output.print("\u{1B}[0G\u{1B}[2K")
                print(samples)
            } else if options.isLatencyHistory {
                print(samples)
            } else if start.duration(to: system.now()) > limit {
                return print(samples)
            }
            let elapsed = start.duration(to: system.now())
            if options.isLatencyHistory, elapsed > range {
                output.print(" -- \(CText.fixed(elapsed / .seconds(1))) seconds range\n")
                (samples, start) = (LatencySamples(), system.now())
            }
            output.flush()
            system.pause(Self.sampleInterval)
        }
    }

    /// How long a PING takes.
    private mutating func ping() throws(CLIExit) -> Duration {
        let start = system.now()
        _ = try persistentlyAsk("PING")
        return start.duration(to: system.now())
    }

    /// A command that is sent again, on a new connection, until the server has answered.
    mutating func persistentlyAsk(_ word: String) throws(CLIExit) -> RESPValue {
        var tries = 0
        while true {
            while connection?.isUsable != true {
                tries += 1
                output.print("\r\u{1B}[0KReconnecting... \(tries)\r")
                output.flush()
                let endpoint = StreamEndpoint(
                    .tcp(host: options.host, port: options.port), tlsOptions: options.tls)
                connection = (try? system.connect(endpoint)).map { CLIConnection($0) }
                system.pause(.seconds(1))
            }
            let reply = try? connection?.request(word)
            if case .malformed(let text) = connection?.failure { throw .refused("Error: \(text)") }
            if tries > 0 { output.print("\r\u{1B}[0K") }
            if let reply { return reply }
        }
    }

    private func print(_ samples: LatencySamples) {
        let (low, high, count) = (samples.minimum, samples.maximum, samples.count)
        let average = CText.fixed(samples.average)
        switch options.format.style {
        case .standard:
            output.print("min: \(low), max: \(high), avg: \(average) (\(count) samples)")
        case .csv: output.print("\(low),\(high),\(average),\(count)\n")
        case .raw: output.print("\(low) \(high) \(average) \(count)\n")
        case .json:
            output.print(
                #"{"min": \#(low), "max": \#(high), "avg": \#(average), "count": \#(count)}"# + "\n"
            )
        case .quotedJSON: break
        }
        output.flush()
    }

    // MARK: - --latency-dist

    /// Shows the spectrum of what PING takes, a line each interval.
    mutating func showLatencyDistribution() throws(CLIExit) {
        let interval = options.interval > .zero ? options.interval : .seconds(1)
        var spectrum = LatencySpectrum(isGrey: options.hasGreyPalette)
        var (start, lines) = (system.now(), 0)
        while true {
            spectrum.add(try ping())
            if start.duration(to: system.now()) > interval {
                if lines % 20 == 0 { output.print(spectrum.legend) }
                output.print(spectrum.takeLine())
                output.flush()
                lines += 1
                start = system.now()
            }
            system.pause(Self.sampleInterval)
        }
    }
}

/// What PING took, in whole milliseconds.
struct LatencySamples {
    private(set) var minimum = 0
    private(set) var maximum = 0
    private(set) var count = 0
    private var total = 0

    mutating func add(_ milliseconds: Double) {
        let sample = Int(milliseconds)
        minimum = count == 0 ? sample : min(minimum, sample)
        maximum = max(maximum, sample)
        total += sample
        count += 1
    }

    var average: Double { Double(total) / Double(count) }
}
