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
    /// The transaction of a client that goes on when a script within it has ended.
    var transaction: TransactionRun?
    private var evaluator: ScriptInterpreter?
    private var engine: ScriptInterpreter?
    /// What the evaluator runs each script by that it has compiled.
    private var references: [ByteString: Int32] = [:]
    /// The script that ran last, with its reference: most clients send one again and again.
    private var recent: (script: Script, reference: Int32)?
    /// Where math.random was in an interpreter that is gone.
    private var random: UInt64?

    /// A script of EVAL.
    struct Script: Sendable {
        /// Its hash in hexadecimal digits.
        let hash: ByteString
        let body: ByteString
        let flags: ScriptFlags
        /// Bytes of its first line, where that is one for the engine.
        let headerLength: Int
    }

    /// A script, and an interpreter that has it compiled.
    struct Compiled {
        let script: Script
        let reference: Int32
        let interpreter: ScriptInterpreter
    }

    // MARK: - Scripts of EVAL

    /// The script of that text, compiled and kept (`luaCreateFunction`).
    mutating func script(of body: Argument) throws(ReplyError) -> Compiled {
        if let recent, recent.script.body == body, isKnownUniquelyReferenced(&evaluator),
            let evaluator
        {
            return Compiled(
                script: recent.script, reference: recent.reference, interpreter: evaluator)
        }
        let hash = ByteString(SHA1.hexadecimal(of: body.buffer))
        if let script = scripts[hash] { return try compiled(script) }
        let header = try ScriptHeader(ofScript: body.buffer)
        let script = Script(
            hash: hash, body: ByteString(body), flags: header.flags, headerLength: header.length)
        let compiled = try compiled(script)
        scripts[hash] = script
        return compiled
    }

    /// The script of a hash.
    mutating func script(hash: Argument) throws(ReplyError) -> Compiled {
        if let recent, recent.script.hash == hash, isKnownUniquelyReferenced(&evaluator),
            let evaluator
        {
            return Compiled(
                script: recent.script, reference: recent.reference, interpreter: evaluator)
        }
        guard hash.count == 2 * SHA1.length, let script = script(named: hash) else {
            throw .noScript
        }
        return try compiled(script)
    }

    /// The script of a hash, if it is kept.
    func script(named hash: Argument) -> Script? {
        scripts[ByteString(hash)] ?? scripts[ByteString(hash.text.lowercased())]
    }

    private mutating func compiled(_ script: Script) throws(ReplyError) -> Compiled {
        let interpreter = try scriptEvaluator()
        let reference: Int32
        if let known = references[script.hash] {
            reference = known
        } else {
            reference = try script.body.withBuffer { body in
                Result { () throws(ReplyError) in
                    try interpreter.define(
                        UnsafeBufferPointer(rebasing: body.dropFirst(script.headerLength)))
                }
            }.get()
            references[script.hash] = reference
        }
        recent = (script, reference)
        return Compiled(script: script, reference: reference, interpreter: interpreter)
    }

    private mutating func scriptEvaluator() throws(ReplyError) -> ScriptInterpreter {
        if isKnownUniquelyReferenced(&evaluator), let evaluator { return evaluator }
        let made = try Self.make(.scripts, random: evaluator?.random ?? random)
        evaluator = made
        references = [:]
        recent = nil
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
        references = [:]
        recent = nil
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
