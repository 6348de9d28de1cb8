import Lab

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A server's nodes.conf, which it writes whenever its view of the cluster changes: who joins, who is forgotten and whose
/// the slots are is told by no log, and to ask for it would be seen in MONITOR.
struct ClusterFile {
    let path: String
    private var stamp = Stamp()
    private var view: View?

    /// When it was written, and how long it is.
    private struct Stamp: Equatable {
        var seconds = 0
        var nanoseconds = 0
        var size = 0
        var number: UInt64 = 0
    }

    init(path: String) {
        self.path = path
    }

    /// What the server has learned since the last look; the first look learns nothing.
    mutating func news() -> [LabEvent.Kind] {
        guard let now = Self.stamp(of: path), now != stamp, let view = View(path) else { return [] }
        stamp = now
        defer { self.view = view }
        return self.view.map { view.news(since: $0) } ?? []
    }

    private static func stamp(of path: String) -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Glibc)
            let time = status.st_mtim
        #else
            let time = status.st_mtimespec
        #endif
        return Stamp(
            seconds: Int(time.tv_sec), nanoseconds: time.tv_nsec, size: Int(status.st_size),
            number: UInt64(status.st_ino))
    }

    /// What a file says.
    private struct View {
        var names: [String] = []
        private var epochs: [String: UInt64] = [:]
        /// By slot, the place of its owner's name.
        private var owners: [Int?]

        /// nil for one that is just being written.
        init?(_ path: String) {
            owners = Array(repeating: nil, count: 16384)
            guard let text = try? TextFile.read(path), text.hasSuffix("\n"),
                let last = text.split(separator: "\n").last, last.hasPrefix("vars ")
            else { return nil }
            for line in text.split(separator: "\n").dropLast() { read(line) }
        }

        private mutating func read(_ line: Substring) {
            let fields = line.split(separator: " ")
            guard fields.count > 7, !fields[2].contains("handshake") else { return }
            let name = String(fields[0])
            names.append(name)
            epochs[name] = UInt64(fields[6])
            for field in fields.dropFirst(8) where field.first != "[" {
                let ends = field.split(separator: "-").compactMap { Int($0) }
                guard let first = ends.first, let last = ends.last, first <= last,
                    owners.indices.contains(first), owners.indices.contains(last)
                else { continue }
                for slot in first...last { owners[slot] = names.count - 1 }
            }
        }

        func news(since former: View) -> [LabEvent.Kind] {
            let joined = names.filter { !former.names.contains($0) }
            let forgotten = former.names.filter { !names.contains($0) }
            return joined.map { .handshakeCompleted($0) } + forgotten.map { .forgotten($0) }
                + moves(since: former)
        }

        private func moves(since former: View) -> [LabEvent.Kind] {
            var sources: [Int: [String]] = [:]
            for slot in owners.indices {
                guard let owner = owners[slot] else { continue }
                let before = former.owners[slot].map { former.names[$0] }
                guard before != names[owner] else { continue }
                var known = sources[owner] ?? []
                if let before, !known.contains(before) { known.append(before) }
                sources[owner] = known
            }
            return sources.sorted { $0.key < $1.key }.map { owner, from in
                let name = names[owner]
                return .slotsChanged(owner: name, from: from, epoch: epochs[name] ?? 0)
            }
        }
    }
}
