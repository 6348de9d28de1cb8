extension Transcript {
    /// GET and SET with their kin.
    static let values: [Transcript] = [
        Transcript(
            "SET stores, replaces and drops the expiry",
            #"""
            > SET a 1
            +OK
            > GET a
            $1
            1
            > SET a 2 EX 100
            +OK
            > TTL a
            :100
            > SET a 3
            +OK
            > TTL a
            :-1
            > GET nokey
            $-1
            > SET a ""
            +OK
            > GET a
            $0
            > SET a "\x00\r\n\xff"
            +OK
            > GET a
            $4
            \x00
            \xff
            """#),
        Transcript(
            "SET keeps to NX, XX and GET",
            #"""
            > SET a 1 NX
            +OK
            > SET a 2 NX
            $-1
            > GET a
            $1
            1
            > SET b 1 XX
            $-1
            > SET a 2 XX
            +OK
            > SET a 3 GET
            $1
            2
            > SET a 4 NX GET
            $1
            3
            > GET a
            $1
            3
            > SET c 1 GET
            $-1
            > SET d 1 XX GET
            $-1
            > GET d
            $-1
            > SET d 1 NX GET
            $-1
            > SET a 1 NX XX
            -ERR syntax error
            > SET a 1 XX NX
            -ERR syntax error
            > SET a 1 nx ex 10 get
            $1
            3
            """#),
        Transcript(
            "SET's expiry options",
            #"""
            > SET a 1 EX 100
            +OK
            > TTL a
            :100
            > SET a 1 PX 100000
            +OK
            > TTL a
            :100
            > SET a 1 EXAT 4102444800
            +OK
            > EXPIRETIME a
            :4102444800
            > SET a 1 PXAT 4102444800123
            +OK
            > PEXPIRETIME a
            :4102444800123
            > SET a 2 KEEPTTL
            +OK
            > PEXPIRETIME a
            :4102444800123
            > SET a 2 PXAT 1
            +OK
            > GET a
            $-1
            > SET a 1 EX 1 EX 100
            +OK
            > TTL a
            :100
            > SET a 1 EX 10 PX 10
            -ERR syntax error
            > SET a 1 KEEPTTL EX 10
            -ERR syntax error
            > SET a 1 EX 10 KEEPTTL
            -ERR syntax error
            > SET a 1 PERSIST
            -ERR syntax error
            > SET a 1 EX
            -ERR syntax error
            > SET a 1 EX 0
            -ERR invalid expire time in 'set' command
            > SET a 1 EX -1
            -ERR invalid expire time in 'set' command
            > SET a 1 PX 1.5
            -ERR value is not an integer or out of range
            > SET a 1 EX abc
            -ERR value is not an integer or out of range
            > SET a 1 EX 9223372036854775807
            -ERR invalid expire time in 'set' command
            > SET a 1 PX 9223372036854775807
            -ERR invalid expire time in 'set' command
            > SET a 1 foo
            -ERR syntax error
            """#),
        Transcript(
            "SETNX, SETEX, PSETEX, GETSET and GETDEL",
            #"""
            > SETNX a 1
            :1
            > SETNX a 2
            :0
            > SETEX a 100 v
            +OK
            > TTL a
            :100
            > PSETEX a 100000 v
            +OK
            > TTL a
            :100
            > SETEX a 0 v
            -ERR invalid expire time in 'setex' command
            > PSETEX a -5 v
            -ERR invalid expire time in 'psetex' command
            > SETEX a x v
            -ERR value is not an integer or out of range
            > GETSET a w
            $1
            v
            > TTL a
            :-1
            > GETSET fresh v
            $-1
            > GETDEL a
            $1
            w
            > GETDEL a
            $-1
            > EXISTS a
            :0
            """#),
        Transcript(
            "GETEX changes the expiry of what it returns",
            #"""
            > SET a v
            +OK
            > GETEX a
            $1
            v
            > TTL a
            :-1
            > GETEX a EX 100
            $1
            v
            > TTL a
            :100
            > GETEX a PERSIST
            $1
            v
            > TTL a
            :-1
            > GETEX a EXAT 4102444800
            $1
            v
            > EXPIRETIME a
            :4102444800
            > GETEX a PXAT 1
            $1
            v
            > EXISTS a
            :0
            > GETEX nokey EX 0
            $-1
            > SET a v
            +OK
            > GETEX a EX 0
            -ERR invalid expire time in 'getex' command
            > GETEX a PXAT 0
            -ERR invalid expire time in 'getex' command
            > GETEX a KEEPTTL
            -ERR syntax error
            > GETEX a EX 10 PERSIST
            -ERR syntax error
            > GETEX a NX
            -ERR syntax error
            """#),
        Transcript(
            "MGET, MSET and MSETNX",
            #"""
            > MSET {t}a 1 {t}b 2 {t}a 3
            +OK
            > MGET {t}a {t}b {t}c
            *3
            $1
            3
            $1
            2
            $-1
            > MSETNX {t}c 1 {t}a 9
            :0
            > MGET {t}a {t}c
            *2
            $1
            3
            $-1
            > MSETNX {t}c 1 {t}d 2
            :1
            > MGET {t}c {t}d
            *2
            $1
            1
            $1
            2
            > MSET {t}a 1 {t}b
            -ERR wrong number of arguments for 'mset' command
            > MSETNX {t}a 1 {t}b
            -ERR wrong number of arguments for 'msetnx' command
            """#),
        Transcript(
            "Keys go when their time comes",
            #"""
            > SET a v PX 100
            +OK
            ... 50 ms
            > GET a
            $1
            v
            ... 100 ms
            > GET a
            $-1
            > SET a v PX 100
            +OK
            ... 150 ms
            > SET a w KEEPTTL
            +OK
            > TTL a
            :-1
            > SET a v PX 100
            +OK
            ... 150 ms
            > SETNX a 2
            :1
            > SET a v PX 100
            +OK
            ... 150 ms
            > DEL a
            :0
            > EXISTS a
            :0
            """#),
    ]
}
