extension Transcript {
    /// Streams: entries and their IDs.
    static let streams: [Transcript] = [
        Transcript(
            "entries",
            #"""
            > XADD s 1-1 a 1 b 2
            $3
            1-1
            > XADD s 1-* a 5 b hello
            $3
            1-2
            > XADD s 5 x y
            $3
            5-0
            > XADD s 7-* a "\xff" b ""
            $3
            7-0
            > XLEN s
            :4
            > XRANGE s - +
            *4
            *2
            $3
            1-1
            *4
            $1
            a
            $1
            1
            $1
            b
            $1
            2
            *2
            $3
            1-2
            *4
            $1
            a
            $1
            5
            $1
            b
            $5
            hello
            *2
            $3
            5-0
            *2
            $1
            x
            $1
            y
            *2
            $3
            7-0
            *4
            $1
            a
            $1
            \xff
            $1
            b
            $0
            > XRANGE s 1 1
            *2
            *2
            $3
            1-1
            *4
            $1
            a
            $1
            1
            $1
            b
            $1
            2
            *2
            $3
            1-2
            *4
            $1
            a
            $1
            5
            $1
            b
            $5
            hello
            > XRANGE s (1-1 (7-0
            *2
            *2
            $3
            1-2
            *4
            $1
            a
            $1
            5
            $1
            b
            $5
            hello
            *2
            $3
            5-0
            *2
            $1
            x
            $1
            y
            > XREVRANGE s + (1-1 COUNT 1
            *1
            *2
            $3
            7-0
            *4
            $1
            a
            $1
            \xff
            $1
            b
            $0
            > XRANGE s - + COUNT 0
            *-1
            > XRANGE none - + COUNT 0
            *0
            > XLEN none
            :0
            > TYPE s
            +stream
            > OBJECT ENCODING s
            $6
            stream
            """#),
        Transcript(
            "the IDs of entries",
            #"""
            > XADD s 0-0 a b
            -ERR The ID specified in XADD must be greater than 0-0
            > XADD s 0-* a b
            $3
            0-1
            > XADD s 1-1 a b
            $3
            1-1
            > XADD s 1-1 a b
            -ERR The ID specified in XADD is equal or smaller than the target stream top item
            > XADD s 1-0 a b
            -ERR The ID specified in XADD is equal or smaller than the target stream top item
            > XADD s 0-* a b
            -ERR The ID specified in XADD is equal or smaller than the target stream top item
            > XADD s x a b
            -ERR Invalid stream ID specified as stream command argument
            > XADD s - a b
            -ERR Invalid stream ID specified as stream command argument
            > XADD s 1-x a b
            -ERR Invalid stream ID specified as stream command argument
            > XADD s 18446744073709551616 a b
            -ERR Invalid stream ID specified as stream command argument
            > XADD s "007-01" a b
            $3
            7-1
            > XADD s 18446744073709551615-18446744073709551615 a b
            $41
            18446744073709551615-18446744073709551615
            > XADD s * a b
            -ERR The stream has exhausted the last possible ID, unable to add more items
            > XRANGE s " +7" 8
            *1
            *2
            $3
            7-1
            *2
            $1
            a
            $1
            b
            > XRANGE s x +
            -ERR Invalid stream ID specified as stream command argument
            > XRANGE s (- +
            -ERR Invalid stream ID specified as stream command argument
            > XRANGE s (18446744073709551615 +
            *1
            *2
            $41
            18446744073709551615-18446744073709551615
            *2
            $1
            a
            $1
            b
            > XRANGE s - (0-0
            -ERR invalid end ID for the interval
            > XREVRANGE s + 1--1
            -ERR Invalid stream ID specified as stream command argument
            > XRANGE s 18446744073709551615--01 +
            *1
            *2
            $41
            18446744073709551615-18446744073709551615
            *2
            $1
            a
            $1
            b
            """#),
        Transcript(
            "entries that are deleted",
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
            > XDEL s 1-2 1-2 9
            :1
            > XRANGE s - +
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
            1-3
            *2
            $1
            a
            $1
            3
            > XINFO STREAM s
            *20
            $6
            length
            :2
            $15
            radix-tree-keys
            :1
            $16
            radix-tree-nodes
            :2
            $17
            last-generated-id
            $3
            1-3
            $20
            max-deleted-entry-id
            $3
            1-2
            $13
            entries-added
            :3
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
            1-3
            *2
            $1
            a
            $1
            3
            > XDEL s 1-3
            :1
            > XDEL s 1-1 x
            -ERR Invalid stream ID specified as stream command argument
            > XDEL s 1-1
            :1
            > XLEN s
            :0
            > EXISTS s
            :1
            > XADD s 1-3 a 4
            -ERR The ID specified in XADD is equal or smaller than the target stream top item
            > XINFO STREAM s
            *20
            $6
            length
            :0
            $15
            radix-tree-keys
            :0
            $16
            radix-tree-nodes
            :1
            $17
            last-generated-id
            $3
            1-3
            $20
            max-deleted-entry-id
            $3
            1-3
            $13
            entries-added
            :3
            $23
            recorded-first-entry-id
            $3
            0-0
            $6
            groups
            :0
            $11
            first-entry
            $-1
            $10
            last-entry
            $-1
            > XDEL none 1
            :0
            """#),
    ]
}
