extension Transcript {
    /// Lists.
    static let lists: [Transcript] = [
        Transcript(
            "both ends",
            #"""
            > LPUSH l a b
            :2
            > RPUSH l c
            :3
            > LRANGE l 0 -1
            *3
            $1
            b
            $1
            a
            $1
            c
            > LPUSHX none x
            :0
            > RPUSHX l d
            :4
            > LPOP l
            $1
            b
            > RPOP l
            $1
            d
            > LLEN l
            :2
            > LPOP l 0
            *0
            > LPOP l 5
            *2
            $1
            a
            $1
            c
            > LPOP l
            $-1
            > LPOP l 1
            *-1
            > RPOP l -1
            -ERR value is out of range, must be positive
            > RPOP l x
            -ERR value is out of range, must be positive
            > RPOP l 1 2
            -ERR wrong number of arguments for 'rpop' command
            > LLEN none
            :0
            """#),
        Transcript(
            "indexes",
            #"""
            > RPUSH l a b c d e
            :5
            > LINDEX l 0
            $1
            a
            > LINDEX l -1
            $1
            e
            > LINDEX l 5
            $-1
            > LINDEX l x
            -ERR value is not an integer or out of range
            > LINDEX none 0
            $-1
            > LSET l 1 B
            +OK
            > LSET l 9 x
            -ERR index out of range
            > LSET l x x
            -ERR value is not an integer or out of range
            > LSET none 0 x
            -ERR no such key
            > LRANGE l 1 3
            *3
            $1
            B
            $1
            c
            $1
            d
            > LRANGE l -2 -1
            *2
            $1
            d
            $1
            e
            > LRANGE l 3 1
            *0
            > LRANGE l -100 100
            *5
            $1
            a
            $1
            B
            $1
            c
            $1
            d
            $1
            e
            > LRANGE l x 1
            -ERR value is not an integer or out of range
            > LRANGE none 0 -1
            *0
            > LTRIM l 1 3
            +OK
            > LRANGE l 0 -1
            *3
            $1
            B
            $1
            c
            $1
            d
            > LTRIM l 2 1
            +OK
            > EXISTS l
            :0
            """#),
        Transcript(
            "looking for elements",
            #"""
            > RPUSH l a b c 1 2 3 c c
            :8
            > LINSERT l BEFORE b x
            :9
            > LINSERT l AFTER 2 y
            :10
            > LINSERT l after none z
            :-1
            > LINSERT none BEFORE a b
            :0
            > LINSERT l BAD a b
            -ERR syntax error
            > LRANGE l 0 -1
            *10
            $1
            a
            $1
            x
            $1
            b
            $1
            c
            $1
            1
            $1
            2
            $1
            y
            $1
            3
            $1
            c
            $1
            c
            > LPOS l c
            :3
            > LPOS l c RANK 2
            :8
            > LPOS l c RANK -1 COUNT 2
            *2
            :9
            :8
            > LPOS l c COUNT 0
            *3
            :3
            :8
            :9
            > LPOS l c COUNT 0 MAXLEN 4
            *1
            :3
            > LPOS l none
            $-1
            > LPOS l none COUNT 1
            *0
            > LPOS l c RANK 0
            -ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list
            > LPOS l c COUNT -1
            -ERR COUNT can't be negative
            > LPOS l c MAXLEN -1
            -ERR MAXLEN can't be negative
            > LPOS l c BAD 1
            -ERR syntax error
            > LPOS none c
            $-1
            > LREM l -2 c
            :2
            > LREM l 0 c
            :1
            > LREM l 1 none
            :0
            > LRANGE l 0 -1
            *7
            $1
            a
            $1
            x
            $1
            b
            $1
            1
            $1
            2
            $1
            y
            $1
            3
            """#),
        Transcript(
            "from list to list",
            #"""
            > RPUSH a 1 2 3
            :3
            > LMOVE a b LEFT RIGHT
            $1
            1
            > LMOVE a b RIGHT LEFT
            $1
            3
            > LMOVE a a LEFT RIGHT
            $1
            2
            > RPOPLPUSH a b
            $1
            2
            > LRANGE b 0 -1
            *3
            $1
            2
            $1
            3
            $1
            1
            > EXISTS a
            :0
            > LMOVE a b LEFT LEFT
            $-1
            > LMOVE b a UP DOWN
            -ERR syntax error
            > LMPOP 2 a b LEFT COUNT 2
            *2
            $1
            b
            *2
            $1
            2
            $1
            3
            > LMPOP 1 none RIGHT
            *-1
            > LMPOP 1 b LEFT COUNT 0
            -ERR count should be greater than 0
            > LMPOP 0 b LEFT
            -ERR numkeys should be greater than 0
            > LMPOP 2 b LEFT
            -ERR syntax error
            > LMPOP 1 b UP
            -ERR syntax error
            > LMPOP 1 b LEFT BAD 1
            -ERR syntax error
            > LMPOP 1 b LEFT COUNT 1 COUNT 1
            -ERR syntax error
            > LMPOP 1 b RIGHT
            *2
            $1
            b
            *1
            $1
            1
            > SET s 1
            +OK
            > LMOVE s b LEFT LEFT
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > RPUSH l a
            :1
            > LMOVE l s LEFT LEFT
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > LRANGE l 0 -1
            *1
            $1
            a
            > OBJECT ENCODING l
            $9
            quicklist
            """#),
    ]
}
