import Keyspace
import RESP

/// BLPOP, BZPOPMIN and their kind: one element of the first of several keys.
func popOrBlock(_ end: some PoppableEnd) -> CommandSpec<Node>.Handler {
    { node, arguments, reply throws(ReplyError) in
        let last = arguments.count - 1
        let deadline = try node.deadline(arguments[last])
        try node.serveOrBlock(
            arguments, keys: 1..<last, kind: type(of: end).kind, until: deadline, &reply
        ) { node, key, reply throws(ReplyError) in try node.database.popOne(key, end, &reply) }
    }
}

/// BLMPOP and BZMPOP: elements of the first of several keys, from the end that the arguments name.
func popManyOrBlock<End: PoppableEnd>(_: End.Type) -> CommandSpec<Node>.Handler {
    { node, arguments, reply throws(ReplyError) in
        let options = try ManyKeysPop<End>(arguments, at: 2)
        let deadline = try node.deadline(arguments[1])
        let (end, count) = (options.end, options.count)
        try node.serveOrBlock(
            arguments, keys: options.keys, kind: End.kind, until: deadline, &reply
        ) { node, key, reply throws(ReplyError) in
            try node.database.popMany(key, end, count, &reply)
        }
    }
}
