extension Transcript {
    /// Parts of strings.
    static let ranges: [Transcript] = [
        Transcript(
            "APPEND and STRLEN",
            #"""
            > APPEND a "Hello"
            :5
            > APPEND a " World"
            :11
            > GET a
            $11
            Hello World
            > STRLEN a
            :11
            > STRLEN nokey
            :0
            > APPEND n 12
            :2
            > OBJECT ENCODING n
            $3
            int
            > APPEND n 34
            :4
            > OBJECT ENCODING n
            $3
            raw
            > INCR n
            :1235
            > OBJECT ENCODING n
            $3
            int
            > APPEND e ""
            :0
            > GET e
            $0
            """#),
        Transcript(
            "GETRANGE counts from both ends",
            #"""
            > SET a "This is a string"
            +OK
            > GETRANGE a 0 3
            $4
            This
            > GETRANGE a -3 -1
            $3
            ing
            > GETRANGE a 0 -1
            $16
            This is a string
            > GETRANGE a 10 100
            $6
            string
            > GETRANGE a 5 4
            $0
            > GETRANGE a -1 -3
            $0
            > GETRANGE a -100 2
            $3
            Thi
            > GETRANGE a 100 200
            $0
            > GETRANGE a 0 -100
            $1
            T
            > GETRANGE a 9223372036854775807 9223372036854775807
            $0
            > GETRANGE a -9223372036854775808 -9223372036854775808
            $1
            T
            > GETRANGE nokey 0 -1
            $0
            > GETRANGE a x 1
            -ERR value is not an integer or out of range
            > SUBSTR a 0 3
            $4
            This
            > SET n 12345
            +OK
            > GETRANGE n 1 3
            $3
            234
            """#),
        Transcript(
            "SETRANGE fills gaps with zero bytes",
            #"""
            > SET a "Hello World"
            +OK
            > SETRANGE a 6 Redis
            :11
            > GET a
            $11
            Hello Redis
            > SETRANGE b 3 x
            :4
            > GET b
            $4
            \x00\x00\x00x
            > SETRANGE c 5 ""
            :0
            > EXISTS c
            :0
            > SETRANGE a 100 ""
            :11
            > SETRANGE a -1 x
            -ERR offset is out of range
            > SETRANGE a x x
            -ERR value is not an integer or out of range
            > SETRANGE a 536870912 x
            -ERR string exceeds maximum allowed size (proto-max-bulk-len)
            > SETRANGE a 9223372036854775807 x
            -ERR string exceeds maximum allowed size (proto-max-bulk-len)
            > SETRANGE nokey 536870911 xx
            -ERR string exceeds maximum allowed size (proto-max-bulk-len)
            > SET n 10
            +OK
            > SETRANGE n 1 2
            :2
            > GET n
            $2
            12
            > OBJECT ENCODING n
            $3
            raw
            """#),
        Transcript(
            "APPEND and SETRANGE leave the expiry alone",
            #"""
            > SET a 1 EXAT 4102444800
            +OK
            > APPEND a 2
            :2
            > SETRANGE a 0 9
            :2
            > INCR a
            :93
            > INCRBYFLOAT a 1
            $2
            94
            > EXPIRETIME a
            :4102444800
            """#),
        Transcript(
            "LCS finds the common bytes",
            #"""
            > MSET {t}1 ohmytext {t}2 mynewtext
            +OK
            > LCS {t}1 {t}2
            $6
            mytext
            > LCS {t}1 {t}2 LEN
            :6
            > LCS {t}1 {t}2 IDX
            *4
            $7
            matches
            *2
            *2
            *2
            :4
            :7
            *2
            :5
            :8
            *2
            *2
            :2
            :3
            *2
            :0
            :1
            $3
            len
            :6
            > LCS {t}1 {t}2 IDX MINMATCHLEN 4
            *4
            $7
            matches
            *1
            *2
            *2
            :4
            :7
            *2
            :5
            :8
            $3
            len
            :6
            > LCS {t}1 {t}2 IDX MINMATCHLEN 4 WITHMATCHLEN
            *4
            $7
            matches
            *1
            *3
            *2
            :4
            :7
            *2
            :5
            :8
            :4
            $3
            len
            :6
            > LCS {t}1 {t}2 IDX MINMATCHLEN -1 WITHMATCHLEN
            *4
            $7
            matches
            *2
            *3
            *2
            :4
            :7
            *2
            :5
            :8
            :4
            *3
            *2
            :2
            :3
            *2
            :0
            :1
            :2
            $3
            len
            :6
            > LCS {t}1 {t}none
            $0
            > LCS {t}1 {t}none IDX
            *4
            $7
            matches
            *0
            $3
            len
            :0
            > LCS {t}1 {t}2 LEN IDX
            -ERR If you want both the length and indexes, please just use IDX.
            > LCS {t}1 {t}2 MINMATCHLEN
            -ERR syntax error
            > LCS {t}1 {t}2 MINMATCHLEN x
            -ERR value is not an integer or out of range
            > LCS {t}1 {t}2 foo
            -ERR syntax error
            > LCS {t}1 {t}1 IDX
            *4
            $7
            matches
            *1
            *2
            *2
            :0
            :7
            *2
            :0
            :7
            $3
            len
            :8
            """#),
    ]
}
