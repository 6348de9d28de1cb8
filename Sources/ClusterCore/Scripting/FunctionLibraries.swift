import Keyspace
import RESP

/// A library: its code, and the functions that it registers.
struct FunctionLibrary: Sendable {
    let name: ByteString
    /// With its first line.
    let code: ByteString
    var functions: [Function]

    /// A function that FCALL calls.
    struct Function: Sendable {
        let name: ByteString
        let description: ByteString?
        let flags: ScriptFlags
        /// What the interpreter knows it by.
        var reference: Int32
    }
}

/// The libraries of a node (functions.c), in the order in which they came.
struct FunctionLibraries: Sendable {
    private(set) var libraries: [FunctionLibrary] = []
    /// Where each function is: its library and its place in it.
    private var places: [ByteString: (library: Int, function: Int)] = [:]

    var count: Int { libraries.count }
    var functionCount: Int { places.count }

    /// The codes of all libraries, as dumps have them.
    var codes: [ByteString] { libraries.map(\.code) }

    /// Bytes of names and codes.
    var byteCount: Int {
        libraries.reduce(0) { $0 + $1.name.count + $1.code.count + 96 * ($1.functions.count + 1) }
    }

    /// The function of that name.
    func find(_ name: ByteString) -> FunctionLibrary.Function? {
        places[name].map { libraries[$0.library].functions[$0.function] }
    }

    func library(named name: ByteString) -> FunctionLibrary? {
        libraries.first { $0.name == name }
    }

    /// Instructions that the code of a library may take: about half a second.
    static let loadLimit: UInt64 = 100_000_000

    /// Runs a library's code and adds it (`functionsCreateWithLibraryCtx`); its name.
    mutating func load(
        _ code: ByteString, replacing: Bool, limit: UInt64, in engine: ScriptInterpreter
    ) throws(ReplyError) -> ByteString {
        let header = try code.withBuffer { buffer in
            Result { () throws(ReplyError) in try LibraryHeader(buffer) }
        }.get()
        let old = library(named: header.name)
        if old != nil, !replacing {
            throw ReplyError("ERR Library '\(header.name)' already exists")
        }
        let functions = try engine.load(
            Array(code.bytes.dropFirst(header.length)), limit: limit)
        do throws(ReplyError) {
            guard !functions.isEmpty else { throw ReplyError("ERR No functions registered") }
            for function in functions {
                guard let place = places[function.name],
                    libraries[place.library].name != header.name
                else { continue }
                throw ReplyError("ERR Function \(function.name) already exists")
            }
        } catch {
            engine.forget(functions)
            throw error
        }
        if let old { remove(old.name, from: engine) }
        libraries.append(
            FunctionLibrary(name: header.name, code: code, functions: functions))
        index()
        return header.name
    }

    /// Removes a library; false where there is none of that name.
    @discardableResult
    mutating func remove(_ name: ByteString, from engine: ScriptInterpreter) -> Bool {
        guard let place = libraries.firstIndex(where: { $0.name == name }) else { return false }
        engine.forget(libraries[place].functions)
        libraries.remove(at: place)
        index()
        return true
    }

    /// Removes all.
    mutating func removeAll(from engine: ScriptInterpreter) {
        for library in libraries { engine.forget(library.functions) }
        self = FunctionLibraries()
    }

    /// Takes over the libraries of another list, in place of those of the same names where that is wanted
    /// (`libraryJoin`). After an error everything is as it was.
    mutating func join(
        _ others: FunctionLibraries, replacing: Bool, in engine: ScriptInterpreter
    ) throws(ReplyError) {
        let replaced = libraries.filter { old in others.libraries.contains { $0.name == old.name } }
        if let first = replaced.first, !replacing {
            throw ReplyError("ERR Library \(first.name) already exists")
        }
        let kept = libraries.filter { old in !replaced.contains { $0.name == old.name } }
        for function in kept.flatMap(\.functions) where others.places[function.name] != nil {
            throw ReplyError("ERR Function \(function.name) already exists")
        }
        for library in replaced { engine.forget(library.functions) }
        libraries = kept + others.libraries
        index()
    }

    /// Runs the code of all libraries in an interpreter that has none of them.
    mutating func reload(in engine: ScriptInterpreter) throws(ReplyError) {
        for place in libraries.indices {
            let code = libraries[place].code
            let length = code.withBuffer { ScriptHeader.line(of: $0)?.count ?? 0 }
            libraries[place].functions = try engine.load(
                Array(code.bytes.dropFirst(length)), limit: 0)
        }
        index()
    }

    private mutating func index() {
        places = [:]
        for (library, place) in zip(libraries, libraries.indices) {
            for (number, function) in library.functions.enumerated() {
                places[function.name] = (place, number)
            }
        }
    }
}

/// The first line of a library: `#!lua name=mylib` (`functionExtractLibMetaData`).
private struct LibraryHeader {
    let name: ByteString
    /// Bytes of the line, without its end.
    let length: Int

    init(_ code: UnsafeBufferPointer<UInt8>) throws(ReplyError) {
        guard code.starts(with: "#!".utf8) else {
            throw ReplyError("ERR Missing library metadata")
        }
        guard let line = ScriptHeader.line(of: code), let words = splitArguments(line),
            let engine = words.first
        else { throw ReplyError("ERR Invalid library metadata") }
        length = line.count
        var name: ByteString?
        for word in words.dropFirst() {
            let text = String(decoding: word, as: UTF8.self)
            guard text.lowercased().hasPrefix("name=") else {
                throw ReplyError("ERR Invalid metadata value given: \(text)")
            }
            guard name == nil else {
                throw ReplyError(
                    "ERR Invalid metadata value, name argument was given multiple times")
            }
            name = ByteString(Array(word.dropFirst(5)))
        }
        guard let name else { throw ReplyError("ERR Library name was not given") }
        guard name.count > 0, name.bytes.allSatisfy(Self.isAllowed) else {
            throw ReplyError(
                "ERR Library names can only contain letters, numbers, or underscores(_) and must be at "
                    + "least one character long")
        }
        let engineName = String(decoding: engine.dropFirst(2), as: UTF8.self)
        guard engineName.lowercased() == "lua" else {
            throw ReplyError("ERR Engine '\(engineName)' not found")
        }
        self.name = name
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
