import RESP

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// `--replica`, `--rdb` and `--functions-rdb`: a client that says it is a replica.
extension CLISession {
    /// Shows what the master sends to its replicas, until the connection ends.
    mutating func replicate() throws(CLIExit) {
        try saySelf("capa", "eof")
        try saySelf("rdb-filter-only", "")
        try followMaster()
    }

    /// Passes over the snapshot and prints every command behind it (`slaveMode`).
    mutating func followMaster() throws(CLIExit) {
        guard let connection else { return }
        var transfer = try ReplicationTransfer(connection)
        let size = transfer.remaining
        let extent = size.map { "\($0) bytes of bulk transfer..." }
        output.complain(
            "SYNC with master, discarding \(extent ?? "bytes of bulk transfer until EOF marker...")\n"
        )
        do throws(CLIConnection.Failure) {
            while case let bytes = try transfer.next(atMost: 1024), !bytes.isEmpty {}
        } catch {
            throw .refused("Error reading RDB payload while SYNCing")
        }
        if size == nil {
            output.complain(
                "SYNC done after \(transfer.count) bytes. Logging commands from master.\n")
            // The master wants its replica to be there before it takes the acknowledgement.
            system.pause(.seconds(1))
            try saySelf("ACK", "0")
        } else {
            output.complain("SYNC done. Logging commands from master.\n")
        }
        let style = options.format.style
        options.format.style = .csv
        while try readReply() {}
        options.format.style = style
    }

    /// Fetches a snapshot into a file (`getRDB`).
    mutating func fetchDump(onlyFunctions: Bool) throws(CLIExit) {
        guard let connection else { return }
        try saySelf("capa", "eof")
        try saySelf("rdb-only", "1")
        if onlyFunctions, !(try saySelf("rdb-filter-only", "functions")) {
            throw .refused("Failed requesting functions only RDB from server, aborting")
        }
        var transfer = try ReplicationTransfer(connection)
        let name = String(decoding: options.dumpFile, as: UTF8.self)
        output.complain(
            transfer.remaining.map { "SYNC sent to master, writing \($0) bytes to '\(name)'\n" }
                ?? "SYNC sent to master, writing bytes of bulk transfer until EOF marker to '\(name)'\n"
        )
        let isMarked = transfer.remaining == nil
        let file = try DumpFile(name)
        try copy(&transfer, to: file)
        if isMarked {
            let size = transfer.count - ReplicationTransfer.markSize
            if let problem = file.cut(to: size) { output.complain(problem) }
            output.complain("Transfer finished with success after \(size) bytes\n")
        } else {
            output.complain("Transfer finished with success.\n")
        }
        self.connection = nil
        try file.close()
    }

    private func copy(_ transfer: inout ReplicationTransfer, to file: DumpFile) throws(CLIExit) {
        while true {
            let bytes: [UInt8]
            do throws(CLIConnection.Failure) {
                bytes = try transfer.next(atMost: 4096)
            } catch {
                throw .refused("I/O Error reading RDB payload from socket")
            }
            guard !bytes.isEmpty else { return }
            try file.write(bytes)
        }
    }

    /// A REPLCONF; false when the server does not know it.
    @discardableResult
    private func saySelf(_ name: String, _ value: String) throws(CLIExit) -> Bool {
        output.complain("sending REPLCONF \(name) \(value)\n")
        let words = ["REPLCONF", name, value].map { Array($0.utf8) }
        guard case .error(let message) = try ask(words) else { return true }
        output.complain("REPLCONF \(name) error: \(message)\n")
        return false
    }
}

/// The file that a snapshot is written to; `-` is standard output.
private struct DumpFile {
    private let name: String
    private let descriptor: Int32
    private var isOutput: Bool { name == "-" }

    init(_ name: String) throws(CLIExit) {
        self.name = name
        descriptor = name == "-" ? STDOUT_FILENO : open(name, O_CREAT | O_WRONLY, 0o644)
        guard descriptor >= 0 else {
            throw .refused("Error opening '\(name)': \(String(cString: strerror(errno)))")
        }
    }

    func write(_ bytes: [UInt8]) throws(CLIExit) {
        #if canImport(Glibc)
            let count = Glibc.write(descriptor, bytes, bytes.count)
        #else
            let count = Darwin.write(descriptor, bytes, bytes.count)
        #endif
        guard count == bytes.count else {
            let reason = count < 0 ? String(cString: strerror(errno)) : "short write"
            throw .refused("Error writing data to file: \(reason)")
        }
    }

    /// Takes the mark off the end; what is wrong if that cannot be.
    func cut(to size: Int) -> String? {
        guard !isOutput, ftruncate(descriptor, off_t(size)) != 0 else { return nil }
        return "ftruncate failed: \(String(cString: strerror(errno))).\n"
    }

    func close() throws(CLIExit) {
        if !isOutput, fsync(descriptor) != 0 {
            throw .refused("Fail to fsync '\(name)': \(String(cString: strerror(errno)))")
        }
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #else
            _ = Darwin.close(descriptor)
        #endif
    }
}
