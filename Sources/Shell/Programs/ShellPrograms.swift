import Lab

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Runs what is typed at the prompt and is no command of Redis: in a real shell, bash where there is one, in the
/// learner's workspace, with the lab's own redis-server, redis-cli and docker first on PATH.
///
/// Each line has a shell of its own. It begins in the folder and with the variables and functions that the last one
/// left, as if all were one.
package struct ShellPrograms {
    private let workspace: String
    private let programs: String
    private let socket: String
    /// What the last line left; beside it the folder, in a file of its own.
    private var stateFile: String
    private var output: Output
    /// So long a line may run where nobody sits at the terminal, who could end it.
    private var patience = Duration.seconds(180)
    /// Programs may colour what they print.
    private var isForScreen = true
    private let shell: String
    private let errors = ErrorCopy()
    /// For completion.
    let dockerCommands: [ProgramCommand]

    /// Where output goes.
    package enum Output {
        /// To where this process has its own; a program that is typed at a terminal has that terminal.
        case inherited
        /// To somebody who gets it when the program has ended.
        case captured((String) -> Void)
    }

    /// - Parameters:
    ///   - workspace: the folder to begin in; made where it is missing.
    ///   - programs: the folder of the lab's own programs; nil for none.
    ///   - socket: where these find the lab.
    ///   - stateFile: a path that nobody else uses.
    ///   - shell: a path; nil for bash, or sh where there is none.
    ///   - dockerCommands: what the lab's docker knows.
    package init(
        workspace: String, programs: String, socket: String, stateFile: String, output: Output,
        shell: String? = nil, dockerCommands: [ProgramCommand] = []
    ) {
        self.dockerCommands = dockerCommands
        self.workspace = workspace
        self.programs = programs
        self.socket = socket
        self.stateFile = stateFile
        self.output = output
        self.shell = shell ?? Self.installedShell
    }

    /// The same, with another time for each line where nobody sits at the terminal.
    package func running(within patience: Duration) -> ShellPrograms {
        var other = self
        other.patience = patience
        return other
    }

    /// The same workspace and shell, for somebody who takes what is printed.
    func printing(_ take: @escaping (String) -> Void) -> ShellPrograms {
        var other = self
        other.output = .captured(take)
        other.stateFile += "-lab"
        other.isForScreen = false
        return other
    }

    /// Puts a file into the workspace. One that says something else is kept beside it.
    func put(_ text: String, into file: String) throws(LabError) {
        let path = "\(workspace)/\(file)"
        if let there = try? TextFile.read(path) {
            guard there != text else { return }
            guard rename(path, "\(path).old") == 0 else {
                throw .file(path: path, reason: String(cString: strerror(errno)))
            }
        }
        try TextFile.replace(path, with: text)
    }

    private static var installedShell: String {
        let path = variable("PATH") ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/bash" }.first { access($0, X_OK) == 0 }
            ?? "/bin/sh"
    }

    /// Whether the shell can run something of that name: a program, a word of its own, a function.
    func knows(_ word: String) -> Bool {
        let script = ShellScript(state: stateFile, folder: folder)
        return process(script.asking(for: word)).output().outcome == .exited(0)
    }

    /// The files and folders, these with a slash, that a path without blanks may go on with.
    func files(beginning path: String) -> [String] {
        let slash = path.lastIndex(of: "/")
        let parent = slash.map { String(path[...$0]) } ?? ""
        let name = path.dropFirst(parent.count)
        let folder = parent.hasPrefix("/") ? parent : "\(self.folder)/\(parent)"
        return Self.entries(of: folder).filter { $0.hasPrefix(name) && !$0.contains(" ") }
            .filter { name.hasPrefix(".") || !$0.hasPrefix(".") }
            .map { parent + $0 + (TextFile.isFolder("\(folder)/\($0)") ? "/" : "") }.sorted()
    }

    private static func entries(of folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Whether more lines have to come before the text can run: a quote, a loop or a here-document is open.
    func isOpen(_ text: String) -> Bool {
        if ShellText.continues(text) || ShellText.hasOpenDocument(text) { return true }
        let complaint = ChildProcess(
            path: shell, arguments: [shell, "-n", "-c", text],
            environment: environment.filter { !$0.hasPrefix("LC_ALL=") } + ["LC_ALL=C"]
        ).output().text
        return ShellText.endings.contains { complaint.contains($0) }
    }

    /// Runs a text to its end.
    /// - Parameter atTerminal: whether somebody sits there.
    /// - Returns: the exit code, 128 and the signal's number if one ended it, as shells have it.
    func run(_ text: String, atTerminal: Bool) throws(LabError) -> Int32 {
        guard mkdir(workspace, 0o755) == 0 || errno == EEXIST else {
            throw .file(path: workspace, reason: String(cString: strerror(errno)))
        }
        let script = ShellScript(state: stateFile, folder: folder)
        let child = process(script.running(text))
        let outcome: ChildProcess.Outcome
        switch output {
        case .inherited:
            let error = Self.needsTerminal(text) ? nil : errors.begin()
            outcome = child.run(atTerminal ? .terminal : .inherited, error: error)
            errors.drain()
        case .captured(let take):
            let path = "\(stateFile).output"
            let start = ContinuousClock.now
            outcome = child.run(.file(path), within: patience)
            var printed = (try? TextFile.read(path)) ?? ""
            if ContinuousClock.now - start >= patience {
                printed += "\nclusterlab: ended after \(patience.components.seconds) s. "
                    + "A server that stays needs `daemonize yes` or `&`.\n"
            }
            take(printed)
            errors.keep(printed)
            unlink(path)
        }
        switch outcome {
        case .exited(let status): return status
        case .signalled(let signal): return 128 + signal
        case .failed(let reason): throw .file(path: shell, reason: reason)
        }
    }

    /// What is known of what programs have printed since this was last asked for: the standard error of all, and of
    /// the lab's own also the standard output, which they write beside it. At most the first 64 kB of each.
    func takeTranscript() -> String {
        defer { unlink(transcript) }
        let output = (try? TextFile.read(transcript)) ?? ""
        let errors = errors.take()
        return output + (output.isEmpty || output.hasSuffix("\n") ? "" : "\n") + errors
    }

    /// `more` takes its keys from standard error, and bash, which others start, has its jobs by it: for these it has
    /// to be the real terminal.
    private static func needsTerminal(_ text: String) -> Bool {
        text.contains(#/(^|[\s|&;(\/])(more|bash|zsh|ksh|fish|su|sudo|tmux|screen)($|\s)/#)
            || text.contains(#/(^|[\s|&;(\/])sh\s*$/#)
    }

    private var transcript: String { "\(stateFile).transcript" }

    /// Where the last line left off; the workspace at first, and again when that folder is gone.
    private var folder: String {
        let kept = (try? TextFile.read("\(stateFile).folder")).map { String($0.dropLast()) }
        return kept.flatMap { TextFile.isFolder($0) ? $0 : nil } ?? workspace
    }

    private func process(_ script: String) -> ChildProcess {
        let name = shell.split(separator: "/").last.map(String.init) ?? shell
        return ChildProcess(
            path: shell, arguments: [shell, "-c", script, name], environment: environment)
    }

    private var environment: [String] {
        var variables: [String] = []
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if !text.hasPrefix("PATH="), !text.hasPrefix("CLUSTERLAB_SOCKET=") {
                variables.append(text)
            }
            next += 1
        }
        if !isForScreen {
            variables.removeAll { $0.hasPrefix("TERM=") }
            variables.append("TERM=dumb")
        }
        let path = Self.variable("PATH") ?? "/usr/bin:/bin"
        return variables + [
            "PATH=\(programs):\(path)", "CLUSTERLAB_SOCKET=\(socket)",
            "CLUSTERLAB_TRANSCRIPT=\(transcript)",
        ]
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
