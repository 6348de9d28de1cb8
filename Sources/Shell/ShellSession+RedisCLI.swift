import CLI
import Lab
import RESP

// `redis-cli …` typed at the prompt: what `clusterlab cli` does with the same words.
extension ShellSession {
    /// Without a command the prompt goes where the words lead, by redis-cli's rules where they name a host or a port,
    /// and stays at the current node where they name neither; one command runs on a connection of its own.
    mutating func runRedisCLI(_ arguments: [[UInt8]]) {
        do throws(CLIExit) {
            let options = try CLIOptions.parse(arguments, on: system)
            switch options.purpose {
            case .prompt:
                let here = try CLIOptions.parse(arguments, on: system, at: session.address)
                let namesPlace =
                    here.host != session.address.host || here.port != session.address.port
                enter(namesPlace ? options : here)
            case .command: try runOnce(options)
            case .program:
                runInline(arguments)
            }
        } catch {
            finish(error)
        }
    }

    /// Where no shell runs programs.
    mutating func runInline(_ arguments: [[UInt8]]) {
        var printed: [UInt8] = []
        let (terminal, lines) = (terminal, lines)
        let status = InlineCLI.run(
            arguments, on: cluster,
            write: { bytes in
                printed += bytes
                terminal.writeBytes(bytes)
            },
            readLine: { () throws(LabError) in
                guard lines.isInteractive else { return nil }
                switch lines.read(prompt: "", aid: LineAid()) {
                case .line(let line): return line
                case .interrupted: throw .interrupted
                case .end: return nil
                }
            })
        connectQuietly()
        if status != 0 { countFailure() }
        note(
            output: String(decoding: printed, as: UTF8.self),
            of: "redis-cli " + arguments.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " "))
    }

    private mutating func enter(_ options: CLIOptions) {
        output.print(options.warnings)
        let old = session.address
        session.restart(with: options)
        reconnect()
        if session.address != old { lessonMode?.moved(to: session.address) }
    }

    private mutating func runOnce(_ options: CLIOptions) throws(CLIExit) {
        var other = CLISession(options: options, system: system, output: output)
        other.handlesInterrupts = true
        let asked = other.address
        defer { note(other, asked: asked) }
        guard try other.run() == 0 else { return countFailure() }
    }

    /// Takes in what came of the one command of another session.
    private mutating func note(_ other: CLISession, asked: NodeAddress) {
        let arguments = other.options.command
        if let reply = other.lastReply {
            note(
                Exchange(
                    address: asked, arguments: arguments, redirects: other.redirects,
                    answeredBy: other.address, reply: reply))
        } else if let trouble = other.trouble {
            last = .failure(trouble, at: other.address, arguments: arguments)
        }
    }

    /// Says what redis-cli says when it ends, and goes on.
    mutating func finish(_ exit: CLIExit) {
        if exit == .interrupted {
            hasLineFailed = true
            return terminal.writeLine()
        }
        output.end(exit)
        if exit.status != 0 {
            countFailure()
            let sentence = exit.complaint.split(separator: "\n").last.map(String.init)
            last = .refused(sentence ?? exit.output)
        }
    }
}
