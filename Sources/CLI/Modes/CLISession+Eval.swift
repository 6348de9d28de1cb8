// `--eval`.
extension CLISession {
    /// Sends the script of a file. Arguments before a comma are its keys, those behind it its arguments.
    mutating func evaluate(_ path: [UInt8]) throws(CLIExit) -> Int32 {
        if options.debugsScript {
            throw .refused(
                "clusterlab cli has no Lua debugger (--ldb): the real redis-cli has one.")
        }
        let name = String(decoding: path, as: UTF8.self)
        let script: [UInt8]
        do throws(FileBytes.Failure) {
            script = try FileBytes.read(name)
        } catch {
            throw .refused("Can't open file '\(name)': \(error.reason)")
        }
        var words = options.command
        let comma = words.firstIndex(of: [UInt8(ascii: ",")])
        if let comma { words.remove(at: comma) }
        let count = Array(String(comma ?? words.count).utf8)
        let command = [Array("EVAL".utf8), script, count] + words
        return try issue(command, times: options.times) ? 0 : 1
    }
}
