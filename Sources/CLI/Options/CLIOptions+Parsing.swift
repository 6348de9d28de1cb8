import ClusterAdmin
package import Lab
import RESP

extension CLIOptions {
    /// Reads redis-cli's arguments, those after the program's name, and what the environment says. Throws for
    /// what redis-cli refuses, and for `--help` and `--version`.
    /// - Parameter place: the server where the arguments name none; nil for redis-cli's own.
    package static func parse(
        _ arguments: [[UInt8]], on system: CLISystem, at place: NodeAddress? = nil
    ) throws(CLIExit) -> CLIOptions {
        let isTerminal = system.isOutputTerminal || system.variable("FAKETTY") != nil
        var defaults = CLIOptions(isOutputTerminal: isTerminal)
        if let place { (defaults.host, defaults.port) = (place.host, place.port) }
        var parser = OptionParser(options: defaults, rest: arguments[...])
        do throws(CLIExit) {
            try parser.run(on: system)
            try parser.options.validate()
        } catch {
            var exit = error
            exit.complaint = parser.options.warnings + exit.complaint
            throw exit
        }
        var options = parser.options
        if let password = system.variable("REDISCLI_AUTH"), options.password == nil {
            options.password = Array(password.utf8)
        }
        if system.variable("REDISCLI_CLUSTER_YES") == "1" { options.cluster.saysYes = true }
        options.cluster.tls = options.tls
        return options
    }

    /// The text in its quotes, as redis-cli takes it for one argument; nil when it is not exactly one.
    static func unquoted(_ text: [UInt8]) -> [UInt8]? {
        guard let words = splitArguments(text), words.count == 1 else { return nil }
        return words[0]
    }

    private mutating func validate() throws(CLIExit) {
        if socket != nil, followsRedirects {
            throw .refused("Options -c and -s are mutually exclusive.")
        }
        if speaksRESP2, resp3 == .explicit {
            throw .refused("Options -2 and -3 are mutually exclusive.")
        }
        if debugsScript, script == nil {
            throw .refused(
                """
                Options --ldb and --ldb-sync-mode require --eval.
                Try redis-cli --help for more information.
                """)
        }
        if !hidesPasswordWarning, password != nil {
            warnings +=
                "Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n"
        }
        if modes.isSuperset(of: [.dump, .functionsDump]) {
            throw .refused("Option --functions-rdb and --rdb are mutually exclusive.")
        }
        if takesLastArgumentFromInput, inputTag != nil {
            throw .refused("Options -x and -X are mutually exclusive.")
        }
    }
}

/// Goes through the arguments up to the command.
private struct OptionParser {
    var options: CLIOptions
    var rest: ArraySlice<[UInt8]>

    mutating func run(on system: CLISystem) throws(CLIExit) {
        while let word = rest.popFirst() {
            let name = String(decoding: word, as: UTF8.self)
            switch name {
            case "--help": throw CLIExit(status: 0, output: CLIUsage.text)
            case "-h" where rest.isEmpty: throw CLIExit(status: 0, output: CLIUsage.text)
            case "-v", "--version": throw CLIExit(status: 0, output: CLIUsage.version + "\n")
            default: break
            }
            if try takeCluster(name, on: system) { continue }
            if try take(name) { continue }
            guard word.first != UInt8(ascii: "-") else {
                throw .refused("Unrecognized option or bad number of args for: '\(name)'")
            }
            guard options.cluster.take(word: word, from: &rest) else {
                options.command = [word] + rest
                return
            }
        }
    }

    /// False when the name is no option, or lacks its value.
    private mutating func take(_ name: String) throws(CLIExit) -> Bool {
        switch CLIOptions.row(name)?.effect {
        case .flag(let set): set(&options)
        case .value(let take):
            guard let value = rest.popFirst() else { return false }
            try take(&options, value)
        case nil: return false
        }
        return true
    }

    /// Hands on what is about `--cluster`; false when the name is not. Standard input is read at once, where the
    /// options in front want it.
    private mutating func takeCluster(
        _ name: String, on system: CLISystem
    ) throws(CLIExit) -> Bool {
        do throws(VerbOptions.Refusal) {
            guard try options.cluster.take(option: name, from: &rest) else { return false }
        } catch {
            switch error {
            case .usage: throw CLIExit(status: 1, complaint: CLIUsage.text)
            case .text(let sentence): throw .refused(sentence)
            }
        }
        guard name == "--cluster" else { return true }
        if options.takesLastArgumentFromInput {
            options.cluster.append(input: try system.readInputToEnd())
        } else if let tag = options.inputTag {
            let input = try system.readInputToEnd()
            guard options.cluster.replace(tag: tag, by: input) else {
                throw .refused("Using -X option but stdin tag not match.")
            }
        }
        return true
    }
}
