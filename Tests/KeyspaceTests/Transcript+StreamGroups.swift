extension Transcript {
    /// Streams: groups of consumers that read.
    static let streamGroups: [Transcript] = [
        Transcript(
            "groups",
            #"""
            > XGROUP CREATE s g 0
            -ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.
            > XGROUP CREATE s g $ MKSTREAM
            +OK
            > XGROUP CREATE s g 0
            -BUSYGROUP Consumer Group name already exists
            > XADD s 1-1 a 1
            $3
            1-1
            > XADD s 1-2 a 2
            $3
            1-2
            > XGROUP CREATE s h $ ENTRIESREAD 2
            +OK
            > XGROUP CREATE s i 1-1
            +OK
            > XGROUP CREATE s j -
            -ERR Invalid stream ID specified as stream command argument
            > XGROUP CREATE s j 0 ENTRIESREAD -2
            -ERR value for ENTRIESREAD must be positive or -1
            > XGROUP CREATE s j 0 ENTRIESREAD x
            -ERR value is not an integer or out of range
            > XGROUP CREATE s j 0 BAD
            -ERR unknown subcommand or wrong number of arguments for 'CREATE'. Try XGROUP HELP.
            > XINFO GROUPS s
            *3
            *12
            $4
            name
            $1
            g
            $9
            consumers
            :0
            $7
            pending
            :0
            $17
            last-delivered-id
            $3
            0-0
            $12
            entries-read
            $-1
            $3
            lag
            :2
            *12
            $4
            name
            $1
            h
            $9
            consumers
            :0
            $7
            pending
            :0
            $17
            last-delivered-id
            $3
            1-2
            $12
            entries-read
            :2
            $3
            lag
            :0
            *12
            $4
            name
            $1
            i
            $9
            consumers
            :0
            $7
            pending
            :0
            $17
            last-delivered-id
            $3
            1-1
            $12
            entries-read
            $-1
            $3
            lag
            :1
            > XGROUP SETID s i + ENTRIESREAD 1
            +OK
            > XGROUP SETID s none 0
            -NOGROUP No such consumer group 'none' for key name 's'
            > XGROUP SETID none i 0
            -ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.
            > XGROUP CREATECONSUMER s g c
            :1
            > XGROUP CREATECONSUMER s g c
            :0
            > XGROUP CREATECONSUMER s none c
            -NOGROUP No such consumer group 'none' for key name 's'
            > XGROUP DELCONSUMER s g c
            :0
            > XGROUP DELCONSUMER s g c
            :0
            > XGROUP DESTROY s h
            :1
            > XGROUP DESTROY s h
            :0
            > XGROUP DESTROY none h
            -ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.
            > XINFO CONSUMERS s none
            -NOGROUP No such consumer group 'none' for key name 's'
            > XINFO GROUPS none
            -ERR no such key
            """#),
        Transcript(
            "reading without a group",
            #"""
            > XADD s 1-1 a 1
            $3
            1-1
            > XADD s 1-2 a 2
            $3
            1-2
            > XADD t 5-5 b 1
            $3
            5-5
            > XREAD STREAMS s t 1-1 0
            *2
            *2
            $1
            s
            *1
            *2
            $3
            1-2
            *2
            $1
            a
            $1
            2
            *2
            $1
            t
            *1
            *2
            $3
            5-5
            *2
            $1
            b
            $1
            1
            > XREAD COUNT 1 STREAMS s 0
            *1
            *2
            $1
            s
            *1
            *2
            $3
            1-1
            *2
            $1
            a
            $1
            1
            > XREAD STREAMS s $
            *-1
            > XREAD STREAMS none 0
            *-1
            > XREAD COUNT x STREAMS s 0
            -ERR value is not an integer or out of range
            > XREAD STREAMS s
            -ERR wrong number of arguments for 'xread' command
            > XREAD STREAMS s >
            -ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.
            > XREAD STREAMS s x
            -ERR Invalid stream ID specified as stream command argument
            > XREAD BAD STREAMS s 0
            -ERR syntax error
            > XREAD COUNT 1 s 0
            -ERR syntax error
            > XREAD GROUP g c STREAMS s 0
            -ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.
            > XREAD NOACK STREAMS s 0
            -ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.
            > XREAD BLOCK x STREAMS s 0
            -ERR timeout is not an integer or out of range
            > XREAD BLOCK -1 STREAMS s 0
            -ERR timeout is negative
            """#),
        Transcript(
            "reading in a group",
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
            > XREADGROUP GROUP g c COUNT 1 STREAMS s >
            *1
            *2
            $1
            s
            *1
            *2
            $3
            1-1
            *2
            $1
            a
            $1
            1
            > XREADGROUP GROUP g d STREAMS s >
            *1
            *2
            $1
            s
            *2
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
            > XREADGROUP GROUP g d STREAMS s >
            *-1
            > XREADGROUP GROUP g d STREAMS s 0
            *1
            *2
            $1
            s
            *2
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
            > XREADGROUP GROUP g d STREAMS s 1-2
            *1
            *2
            $1
            s
            *1
            *2
            $3
            1-3
            *2
            $1
            a
            $1
            3
            > XREADGROUP GROUP g e STREAMS s 0
            *1
            *2
            $1
            s
            *0
            > XPENDING s g
            *4
            :3
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
            2
            > XACK s g 1-2 1-2 7
            :1
            > XACK s g x
            -ERR Invalid stream ID specified as stream command argument
            > XACK s none 1
            :0
            > XACK none g x
            :0
            > XDEL s 1-3
            :1
            > XREADGROUP GROUP g d STREAMS s 0
            *1
            *2
            $1
            s
            *1
            *2
            $3
            1-3
            *-1
            > XADD s 2-1 a 4
            $3
            2-1
            > XREADGROUP GROUP g d NOACK STREAMS s >
            *1
            *2
            $1
            s
            *1
            *2
            $3
            2-1
            *2
            $1
            a
            $1
            4
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
            > XREADGROUP GROUP none d STREAMS s >
            -NOGROUP No such key 's' or consumer group 'none' in XREADGROUP with GROUP option
            > XREADGROUP GROUP g d STREAMS none >
            -NOGROUP No such key 'none' or consumer group 'g' in XREADGROUP with GROUP option
            > XREADGROUP GROUP g d STREAMS s $
            -ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.
            > XREADGROUP NOACK NOACK COUNT 1 STREAMS s >
            -ERR Missing GROUP option for XREADGROUP
            > XINFO GROUPS s
            *1
            *12
            $4
            name
            $1
            g
            $9
            consumers
            :3
            $7
            pending
            :2
            $17
            last-delivered-id
            $3
            2-1
            $12
            entries-read
            :4
            $3
            lag
            :0
            """#),
    ]
}
