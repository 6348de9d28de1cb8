extension Transcript {
    /// Sorted sets: members that are taken, combined or chosen.
    static let combinedSortedSets: [Transcript] = [
        Transcript(
            "numbers are the same members in a table and in a listpack",
            #"""
            > SADD s 5 a 70000 -1
            :4
            > ZADD z 1 5 2 b 3 -1
            :3
            > ZINTERCARD 2 s z
            :2
            > ZINTERCARD 2 z s
            :2
            > ZINTER 2 s z WITHSCORES
            *4
            $1
            5
            $1
            2
            $2
            -1
            $1
            4
            """#),
        Transcript(
            "taking members from the ends",
            #"""
            > ZADD z 1 a 2 b 3 c 4 d
            :4
            > ZPOPMIN z
            *2
            $1
            a
            $1
            1
            > ZPOPMAX z 2
            *4
            $1
            d
            $1
            4
            $1
            c
            $1
            3
            > ZPOPMIN z 0
            *0
            > ZPOPMIN z -1
            -ERR value is out of range, must be positive
            > ZPOPMIN z 1 1
            -ERR syntax error
            > ZPOPMIN z 10
            *2
            $1
            b
            $1
            2
            > EXISTS z
            :0
            > ZPOPMIN z
            *0
            > ZADD z 1 a 2 b 3 c
            :3
            > ZMPOP 2 none z MAX COUNT 2
            *2
            $1
            z
            *2
            *2
            $1
            c
            $1
            3
            *2
            $1
            b
            $1
            2
            > ZMPOP 1 z MIN
            *2
            $1
            z
            *1
            *2
            $1
            a
            $1
            1
            > ZMPOP 1 z MIN
            *-1
            > ZMPOP 0 z MIN
            -ERR numkeys should be greater than 0
            > ZMPOP 1 z UP
            -ERR syntax error
            > ZMPOP 1 z MIN COUNT 0
            -ERR count should be greater than 0
            > ZMPOP 2 z MIN
            -ERR syntax error
            """#),
        Transcript(
            "combining",
            #"""
            > ZADD a 1 x 2 y 3 z
            :3
            > ZADD b 10 y 20 z 30 w
            :3
            > SADD s y q
            :2
            > ZUNION 2 a b WITHSCORES
            *8
            $1
            x
            $1
            1
            $1
            y
            $2
            12
            $1
            z
            $2
            23
            $1
            w
            $2
            30
            > ZUNION 2 a b WEIGHTS 2 0.5 AGGREGATE MAX WITHSCORES
            *8
            $1
            x
            $1
            2
            $1
            y
            $1
            5
            $1
            z
            $2
            10
            $1
            w
            $2
            15
            > ZUNION 2 a s WITHSCORES
            *8
            $1
            q
            $1
            1
            $1
            x
            $1
            1
            $1
            y
            $1
            3
            $1
            z
            $1
            3
            > ZINTER 2 a b WITHSCORES
            *4
            $1
            y
            $2
            12
            $1
            z
            $2
            23
            > ZINTER 3 a b s WITHSCORES
            *2
            $1
            y
            $2
            13
            > ZINTER 2 a none
            *0
            > ZINTER 2 a b WEIGHTS 1 -1 AGGREGATE MIN WITHSCORES
            *4
            $1
            z
            $3
            -20
            $1
            y
            $3
            -10
            > ZINTERCARD 2 a b
            :2
            > ZINTERCARD 2 a b LIMIT 1
            :1
            > ZINTERCARD 2 a b LIMIT -1
            -ERR LIMIT can't be negative
            > ZDIFF 2 a b WITHSCORES
            *2
            $1
            x
            $1
            1
            > ZDIFF 1 a
            *3
            $1
            x
            $1
            y
            $1
            z
            > ZDIFF 2 a b WEIGHTS 1 2
            -ERR syntax error
            > ZUNIONSTORE d 2 a b
            :4
            > ZRANGE d 0 -1 WITHSCORES
            *8
            $1
            x
            $1
            1
            $1
            y
            $2
            12
            $1
            z
            $2
            23
            $1
            w
            $2
            30
            > ZINTERSTORE d 2 a s WEIGHTS 10 1
            :1
            > ZRANGE d 0 -1 WITHSCORES
            *2
            $1
            y
            $2
            21
            > ZDIFFSTORE d 2 a s
            :2
            > ZRANGE d 0 -1 WITHSCORES
            *4
            $1
            x
            $1
            1
            $1
            z
            $1
            3
            > ZDIFFSTORE d 2 a a
            :0
            > EXISTS d
            :0
            > ZRANGESTORE d a 0 1
            :2
            > ZRANGE d 0 -1 WITHSCORES
            *4
            $1
            x
            $1
            1
            $1
            y
            $1
            2
            > ZRANGESTORE d a 3 2 BYSCORE REV
            :2
            > ZRANGE d 0 -1 WITHSCORES
            *4
            $1
            y
            $1
            2
            $1
            z
            $1
            3
            > ZRANGESTORE d none 0 -1
            :0
            > EXISTS d
            :0
            > ZUNION 0 a
            -ERR at least 1 input key is needed for 'zunion' command
            > ZUNION x a
            -ERR value is not an integer or out of range
            > ZUNION 3 a b
            -ERR syntax error
            > ZUNIONSTORE d 1 a WITHSCORES
            -ERR syntax error
            > ZUNION 1 a WEIGHTS x
            -ERR weight value is not a float
            > ZUNION 2 a b WEIGHTS 1
            -ERR syntax error
            > ZUNION 1 a AGGREGATE AVG
            -ERR syntax error
            > SET t x
            +OK
            > ZUNION 1 t
            -WRONGTYPE Operation against a key holding the wrong kind of value
            """#),
        Transcript(
            "at random, and encodings",
            #"""
            > ZADD z 1 a
            :1
            > ZRANDMEMBER z
            $1
            a
            > ZRANDMEMBER z 5 WITHSCORES
            *2
            $1
            a
            $1
            1
            > ZRANDMEMBER z -2
            *2
            $1
            a
            $1
            a
            > ZRANDMEMBER none
            $-1
            > ZRANDMEMBER none 1
            *0
            > ZRANDMEMBER z x
            -ERR value is not an integer or out of range
            > ZRANDMEMBER z 1 BAD
            -ERR syntax error
            > ZADD z 2 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
            :1
            > OBJECT ENCODING z
            $8
            skiplist
            > ZREM z aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
            :1
            > OBJECT ENCODING z
            $8
            skiplist
            > ZRANGE z 0 -1 WITHSCORES
            *2
            $1
            a
            $1
            1
            > ZADD y 3 1 1 2 2 3
            :3
            > SORT y
            *3
            $1
            1
            $1
            2
            $1
            3
            > SORT y BY nosort
            *3
            $1
            2
            $1
            3
            $1
            1
            > SORT y BY nosort DESC LIMIT 0 2
            *2
            $1
            1
            $1
            3
            > OBJECT ENCODING y
            $8
            skiplist
            > ZSCAN none 0
            *2
            $1
            0
            *0
            > ZSCAN y x
            -ERR invalid cursor
            """#),
    ]
}
