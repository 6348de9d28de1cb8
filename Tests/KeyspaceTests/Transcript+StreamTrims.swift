extension Transcript {
    /// Streams: what is taken out of them.
    static let streamTrims: [Transcript] = [
        Transcript(
            "trimming",
            #"""
            > XADD s 1 a 1
            $3
            1-0
            > XADD s 2 a 2
            $3
            2-0
            > XADD s 3 a 3
            $3
            3-0
            > XADD s 4 a 4
            $3
            4-0
            > XTRIM s MAXLEN 3
            :1
            > XTRIM s MAXLEN ~ 2
            :0
            > XTRIM s MINID = 3
            :1
            > XRANGE s - +
            *2
            *2
            $3
            3-0
            *2
            $1
            a
            $1
            3
            *2
            $3
            4-0
            *2
            $1
            a
            $1
            4
            > XADD s MAXLEN 1 5 a 5
            $3
            5-0
            > XLEN s
            :1
            > XADD s MINID ~ 9 LIMIT 0 6 a 6
            $3
            6-0
            > XRANGE s - +
            *0
            > XTRIM s MAXLEN ~ 0 LIMIT 1
            :0
            > XTRIM s MAXLEN ~ 0 LIMIT 0
            :0
            > XLEN s
            :0
            > XTRIM none MAXLEN 0
            :0
            > XADD none NOMKSTREAM 1 a b
            $-1
            > EXISTS none
            :0
            """#),
        Transcript(
            "options that are wrong",
            #"""
            > XADD s 1
            -ERR wrong number of arguments for 'xadd' command
            > XADD s 1 a
            -ERR wrong number of arguments for 'xadd' command
            > XADD s MAXLEN 1 MINID 1 1 a b
            -ERR syntax error, MAXLEN and MINID options at the same time are not compatible
            > XADD s MAXLEN -1 1 a b
            -ERR The MAXLEN argument must be >= 0.
            > XADD s MAXLEN x 1 a b
            -ERR value is not an integer or out of range
            > XADD s MINID x 1 a b
            -ERR Invalid stream ID specified as stream command argument
            > XADD s LIMIT 1 1 a b
            -ERR syntax error, LIMIT cannot be used without specifying a trimming strategy
            > XADD s MAXLEN 1 LIMIT 1 1 a b
            -ERR syntax error, LIMIT cannot be used without the special ~ option
            > XADD s MAXLEN ~ 1 LIMIT -1 1 a b
            -ERR The LIMIT argument must be >= 0.
            > XADD s MAXLEN ~ 1 LIMIT x 1 a b
            -ERR value is not an integer or out of range
            > XTRIM s MAXLEN
            -ERR wrong number of arguments for 'xtrim' command
            > XTRIM s NOMKSTREAM 1
            -ERR syntax error
            > XTRIM s LIMIT 0
            -ERR syntax error, XTRIM must be called with a trimming strategy
            > XRANGE s - + COUNT
            -ERR syntax error
            > XRANGE s - + BAD 1
            -ERR syntax error
            > XRANGE s - + COUNT x
            -ERR value is not an integer or out of range
            > EXISTS s
            :0
            """#),
        Transcript(
            "what a stream knows of entries that are gone",
            #"""
            > XADD s 1-1 a 1
            $3
            1-1
            > XSETID s 0-1
            -ERR The ID specified in XSETID is smaller than the target stream top item
            > XSETID s 5-5
            +OK
            > XSETID s 5-5 ENTRIESADDED 0
            -ERR The entries_added specified in XSETID is smaller than the target stream length
            > XSETID s 5-5 ENTRIESADDED -1
            -ERR entries_added must be positive
            > XSETID s 5-5 ENTRIESADDED 9 MAXDELETEDID 4
            +OK
            > XSETID s 5-5 MAXDELETEDID 6
            -ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id
            > XSETID s 5-5 BAD
            -ERR syntax error
            > XSETID s 5-5 ENTRIESADDED
            -ERR syntax error
            > XSETID none 1
            -ERR no such key
            > XADD s 5-4 a b
            -ERR The ID specified in XADD is equal or smaller than the target stream top item
            > XINFO STREAM s
            *20
            $6
            length
            :1
            $15
            radix-tree-keys
            :1
            $16
            radix-tree-nodes
            :2
            $17
            last-generated-id
            $3
            5-5
            $20
            max-deleted-entry-id
            $3
            4-0
            $13
            entries-added
            :9
            $23
            recorded-first-entry-id
            $3
            1-1
            $6
            groups
            :0
            $11
            first-entry
            *2
            $3
            1-1
            *2
            $1
            a
            $1
            1
            $10
            last-entry
            *2
            $3
            1-1
            *2
            $1
            a
            $1
            1
            > XINFO STREAM none
            -ERR no such key
            > XINFO STREAM s BAD
            -ERR unknown subcommand or wrong number of arguments for 'STREAM'. Try XINFO HELP.
            > XINFO STREAM s FULL BAD 1
            -ERR unknown subcommand or wrong number of arguments for 'STREAM'. Try XINFO HELP.
            > XINFO STREAM s FULL COUNT x
            -ERR value is not an integer or out of range
            """#),
        Transcript(
            "other kinds",
            #"""
            > SET k v
            +OK
            > XADD k 1 a b
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > XLEN k
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > XRANGE k - +
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > XDEL k 1
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > XTRIM k MAXLEN 1
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > XSETID k 1
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > XINFO STREAM k
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > XREAD STREAMS k 0
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > XADD s 1 a b
            $3
            1-0
            > GET s
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > LPUSH s x
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > SORT s
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > INCR s
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > COPY s t
            :1
            > XRANGE t - +
            *1
            *2
            $3
            1-0
            *2
            $1
            a
            $1
            b
            > RENAME t u
            +OK
            > XLEN u
            :1
            """#),
    ]
}
