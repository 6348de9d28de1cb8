extension Transcript {
    /// Bitmaps and HyperLogLogs.
    static let bits: [Transcript] = [
        Transcript(
            "SETBIT, GETBIT and BITCOUNT",
            #"""
            > SETBIT a 7 1
            :0
            > SETBIT a 7 1
            :1
            > GET a
            $1
            \x01
            > GETBIT a 100
            :0
            > SETBIT a 20 0
            :0
            > STRLEN a
            :3
            > SETBIT a 0 2
            -ERR bit is not an integer or out of range
            > SETBIT a 4294967296 1
            -ERR bit offset is not an integer or out of range
            > SET b foobar
            +OK
            > BITCOUNT b
            :26
            > BITCOUNT b 1 1
            :6
            > BITCOUNT b 5 30 BIT
            :17
            > BITCOUNT b 0
            -ERR syntax error
            > BITCOUNT none 0
            :0
            """#),
        Transcript(
            "BITPOS and BITOP",
            #"""
            > SETRANGE a 2 "\xff\xf0"
            :4
            > BITPOS a 1
            :16
            > BITPOS a 0 2
            :28
            > BITPOS a 1 7 15 BIT
            :-1
            > BITPOS a 2
            -ERR The bit argument must be 1 or 0.
            > SET b "\xff\xff"
            +OK
            > BITPOS b 0
            :16
            > BITPOS b 0 0 -1
            :-1
            > BITOP NOT c b
            :2
            > GET c
            $2
            \x00\x00
            > BITOP OR c a b
            :4
            > GET c
            $4
            \xff\xff\xff\xf0
            > BITOP NOT c a b
            -ERR BITOP NOT must be called with a single source key.
            > BITOP AND c none
            :0
            > EXISTS c
            :0
            """#),
        Transcript(
            "BITFIELD",
            #"""
            > BITFIELD a SET u8 0 255 GET u4 4 INCRBY u8 0 10
            *3
            :0
            :15
            :9
            > BITFIELD a OVERFLOW SAT INCRBY u8 0 1000 OVERFLOW FAIL INCRBY u8 0 1
            *2
            :255
            $-1
            > BITFIELD a SET i8 #1 -5 GET i8 8
            *2
            :0
            :-5
            > BITFIELD a GET u64 0
            -ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.
            > BITFIELD a OVERFLOW NO GET u8 0
            -ERR Invalid OVERFLOW type specified
            > BITFIELD_RO a GET u8 0
            *1
            :255
            > BITFIELD_RO a SET u8 0 1
            -ERR BITFIELD_RO only supports the GET subcommand
            """#),
        Transcript(
            "HyperLogLogs",
            #"""
            > PFADD h a b c
            :1
            > PFADD h a
            :0
            > PFCOUNT h
            :3
            > PFDEBUG ENCODING h
            +sparse
            > PFADD g c d
            :1
            > PFMERGE g h none
            +OK
            > PFCOUNT g h
            :4
            > PFDEBUG TODENSE g
            :1
            > STRLEN g
            :12304
            > PFCOUNT g
            :4
            > SET s text
            +OK
            > PFADD s a
            -WRONGTYPE Key is not a valid HyperLogLog string value.
            > PFDEBUG DECODE none
            -ERR The specified key does not exist
            """#),
    ]
}
