extension Transcript {
    /// When keys expire.
    static let expiry: [Transcript] = [
        Transcript(
            "EXPIRE, PEXPIRE, EXPIREAT and PEXPIREAT",
            #"""
            > SET a v
            +OK
            > EXPIRE a 100
            :1
            > TTL a
            :100
            > PEXPIRE a 200000
            :1
            > TTL a
            :200
            > EXPIREAT a 4102444800
            :1
            > EXPIRETIME a
            :4102444800
            > PEXPIREAT a 4102444800500
            :1
            > EXPIRETIME a
            :4102444801
            > PEXPIRETIME a
            :4102444800500
            > EXPIRE none 100
            :0
            > TTL none
            :-2
            > PTTL none
            :-2
            > EXPIRETIME none
            :-2
            > PEXPIRETIME none
            :-2
            > PERSIST a
            :1
            > PERSIST a
            :0
            > PERSIST none
            :0
            > TTL a
            :-1
            > PTTL a
            :-1
            > EXPIRETIME a
            :-1
            > PEXPIRETIME a
            :-1
            """#),
        Transcript(
            "An expiry in the past deletes the key",
            #"""
            > SET a v
            +OK
            > EXPIRE a 0
            :1
            > EXISTS a
            :0
            > SET a v
            +OK
            > EXPIRE a -1
            :1
            > EXISTS a
            :0
            > SET a v
            +OK
            > EXPIREAT a 1
            :1
            > EXISTS a
            :0
            > SET a v
            +OK
            > PEXPIREAT a -9223372036854775808
            :1
            > EXISTS a
            :0
            """#),
        Transcript(
            "NX, XX, GT and LT",
            #"""
            > SET a v
            +OK
            > EXPIRE a 100 XX
            :0
            > EXPIRE a 100 GT
            :0
            > EXPIRE a 100 NX
            :1
            > EXPIRE a 200 NX
            :0
            > TTL a
            :100
            > EXPIRE a 50 GT
            :0
            > EXPIRE a 300 gt
            :1
            > TTL a
            :300
            > EXPIRE a 400 LT
            :0
            > EXPIRE a 150 LT
            :1
            > TTL a
            :150
            > EXPIRE a 160 XX GT
            :1
            > EXPIRE a 160 XX LT
            :0
            > EXPIRE a 170 XX
            :1
            > TTL a
            :170
            > PERSIST a
            :1
            > EXPIRE a 100 LT
            :1
            > EXPIRE a 100 NX XX
            -ERR NX and XX, GT or LT options at the same time are not compatible
            > EXPIRE a 100 NX GT
            -ERR NX and XX, GT or LT options at the same time are not compatible
            > EXPIRE a 100 LT NX
            -ERR NX and XX, GT or LT options at the same time are not compatible
            > EXPIRE a 100 GT LT
            -ERR GT and LT options at the same time are not compatible
            > EXPIRE a 100 GT LT NX
            -ERR NX and XX, GT or LT options at the same time are not compatible
            > EXPIRE a 100 foo
            -ERR Unsupported option foo
            > EXPIRE a x foo
            -ERR Unsupported option foo
            """#),
        Transcript(
            "Expiry times that do not fit",
            #"""
            > SET a v
            +OK
            > EXPIRE a x
            -ERR value is not an integer or out of range
            > EXPIRE a 1.5
            -ERR value is not an integer or out of range
            > EXPIRE a 9223372036854775807
            -ERR invalid expire time in 'expire' command
            > PEXPIRE a 9223372036854775807
            -ERR invalid expire time in 'pexpire' command
            > EXPIREAT a 9223372036854775807
            -ERR invalid expire time in 'expireat' command
            > EXPIRE a -9223372036854775808
            -ERR invalid expire time in 'expire' command
            > EXPIREAT a 9223372036854775808
            -ERR value is not an integer or out of range
            > TTL a
            :-1
            """#),
        Transcript(
            "Keys go when their time comes",
            #"""
            > SET a v
            +OK
            > PEXPIRE a 100
            :1
            ... 50 ms
            > TYPE a
            +string
            ... 100 ms
            > TYPE a
            +none
            > KEYS *
            *0
            > TTL a
            :-2
            """#),
    ]
}
