extension Transcript {
    /// Streams: what is pending in groups.
    static let streamClaims: [Transcript] = [
        Transcript(
            "claiming",
            #"""
            > XADD s 1-1 a 1
            $3
            1-1
            > XADD s 1-2 a 2
            $3
            1-2
            > XADD s 1-3 a 3
            $3
            1-3
            > XGROUP CREATE s g 0
            +OK
            > XREADGROUP GROUP g c STREAMS s >
            *1
            *2
            $1
            s
            *3
            *2
            $3
            1-1
            *2
            $1
            a
            $1
            1
            *2
            $3
            1-2
            *2
            $1
            a
            $1
            2
            *2
            $3
            1-3
            *2
            $1
            a
            $1
            3
            > XCLAIM s g d 0 1-1
            *1
            *2
            $3
            1-1
            *2
            $1
            a
            $1
            1
            > XCLAIM s g d 100000 1-2
            *0
            > XCLAIM s g d 0 1-2 9-9 JUSTID
            *1
            $3
            1-2
            > XCLAIM s g d 0 1-3 RETRYCOUNT 7 IDLE 5 LASTID 4-4
            *1
            *2
            $3
            1-3
            *2
            $1
            a
            $1
            3
            > XDEL s 1-2
            :1
            > XCLAIM s g c 0 1-2
            *0
            > XACK s g 1-1
            :1
            > XCLAIM s g c 0 1-1
            *0
            > XCLAIM s g c 0 1-1 FORCE
            *1
            *2
            $3
            1-1
            *2
            $1
            a
            $1
            1
            > XPENDING s g
            *4
            :2
            $3
            1-1
            $3
            1-3
            *2
            *2
            $1
            c
            $1
            1
            *2
            $1
            d
            $1
            1
            > XCLAIM s g c x 1-1
            -ERR Invalid min-idle-time argument for XCLAIM
            > XCLAIM s g c 0 1-1 BAD
            -ERR Unrecognized XCLAIM option 'BAD'
            > XCLAIM s g c 0 1-1 IDLE x
            -ERR Invalid IDLE option argument for XCLAIM
            > XCLAIM s g c 0 1-1 TIME x
            -ERR Invalid TIME option argument for XCLAIM
            > XCLAIM s g c 0 1-1 RETRYCOUNT x
            -ERR Invalid RETRYCOUNT option argument for XCLAIM
            > XCLAIM s g c 0 1-1 LASTID x
            -ERR Invalid stream ID specified as stream command argument
            > XCLAIM s g c 0 1-1 IDLE
            -ERR Unrecognized XCLAIM option 'IDLE'
            > XCLAIM s none c 0 1-1
            -NOGROUP No such key 's' or consumer group 'none'
            > XINFO GROUPS s
            *1
            *12
            $4
            name
            $1
            g
            $9
            consumers
            :2
            $7
            pending
            :2
            $17
            last-delivered-id
            $3
            4-4
            $12
            entries-read
            :3
            $3
            lag
            :0
            """#),
        Transcript(
            "claiming whatever is idle",
            #"""
            > XADD s 1-1 a 1
            $3
            1-1
            > XADD s 1-2 a 2
            $3
            1-2
            > XADD s 1-3 a 3
            $3
            1-3
            > XADD s 1-4 a 4
            $3
            1-4
            > XGROUP CREATE s g 0
            +OK
            > XREADGROUP GROUP g c STREAMS s >
            *1
            *2
            $1
            s
            *4
            *2
            $3
            1-1
            *2
            $1
            a
            $1
            1
            *2
            $3
            1-2
            *2
            $1
            a
            $1
            2
            *2
            $3
            1-3
            *2
            $1
            a
            $1
            3
            *2
            $3
            1-4
            *2
            $1
            a
            $1
            4
            > XAUTOCLAIM s g d 0 - COUNT 1
            *3
            $3
            1-2
            *1
            *2
            $3
            1-1
            *2
            $1
            a
            $1
            1
            *0
            > XDEL s 1-2
            :1
            > XAUTOCLAIM s g d 0 1-2 COUNT 2 JUSTID
            *3
            $3
            1-4
            *1
            $3
            1-3
            *1
            $3
            1-2
            > XAUTOCLAIM s g d 100000 0
            *3
            $3
            0-0
            *0
            *0
            > XAUTOCLAIM s g d 0 (1-3
            *3
            $3
            0-0
            *1
            *2
            $3
            1-4
            *2
            $1
            a
            $1
            4
            *0
            > XAUTOCLAIM s g d 0 - COUNT 0
            -ERR COUNT must be > 0
            > XAUTOCLAIM s g d x -
            -ERR Invalid min-idle-time argument for XAUTOCLAIM
            > XAUTOCLAIM s g d 0 x
            -ERR Invalid stream ID specified as stream command argument
            > XAUTOCLAIM s g d 0 - BAD
            -ERR syntax error
            > XAUTOCLAIM s none d 0 -
            -NOGROUP No such key 's' or consumer group 'none'
            > XPENDING s g
            *4
            :3
            $3
            1-1
            $3
            1-4
            *1
            *2
            $1
            d
            $1
            3
            """#),
        Transcript(
            "filters of what is pending",
            #"""
            > XADD s 1-1 a 1
            $3
            1-1
            > XADD s 1-2 a 2
            $3
            1-2
            > XGROUP CREATE s g 0
            +OK
            > XPENDING s g
            *4
            :0
            $-1
            $-1
            *-1
            > XPENDING s g - + 10
            *0
            > XREADGROUP GROUP g c STREAMS s >
            *1
            *2
            $1
            s
            *2
            *2
            $3
            1-1
            *2
            $1
            a
            $1
            1
            *2
            $3
            1-2
            *2
            $1
            a
            $1
            2
            > XPENDING s g - + 10 none
            *0
            > XPENDING s g - + 0
            *0
            > XPENDING s g IDLE 100000 - + 10
            *0
            > XPENDING s g 2 + 10
            *0
            > XPENDING s g - +
            -ERR syntax error
            > XPENDING s g IDLE x - + 10
            -ERR value is not an integer or out of range
            > XPENDING s g IDLE 1 - +
            -ERR syntax error
            > XPENDING s g - + x
            -ERR value is not an integer or out of range
            > XPENDING s g x + 10
            -ERR Invalid stream ID specified as stream command argument
            > XPENDING s none
            -NOGROUP No such key 's' or consumer group 'none'
            > XPENDING none g - + 10
            -NOGROUP No such key 'none' or consumer group 'g'
            """#),
        Transcript(
            "words that are wrong",
            #"""
            > SET k v
            +OK
            > XGROUP CREATE k g 0
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > XGROUP DESTROY k g
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > XACK k g 1
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > XPENDING k g
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > XCLAIM k g c 0 1
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > XAUTOCLAIM k g c 0 0
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > XREADGROUP GROUP g c STREAMS k >
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > XADD s 1 a b
            $3
            1-0
            > XGROUP CREATE s g 0 MKSTREAM MKSTREAM MKSTREAM MKSTREAM
            -ERR unknown subcommand or wrong number of arguments for 'CREATE'. Try XGROUP HELP.
            > XGROUP CREATE s g 0 ENTRIESREAD
            -ERR unknown subcommand or wrong number of arguments for 'CREATE'. Try XGROUP HELP.
            > XGROUP CREATE s g 0
            +OK
            > XGROUP SETID s g 0 ENTRIESREAD 1 ENTRIESREAD 2
            -ERR unknown subcommand or wrong number of arguments for 'SETID'. Try XGROUP HELP.
            > XGROUP HELP
            *17
            +XGROUP <subcommand> [<arg> [value] [opt] ...]. Subcommands are:
            +CREATE <key> <groupname> <id|$> [option]
            +    Create a new consumer group. Options are:
            +    * MKSTREAM
            +      Create the empty stream if it does not exist.
            +    * ENTRIESREAD entries_read
            +      Set the group's entries_read counter (internal use).
            +CREATECONSUMER <key> <groupname> <consumer>
            +    Create a new consumer in the specified group.
            +DELCONSUMER <key> <groupname> <consumer>
            +    Remove the specified consumer.
            +DESTROY <key> <groupname>
            +    Remove the specified group.
            +SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]
            +    Set the current group ID and entries_read counter.
            +HELP
            +    Prints this help.
            > XINFO HELP
            *9
            +XINFO <subcommand> [<arg> [value] [opt] ...]. Subcommands are:
            +CONSUMERS <key> <groupname>
            +    Show consumers of <groupname>.
            +GROUPS <key>
            +    Show the stream consumer groups.
            +STREAM <key> [FULL [COUNT <count>]
            +    Show information about the stream.
            +HELP
            +    Prints this help.
            """#),
    ]
}
