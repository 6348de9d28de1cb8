import Keyspace
import RESP

/// Functions in dumps, in the append-only file and in the stream of a master.
extension Node {
    /// Puts the libraries of a dump in place of those that are there.
    mutating func takeFunctions(of contents: RDBReader.Contents) throws(RDBError) {
        guard !contents.functions.isEmpty || scripting.functions.count > 0 else { return }
        do throws(ReplyError) {
            let engine = try scripting.functionEngine()
            scripting.functions.removeAll(from: engine)
            for code in contents.functions {
                _ = try scripting.functions.load(code, replacing: false, limit: 0, in: engine)
            }
        } catch {
            throw .unsupported("a function library (\(error.message))")
        }
    }

    /// Executes FUNCTION, or a script of a server before Redis 7.0, for the master or from the append-only file.
    mutating func executeScripting(_ arguments: Arguments, _ command: Int) {
        let entry = commands.entries[command]
        guard case .node(let run) = entry.handler else { return }
        var reply = ReplyBuffer()
        let changes = database.changes
        database.slot = nil
        commandBegun = stopwatch?() ?? 0
        do throws(ReplyError) {
            try run(&self, arguments, &reply)
            statistics.commands += 1
            statistics.calls[command] += 1
            if isPropagating { propagate(arguments, of: entry, since: changes) }
        } catch {
            log(.warning, "\(arguments[0].text) failed: \(error.message)")
        }
    }
}
