package import RESP

/// One of the two ends of a collection that elements are taken from: of a list, or of a sorted set, whose members go
/// with their scores.
package protocol PoppableEnd: Sendable {
    static var kind: Value.Kind { get }
    /// What an element is answered with.
    static var wordCount: Int { get }

    /// The end that an argument names.
    init(_ argument: Argument) throws(ReplyError)

    /// The command that takes elements from this end.
    var popName: ByteString { get }

    /// Takes so many elements, one at least, and answers with each of them, which may be an array in itself.
    func pop(
        _ count: Int, from reference: Database.Reference, _ key: Argument, isNested: Bool,
        in database: inout Database, _ reply: inout ReplyBuffer)
}

/// What LMPOP, ZMPOP and their kind say after the number of keys.
package struct ManyKeysPop<End: PoppableEnd> {
    /// The indexes of the keys among the arguments.
    package let keys: Range<Int>
    package let end: End
    package private(set) var count = 1

    /// `index` is that of the number of keys.
    package init(_ arguments: Arguments, at index: Int) throws(ReplyError) {
        let number = try arguments[index].requireInteger(
            in: 1...Int.max, ReplyError("ERR numkeys should be greater than 0"))
        guard number < arguments.count - index - 1 else { throw .syntax }
        let place = index + number + 1
        keys = index + 1..<place
        end = try End(arguments[place])
        guard arguments.count > place + 1 else { return }
        guard arguments.count == place + 3, arguments[place + 1].isKeyword("COUNT") else {
            throw try Self.failure(arguments, from: place + 1)
        }
        count = try Self.count(arguments[place + 2])
    }

    /// Redis reads option by option: a bad count is noticed before one option too many.
    private static func failure(
        _ arguments: Arguments, from index: Int
    ) throws(ReplyError) -> ReplyError {
        if arguments[index].isKeyword("COUNT"), index + 1 < arguments.count {
            _ = try count(arguments[index + 1])
        }
        return .syntax
    }

    private static func count(_ argument: Argument) throws(ReplyError) -> Int {
        try argument.requireInteger(
            in: 1...Int.max, ReplyError("ERR count should be greater than 0"))
    }
}

/// LMPOP and ZMPOP.
func popFromFirst<End: PoppableEnd>(_: End.Type) -> CommandSpec<Database>.Handler {
    { database, arguments, reply throws(ReplyError) in
        let options = try ManyKeysPop<End>(arguments, at: 1)
        for index in options.keys {
            let key = arguments[index]
            if try database.popMany(key, options.end, options.count, &reply) { return }
        }
        reply.nullArray()
    }
}

extension Database {
    /// Takes elements from a collection, and answers with the key and an array of them.
    /// - Returns: false where there is none; then nothing is answered.
    package mutating func popMany<End: PoppableEnd>(
        _ key: Argument, _ end: End, _ count: Int, _ reply: inout ReplyBuffer
    ) throws(ReplyError) -> Bool {
        guard let reference = try lookupForWrite(key, as: End.kind) else { return false }
        let taken = min(count, self[reference].elementCount ?? 0)
        reply.array(2)
        reply.bulkString(key)
        reply.array(taken)
        end.pop(taken, from: reference, key, isNested: true, in: &self, &reply)
        noteEffect([end.popName, ByteString(key), ByteString("\(taken)")])
        return true
    }

    /// Takes one element from a collection, and answers with the key and the element.
    /// - Returns: false where there is none; then nothing is answered.
    package mutating func popOne<End: PoppableEnd>(
        _ key: Argument, _ end: End, _ reply: inout ReplyBuffer
    ) throws(ReplyError) -> Bool {
        guard let reference = try lookupForWrite(key, as: End.kind) else { return false }
        reply.array(1 + End.wordCount)
        reply.bulkString(key)
        end.pop(1, from: reference, key, isNested: false, in: &self, &reply)
        noteEffect([end.popName, ByteString(key)])
        return true
    }
}
