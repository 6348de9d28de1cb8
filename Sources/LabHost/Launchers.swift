import Lab

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The programs that a terminal gets from the lab: scripts of three lines that start this program.
struct Launchers {
    private let executable: String
    private let socket: String

    /// What each is called, and the words that it starts the lab's program with.
    private static let all = [
        ("redis-server", "launch redis-server"), ("redis-cli", "launch redis-cli"),
        ("docker", "launch docker"), ("clusterlab", ""),
    ]

    init(executable: String, socket: String) {
        self.executable = executable
        self.socket = socket
    }

    /// Writes them into a folder that is there.
    func write(to folder: String) throws(LabError) {
        for (name, words) in Self.all {
            let path = "\(folder)/\(name)"
            try TextFile.replace(path, with: script(words))
            guard chmod(path, 0o700) == 0 else {
                throw .file(path: path, reason: String(cString: strerror(errno)))
            }
        }
    }

    private func script(_ words: String) -> String {
        """
        #!/bin/sh
        export CLUSTERLAB_SOCKET=\(Self.quoted(socket))
        exec \(Self.quoted(executable)) \(words) "$@"

        """
    }

    /// The text as one word of a shell.
    static func quoted(_ text: String) -> String {
        "'"
            + text.split(separator: "'", omittingEmptySubsequences: false).joined(
                separator: "'\\''")
            + "'"
    }
}
