import CLua
import Keyspace
import RESP

/// The scripts of a node: their sources, which are a value, and the interpreters that have them compiled, which are
/// not. Whoever finds that an interpreter has another owner as well, a copy of the node, makes a new one.
struct Scripting: Sendable {
    /// The scripts of EVAL by their hashes in hexadecimal digits.
    private(set) var scripts: [ByteString: Script] = [:]
    var functions = FunctionLibraries()
    /// The script that runs.
    var running: RunningScript?
    private var evaluator: ScriptInterpreter?
    private var engine: ScriptInterpreter?
    /// Where math.random was in an interpreter that is gone.
    private var random: UInt64?
    /// The last script that was hashed: most clients send one again and again.
    private var lastHashed: (body: ByteString, hash: ByteString)?

    /// A script of EVAL.
    struct Script: Sendable {
        let body: ByteString
        let flags: ScriptFlags
    }

    // MARK: - Scripts of EVAL

    /// The hash of a script.
    mutating func hash(of body: Argument) -> ByteString {
        if let last = lastHashed, last.body == body { return last.hash }
        let hash = ByteString(SHA1.hexadecimal(of: body.buffer))
        lastHashed = (ByteString(body), hash)
        return hash
    }

    /// Compiles a script and keeps it (`luaCreateFunction`).
    mutating func keep(_ body: Argument, as hash: ByteString) throws(ReplyError) -> Script {
        if let script = scripts[hash] { return script }
        let header = try ScriptHeader(ofScript: body.buffer)
        let script = Script(body: ByteString(body), flags: header.flags)
        try define(script, hash, header.length)
        scripts[hash] = script
        return script
    }

    private mutating func define(
        _ script: Script, _ hash: ByteString, _ headerLength: Int
    ) throws(ReplyError) {
        let code =
            headerLength == 0
            ? script.body : ByteString(Array(script.body.bytes.dropFirst(headerLength)))
        try scriptEvaluator().define("f_\(hash)", code)
    }

    /// The interpreter with a script in it that is kept.
    mutating func evaluator(with script: Script, _ hash: ByteString) throws(ReplyError)
        -> ScriptInterpreter
    {
        var length = 0
        if !script.flags.contains(.isOldStyle) {
            length = script.body.withBuffer { ScriptHeader.line(of: $0)?.count ?? 0 }
        }
        try define(script, hash, length)
        return try scriptEvaluator()
    }

    private mutating func scriptEvaluator() throws(ReplyError) -> ScriptInterpreter {
        if isKnownUniquelyReferenced(&evaluator), let evaluator { return evaluator }
        let made = try Self.make(.scripts, random: evaluator?.random ?? random)
        evaluator = made
        return made
    }

    private static func make(
        _ kind: ScriptInterpreter.Kind, random: UInt64?
    ) throws(ReplyError) -> ScriptInterpreter {
        guard let made = ScriptInterpreter(kind, random: random) else {
            throw ReplyError(
                "ERR This node has no Lua: install liblua5.1-0 (\(ScriptInterpreter.problem))")
        }
        return made
    }

    /// SCRIPT FLUSH.
    mutating func removeScripts() {
        random = evaluator?.random ?? random
        scripts = [:]
        evaluator = nil
    }

    // MARK: - Functions

    /// The interpreter with all libraries in it.
    mutating func functionEngine() throws(ReplyError) -> ScriptInterpreter {
        if isKnownUniquelyReferenced(&engine), let engine { return engine }
        let made = try Self.make(.functions, random: engine?.random)
        engine = made
        try functions.reload(in: made)
        return made
    }

    // MARK: - Figures

    /// Bytes that the interpreter of EVAL holds; Redis has one from the start.
    var evaluatorMemory: Int { evaluator?.memory ?? 0 }

    /// The same for that of functions.
    var engineMemory: Int { engine?.memory ?? 0 }

    /// Bytes of the scripts' texts and of what finds them.
    var scriptBytes: Int { scripts.values.reduce(0) { $0 + $1.body.count + 40 + 64 } }
}

extension SHA1 {
    /// A hash in hexadecimal digits.
    static func hexadecimal(of text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return hash(of: text).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}
