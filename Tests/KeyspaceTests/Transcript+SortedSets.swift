extension Transcript {
    /// Sorted sets: members, scores and ranges.
    static let sortedSets: [Transcript] =
        [
            Transcript(
                "members and scores",
                #"""
                > ZADD z 1 one 2 two 3 three
                :3
                > ZADD z 1 one
                :0
                > ZADD z CH 5 one 7 seven
                :2
                > ZADD z NX 9 one 4 four
                :1
                > ZADD z XX 9 one 4 five
                :0
                > ZADD z GT CH 8 one 10 two
                :1
                > ZADD z LT CH 8 one 9 two
                :2
                > ZADD z INCR 2.5 one
                $4
                10.5
                > ZADD z XX INCR 1 none
                $-1
                > ZADD z NX XX 1 a
                -ERR XX and NX options at the same time are not compatible
                > ZADD z NX GT 1 a
                -ERR GT, LT, and/or NX options at the same time are not compatible
                > ZADD z INCR 1 a 2 b
                -ERR INCR option supports a single increment-element pair
                > ZADD z 1
                -ERR wrong number of arguments for 'zadd' command
                > ZADD z 1 a 2
                -ERR syntax error
                > ZADD z x a
                -ERR value is not a valid float
                > ZADD z nan a
                -ERR value is not a valid float
                > ZADD z 1 a x b
                -ERR value is not a valid float
                > ZSCORE z a
                $-1
                > ZINCRBY z -3 one
                $3
                7.5
                > ZINCRBY z 1 new
                $1
                1
                > ZINCRBY z x new
                -ERR value is not a valid float
                > ZADD z inf up -inf down
                :2
                > ZINCRBY z -inf up
                -ERR resulting score is not a number (NaN)
                > ZSCORE z up
                $3
                inf
                > ZSCORE z none
                $-1
                > ZMSCORE z one none down
                *3
                $3
                7.5
                $-1
                $4
                -inf
                > ZMSCORE none a
                *1
                $-1
                > ZCARD z
                :8
                > ZRANK z down
                :0
                > ZREVRANK z down
                :7
                > ZRANK z none
                $-1
                > ZREM z down up none
                :2
                > ZREM none a
                :0
                > SET s x
                +OK
                > ZADD s 1 a
                -WRONGTYPE Operation against a key holding the wrong kind of value
                > ZSCORE s a
                -WRONGTYPE Operation against a key holding the wrong kind of value
                > TYPE z
                +zset
                > OBJECT ENCODING z
                $8
                listpack
                """#),
            Transcript(
                "how scores are written",
                #"""
                > ZADD z 1e17 a 1e16 b 0.1 c 3.0e0 d 1e-7 e 123456789.123 f -0 g 0x10 h 1e300 i 4611686018427387905 j
                :10
                > ZRANGE z 0 -1 WITHSCORES
                *20
                $1
                g
                $1
                0
                $1
                e
                $22
                9.9999999999999995e-08
                $1
                c
                $19
                0.10000000000000001
                $1
                d
                $1
                3
                $1
                h
                $2
                16
                $1
                f
                $13
                123456789.123
                $1
                b
                $17
                10000000000000000
                $1
                a
                $5
                1e+17
                $1
                j
                $22
                4.6116860184273879e+18
                $1
                i
                $23
                1.0000000000000001e+300
                > ZSCAN z 0
                *2
                $1
                0
                *20
                $1
                g
                $1
                0
                $1
                e
                $22
                9.9999999999999995e-08
                $1
                c
                $19
                0.10000000000000001
                $1
                d
                $1
                3
                $1
                h
                $2
                16
                $1
                f
                $13
                123456789.123
                $1
                b
                $17
                10000000000000000
                $1
                a
                $18
                100000000000000000
                $1
                j
                $19
                4611686018427387904
                $1
                i
                $23
                1.0000000000000001e+300
                > ZADD z 1e400 a
                -ERR value is not a valid float
                > ZADD z " 1" a
                -ERR value is not a valid float
                > ZADD z "" a
                -ERR value is not a valid float
                """#),
            Transcript(
                "ranges of ranks",
                #"""
                > ZADD z 1 a 2 b 3 c 4 d 5 e
                :5
                > ZRANGE z 0 -1
                *5
                $1
                a
                $1
                b
                $1
                c
                $1
                d
                $1
                e
                > ZRANGE z 1 2 WITHSCORES
                *4
                $1
                b
                $1
                2
                $1
                c
                $1
                3
                > ZRANGE z -2 -1
                *2
                $1
                d
                $1
                e
                > ZRANGE z 3 1
                *0
                > ZRANGE z 9 10
                *0
                > ZRANGE z 0 1 REV
                *2
                $1
                e
                $1
                d
                > ZREVRANGE z 0 1 WITHSCORES
                *4
                $1
                e
                $1
                5
                $1
                d
                $1
                4
                > ZRANGE z 0 x
                -ERR value is not an integer or out of range
                > ZRANGE z 0 1 LIMIT 0 1
                -ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX
                > ZRANGE z 0 1 BAD
                -ERR syntax error
                > ZRANGE none 0 1
                *0
                > ZREMRANGEBYRANK z 1 2
                :2
                > ZREMRANGEBYRANK z 5 6
                :0
                > ZRANGE z 0 -1
                *3
                $1
                a
                $1
                d
                $1
                e
                > ZREMRANGEBYRANK z 0 -1
                :3
                > EXISTS z
                :0
                """#),
            Transcript(
                "ranges of scores",
                #"""
                > ZADD z 1 a 2 b 2 c 3 d inf e
                :5
                > ZRANGEBYSCORE z 1 2
                *3
                $1
                a
                $1
                b
                $1
                c
                > ZRANGEBYSCORE z (1 2
                *2
                $1
                b
                $1
                c
                > ZRANGEBYSCORE z (2 +inf WITHSCORES
                *4
                $1
                d
                $1
                3
                $1
                e
                $3
                inf
                > ZRANGEBYSCORE z -inf +inf LIMIT 1 2
                *2
                $1
                b
                $1
                c
                > ZRANGEBYSCORE z -inf +inf LIMIT 1 -1
                *4
                $1
                b
                $1
                c
                $1
                d
                $1
                e
                > ZRANGEBYSCORE z -inf +inf LIMIT -1 2
                *0
                > ZREVRANGEBYSCORE z 2 1 WITHSCORES LIMIT 0 2
                *4
                $1
                c
                $1
                2
                $1
                b
                $1
                2
                > ZRANGE z 3 (1 BYSCORE REV
                *3
                $1
                d
                $1
                c
                $1
                b
                > ZRANGE z 1 3 BYSCORE LIMIT 1 1 WITHSCORES
                *2
                $1
                b
                $1
                2
                > ZRANGEBYSCORE z x 2
                -ERR min or max is not a float
                > ZRANGEBYSCORE z 2 1
                *0
                > ZCOUNT z 2 3
                :3
                > ZCOUNT z (2 (3
                :0
                > ZCOUNT none 1 2
                :0
                > ZCOUNT z x 1
                -ERR min or max is not a float
                > ZREMRANGEBYSCORE z 2 2
                :2
                > ZREMRANGEBYSCORE z (3 inf
                :1
                > ZRANGE z 0 -1 WITHSCORES
                *4
                $1
                a
                $1
                1
                $1
                d
                $1
                3
                """#),
            Transcript(
                "ranges of bytes",
                #"""
                > ZADD z 0 a 0 b 0 ba 0 c 0 d
                :5
                > ZRANGEBYLEX z - +
                *5
                $1
                a
                $1
                b
                $2
                ba
                $1
                c
                $1
                d
                > ZRANGEBYLEX z [b (c
                *2
                $1
                b
                $2
                ba
                > ZRANGEBYLEX z (b [c LIMIT 1 5
                *1
                $1
                c
                > ZREVRANGEBYLEX z + [b
                *4
                $1
                d
                $1
                c
                $2
                ba
                $1
                b
                > ZRANGE z [c [a BYLEX REV LIMIT 0 2
                *2
                $1
                c
                $2
                ba
                > ZRANGE z - + BYLEX WITHSCORES
                -ERR syntax error, WITHSCORES not supported in combination with BYLEX
                > ZRANGEBYLEX z b c
                -ERR min or max not valid string range item
                > ZRANGEBYLEX z + -
                *0
                > ZLEXCOUNT z - (c
                :3
                > ZLEXCOUNT z [c [b
                :0
                > ZREMRANGEBYLEX z (a (c
                :2
                > ZRANGE z 0 -1
                *3
                $1
                a
                $1
                c
                $1
                d
                """#),
        ] + combinedSortedSets
}
