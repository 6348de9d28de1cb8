import Lab

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Machine {
    /// The machine that this program runs on.
    package static var here: Machine {
        let history = TextFile.statePath(of: "history")
        var machine = Machine(
            process: Int(getpid()),
            stateFolder: history.map { String($0.dropLast("/history".count)) })
        machine.run = { ProgramRun.output(of: $0) }
        machine.read = { try? TextFile.read($0) }
        machine.list = names(in:)
        machine.linkTarget = target(of:)
        machine.isProgram = { access($0, X_OK) == 0 }
        machine.variable = { name in
            getenv(name).flatMap { $0.pointee == 0 ? nil : String(cString: $0) }
        }
        machine.problemWriting = problemWriting(at:)
        machine.screen = screenSize
        return machine
    }

    private static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names.filter { $0 != "." && $0 != ".." }
    }

    private static func target(of link: String) -> String? {
        var bytes = [CChar](repeating: 0, count: 4096)
        let count = readlink(link, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func problemWriting(at path: String) -> String? {
        do throws(LabError) {
            try TextFile.replace(path, with: "")
            unlink(path)
            return nil
        } catch {
            return error.description
        }
    }

    private static func screenSize() -> (columns: Int, rows: Int)? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}
