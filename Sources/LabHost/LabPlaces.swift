package import Lab
import LabBackends

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where the running labs of this user have their sockets: a folder that nobody else may look into.
package struct LabPlaces: Sendable {
    private let folder: String
    /// Where this user's labs have been put otherwise, and one that was killed may have left something.
    private let others: [String]

    /// The folder below XDG_RUNTIME_DIR, or a private one among temporary files.
    package init() {
        self.init(folder: Self.standard, others: [Self.memory])
    }

    /// - Parameter others: folders of the same kind, from which what was left is taken away as well.
    package init(folder: String, others: [String] = []) {
        self.folder = folder
        self.others = others
    }

    /// In memory where the system has files there: for many clusters that save their files often.
    package static var inMemory: LabPlaces {
        guard access("/dev/shm", W_OK) == 0 else { return LabPlaces() }
        return LabPlaces(folder: memory, others: [standard])
    }

    private static var memory: String { "/dev/shm/clusterlab-\(getuid())" }

    private static var standard: String {
        if let runtime = variable("XDG_RUNTIME_DIR"), TextFile.isFolder(runtime) {
            return "\(runtime)/clusterlab"
        }
        let temporary = variable("TMPDIR") ?? "/tmp"
        return "\(temporary)/clusterlab-\(getuid())"
    }

    /// Makes the place of a new lab, and takes away those of labs that ended without doing so, with the servers that
    /// these have left.
    package func make(port: Int) throws(LabError) -> LabPlace {
        try claim()
        for folder in [folder] + others where Self.isPrivate(folder) {
            for place in Self.places(in: folder) where !place.isAlive { place.clear() }
        }
        var path = Array("\(folder)/lab-\(getpid())-XXXXXX".utf8CString)
        guard mkdtemp(&path) != nil else { throw failure(folder) }
        let bytes = path.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        let place = LabPlace(folder: String(decoding: bytes, as: UTF8.self))
        guard mkdir(place.programs, 0o700) == 0 else { throw failure(place.programs) }
        try TextFile.replace(place.portFile, with: "\(port)\n")
        return place
    }

    /// The labs that run, the newest first.
    package var running: [LabPlace] {
        guard (try? claim()) != nil else { return [] }
        return Self.places(in: folder).filter { $0.isAlive && TextFile.exists($0.socket) }
            .sorted { $0.birth > $1.birth }
    }

    /// The lab that a terminal means: that of the port where one is named, else the one whose socket it has, else the
    /// newest.
    package static func chosen(of labs: [LabPlace], port: Int?, socket: String?) -> LabPlace? {
        if let port { return labs.first { $0.port == port } }
        return labs.first { $0.socket == socket } ?? labs.first
    }

    private static func places(in folder: String) -> [LabPlace] {
        FileTree.names(in: folder).filter { $0.hasPrefix("lab-") }.map {
            LabPlace(folder: "\(folder)/\($0)")
        }
    }

    /// Sees to it that the folder is there and this user's alone.
    private func claim() throws(LabError) {
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw failure(folder) }
        guard Self.isPrivate(folder) else {
            throw .file(
                path: folder, reason: "others may write here: take it away, or chmod 700 it")
        }
    }

    /// Whether there is such a folder, and it is this user's alone.
    private static func isPrivate(_ folder: String) -> Bool {
        var status = stat()
        return lstat(folder, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            && status.st_uid == getuid() && status.st_mode & 0o077 == 0
    }

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    private func failure(_ path: String) -> LabError {
        .file(path: path, reason: String(cString: strerror(errno)))
    }
}

/// The folder of one running lab.
package struct LabPlace: Hashable, Sendable {
    package let folder: String

    /// Where launchers find the lab.
    package var socket: String { "\(folder)/socket" }

    /// The programs, for PATH.
    package var programs: String { "\(folder)/bin" }

    var portFile: String { "\(folder)/port" }

    /// The lab's first port.
    package var port: Int? {
        (try? TextFile.read(portFile)).flatMap { Int($0.prefix { !$0.isNewline }) }
    }

    /// The lines that set a terminal up.
    package var environment: String {
        """
        export PATH=\(Launchers.quoted(programs)):"$PATH"
        export CLUSTERLAB_SOCKET=\(Launchers.quoted(socket))

        """
    }

    /// Whether the lab's process is there still.
    var isAlive: Bool {
        let name = folder.split(separator: "/").last ?? ""
        guard let process = name.split(separator: "-").dropFirst().first.flatMap({ pid_t($0) })
        else { return false }
        return kill(process, 0) == 0 || errno == EPERM
    }

    /// When it was made, in nanoseconds.
    var birth: Int64 {
        var status = stat()
        guard stat(portFile, &status) == 0 else { return 0 }
        #if canImport(Glibc)
            let time = status.st_mtim
        #else
            let time = status.st_mtimespec
        #endif
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Where the lab's own nodes have their folders.
    package var nodes: String { "\(folder)/nodes" }

    /// Where its containers have their data.
    var containers: String { "\(folder)/containers" }

    /// The real servers that the lab has started, for whoever comes after a lab that was killed.
    package var processTable: String { "\(folder)/processes" }

    /// Ends what a lab that was killed has left, and takes its folder away.
    func clear() {
        ProcessTable.endAll(listedIn: processTable)
        remove()
    }

    /// Takes away what the lab put there, and ends the real servers that work in it.
    package func remove() {
        StrayServers.end(workingIn: folder)
        FileTree.remove(folder)
    }
}
