extension Transcript {
    /// Generic commands.
    static let keys: [Transcript] = [
        Transcript(
            "DEL, UNLINK, EXISTS, TOUCH and TYPE",
            #"""
            > MSET {t}a 1 {t}b 2 {t}c 3
            +OK
            > EXISTS {t}a {t}a {t}none
            :2
            > TOUCH {t}a {t}b {t}none
            :2
            > DEL {t}a {t}none {t}a
            :1
            > UNLINK {t}b {t}c
            :2
            > EXISTS {t}a {t}b {t}c
            :0
            > TYPE {t}a
            +none
            > SET {t}a v
            +OK
            > TYPE {t}a
            +string
            """#),
        Transcript(
            "RENAME and RENAMENX",
            #"""
            > RENAME {t}none {t}b
            -ERR no such key
            > SET {t}a 1 EXAT 4102444800
            +OK
            > SET {t}b 2
            +OK
            > RENAME {t}a {t}b
            +OK
            > GET {t}b
            $1
            1
            > EXPIRETIME {t}b
            :4102444800
            > EXISTS {t}a
            :0
            > RENAME {t}b {t}b
            +OK
            > RENAMENX {t}none {t}b
            -ERR no such key
            > SET {t}a 1
            +OK
            > RENAMENX {t}a {t}b
            :0
            > RENAMENX {t}a {t}a
            :0
            > RENAMENX {t}a {t}c
            :1
            > MGET {t}a {t}b {t}c
            *3
            $-1
            $1
            1
            $1
            1
            > RENAME {t}none {t}none
            -ERR no such key
            """#),
        Transcript(
            "COPY",
            #"""
            > SET {t}a v EXAT 4102444800
            +OK
            > COPY {t}a {t}b
            :1
            > EXPIRETIME {t}b
            :4102444800
            > COPY {t}a {t}b
            :0
            > SET {t}b w
            +OK
            > COPY {t}a {t}b REPLACE
            :1
            > GET {t}b
            $1
            v
            > EXPIRETIME {t}b
            :4102444800
            > COPY {t}none {t}b
            :0
            > COPY {t}a {t}a
            -ERR source and destination objects are the same
            > COPY {t}none {t}none
            -ERR source and destination objects are the same
            > COPY {t}a {t}c DB 0
            :1
            > COPY {t}a {t}c DB 1
            -ERR Copying to another database is not allowed in cluster mode
            > COPY {t}a {t}c DB 16
            -ERR DB index is out of range
            > COPY {t}a {t}c DB -1
            -ERR DB index is out of range
            > COPY {t}a {t}c DB x
            -ERR value is not an integer or out of range
            > COPY {t}a {t}c DB 99999999999
            -ERR value is out of range, value must between -2147483648 and 2147483647
            > COPY {t}a {t}c DB
            -ERR syntax error
            > COPY {t}a {t}c foo
            -ERR syntax error
            """#),
        Transcript(
            "Cluster mode has one database",
            #"""
            > MOVE a 1
            -ERR MOVE is not allowed in cluster mode
            > SWAPDB 0 1
            -ERR SWAPDB is not allowed in cluster mode
            """#),
        Transcript(
            "DBSIZE, RANDOMKEY and FLUSHALL",
            #"""
            > DBSIZE
            :0
            > RANDOMKEY
            $-1
            > SET a 1
            +OK
            > RANDOMKEY
            $1
            a
            > DBSIZE
            :1
            > FLUSHALL foo
            -ERR syntax error
            > FLUSHALL SYNC ASYNC
            -ERR syntax error
            > FLUSHALL SYNC
            +OK
            > DBSIZE
            :0
            > SET a 1
            +OK
            > FLUSHDB async
            +OK
            > DBSIZE
            :0
            """#),
        Transcript(
            "KEYS and SCAN",
            #"""
            > SET abc 1
            +OK
            > KEYS *
            *1
            $3
            abc
            > KEYS a?c
            *1
            $3
            abc
            > KEYS a[^b]c
            *0
            > KEYS ""
            *0
            > SCAN 0
            *2
            $1
            0
            *1
            $3
            abc
            > SCAN 0 MATCH a* COUNT 100
            *2
            $1
            0
            *1
            $3
            abc
            > SCAN 0 MATCH b* COUNT 20000
            *2
            $1
            0
            *0
            > SCAN 0 COUNT 20000 TYPE string
            *2
            $1
            0
            *1
            $3
            abc
            > SCAN 0 COUNT 20000 TYPE STRING
            *2
            $1
            0
            *1
            $3
            abc
            > SCAN 0 COUNT 20000 TYPE list
            *2
            $1
            0
            *0
            > SCAN 0 COUNT 0
            -ERR syntax error
            > SCAN 0 COUNT x
            -ERR value is not an integer or out of range
            > SCAN 0 COUNT
            -ERR syntax error
            > SCAN 0 foo 1
            -ERR syntax error
            > SCAN x
            -ERR invalid cursor
            > SCAN 1x
            -ERR invalid cursor
            > SCAN " 0"
            -ERR invalid cursor
            > SCAN ""
            *2
            $1
            0
            *1
            $3
            abc
            > SCAN 18446744073709551616
            -ERR invalid cursor
            """#),
        Transcript(
            "OBJECT shows how Redis keeps a value",
            #"""
            > SET a 123
            +OK
            > OBJECT ENCODING a
            $3
            int
            > SET a 12345678901234567890
            +OK
            > OBJECT ENCODING a
            $6
            embstr
            > SET a 01
            +OK
            > OBJECT ENCODING a
            $6
            embstr
            > SET a 12345678901234567890123456789012345678901234
            +OK
            > OBJECT ENCODING a
            $6
            embstr
            > SET a 123456789012345678901234567890123456789012345
            +OK
            > OBJECT ENCODING a
            $3
            raw
            > SET a x
            +OK
            > APPEND a y
            :2
            > OBJECT ENCODING a
            $3
            raw
            > SET a 9999
            +OK
            > OBJECT REFCOUNT a
            :2147483647
            > SET a 10000
            +OK
            > OBJECT REFCOUNT a
            :1
            > SET a x
            +OK
            > OBJECT REFCOUNT a
            :1
            > OBJECT IDLETIME a
            :0
            > OBJECT FREQ a
            -ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.
            > OBJECT ENCODING none
            $-1
            > OBJECT FREQ none
            $-1
            > OBJECT HELP
            *15
            +OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:
            +ENCODING <key>
            +    Return the kind of internal representation used in order to store the value
            +    associated with a <key>.
            +FREQ <key>
            +    Return the access frequency index of the <key>. The returned integer is
            +    proportional to the logarithm of the recent access frequency of the key.
            +IDLETIME <key>
            +    Return the idle time of the <key>, that is the approximated number of
            +    seconds elapsed since the last access to the key.
            +REFCOUNT <key>
            +    Return the number of references of the value associated with the specified
            +    <key>.
            +HELP
            +    Prints this help.
            """#),
    ]
}
