import CLua
import Keyspace
import RESP

/// A Lua interpreter with Redis' libraries in it.
///
/// It is kept as an address, for it is no value: a node has it to itself, and a copy of a node makes another one from
/// the same sources (`Scripting`).
final class ScriptInterpreter: Sendable {
    private let address: UInt

    /// What it is for.
    enum Kind: Sendable {
        /// EVAL: scripts by their hashes.
        case scripts
        /// FCALL: the functions of libraries.
        case functions
    }

    /// nil where the system has no Lua.
    init?(_ kind: Kind, random: UInt64?) {
        let host = clua_host(
            call: { interpreter, context, arguments in
                guard let interpreter, let context else { return }
                let node = context.assumingMemoryBound(to: Node.self)
                node.pointee.runCommandOfScript(Arguments(arguments), interpreter)
            },
            permits: { _, context, arguments in
                guard let context else { return -1 }
                let node = context.assumingMemoryBound(to: Node.self)
                return node.pointee.permitsCommandOfScript(Arguments(arguments))
            },
            log: { context, level, text, length in
                guard let context, let text else { return }
                let node = context.assumingMemoryBound(to: Node.self)
                let line = String(
                    decoding: UnsafeBufferPointer(start: text, count: length), as: UTF8.self)
                node.pointee.logLineOfScript(level: Int(level), line)
            },
            name: { interpreter, context in
                guard let interpreter, let context else { return }
                let node = context.assumingMemoryBound(to: Node.self)
                node.pointee.nameScript(to: interpreter)
            },
            sha1: { text, length, digits in
                guard let digits else { return }
                let hash = SHA1.hexadecimal(of: UnsafeBufferPointer(start: text, count: length))
                for (index, digit) in hash.enumerated() { digits[index] = CChar(digit) }
                digits[SHA1.length * 2] = 0
            })
        let made = clua_new(
            kind == .scripts ? clua_scripts : clua_functions, host, Node.redisVersion,
            Node.redisVersionNumber)
        guard let made else { return nil }
        if let random { clua_set_random(made, random) }
        address = UInt(bitPattern: made)
    }

    deinit {
        clua_free(OpaquePointer(bitPattern: address))
    }

    /// Why there is none.
    static var problem: String { String(cString: clua_problem()) }

    /// What C knows it by.
    var handle: OpaquePointer {
        guard let handle = OpaquePointer(bitPattern: address) else {
            preconditionFailure("an interpreter without an address")
        }
        return handle
    }

    /// Bytes that it holds.
    var memory: Int { clua_memory(handle) }

    /// The state of math.random.
    var random: UInt64 { clua_random(handle) }

    /// Compiles a script: what it is run by.
    func define(_ body: UnsafeBufferPointer<UInt8>) throws(ReplyError) -> Int32 {
        let reference = clua_define(handle, body.baseAddress, body.count)
        guard reference != 0 else { throw ReplyError("ERR \(text)") }
        return reference
    }

    /// Runs the code of a library; the functions that it has registered. It is given up after so many instructions, 0
    /// for none.
    func load(_ code: [UInt8], limit: UInt64) throws(ReplyError) -> [FunctionLibrary.Function] {
        let isLoaded = code.withUnsafeBufferPointer {
            clua_load_library(handle, $0.baseAddress, $0.count, limit)
        }
        guard isLoaded else { throw ReplyError("ERR \(text)") }
        return (0..<clua_function_count(handle)).map {
            FunctionLibrary.Function(clua_function_at(handle, $0))
        }
    }

    /// Lets go of functions that nobody calls any more.
    func forget(_ functions: [FunctionLibrary.Function]) {
        for function in functions { clua_forget_function(handle, function.reference) }
    }

    /// Errors in the reply of the script that has ended: how many have been counted by the commands that gave them,
    /// and the messages of the others.
    var errors: (counted: Int, uncounted: [String]) {
        var length = 0
        let start = clua_uncounted_errors(handle, &length)
        let texts = UnsafeBufferPointer(start: start, count: length).split(separator: 0)
        return (
            clua_counted_errors(handle), texts.map { String(decoding: $0, as: UTF8.self) }
        )
    }

    /// Whether there are any.
    var hasErrors: Bool {
        var length = 0
        _ = clua_uncounted_errors(handle, &length)
        return length > 0 || clua_counted_errors(handle) > 0
    }

    /// The message of what has failed last.
    private var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The reply of the script that has ended.
    var bytes: UnsafeBufferPointer<UInt8> {
        var length = 0
        let start = clua_text(handle, &length)
        return UnsafeBufferPointer(start: start, count: length)
    }
}

extension Arguments {
    /// The arguments of a command that a script calls.
    fileprivate init(_ arguments: clua_arguments) {
        guard let bytes = arguments.bytes, let ranges = arguments.ranges else {
            preconditionFailure("a command has at least its name")
        }
        // Both are two numbers of 32 bits.
        let places = UnsafeRawPointer(ranges).assumingMemoryBound(to: ArgumentRange.self)
        self.init(base: bytes, ranges: places, count: arguments.count)
    }
}

extension FunctionLibrary.Function {
    fileprivate init(_ function: clua_function) {
        name = ByteString(
            UnsafeBufferPointer(start: function.name, count: function.name_length))
        description =
            function.has_description
            ? ByteString(
                UnsafeBufferPointer(
                    start: function.description, count: function.description_length)) : nil
        flags = ScriptFlags(rawValue: function.flags)
        reference = function.reference
    }
}
