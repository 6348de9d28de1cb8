extension Transcript {
    /// Sets, of numbers where the order is to be seen.
    static let sets: [Transcript] = [
        Transcript(
            "members",
            #"""
            > SADD s 3 1 2 2
            :3
            > SADD s 1
            :0
            > SMEMBERS s
            *3
            $1
            1
            $1
            2
            $1
            3
            > OBJECT ENCODING s
            $6
            intset
            > SISMEMBER s 1
            :1
            > SISMEMBER s 01
            :0
            > SMISMEMBER s 1 9 x
            *3
            :1
            :0
            :0
            > SMISMEMBER none a
            *1
            :0
            > SCARD s
            :3
            > SREM s 1 9
            :1
            > SREM s 2 3
            :2
            > EXISTS s
            :0
            > SREM s 1
            :0
            > SCARD none
            :0
            """#),
        Transcript(
            "numbers until something else comes",
            #"""
            > SADD s 1 100000 10000000000 -5
            :4
            > SMEMBERS s
            *4
            $2
            -5
            $1
            1
            $6
            100000
            $11
            10000000000
            > OBJECT ENCODING s
            $6
            intset
            > SADD s text
            :1
            > OBJECT ENCODING s
            $9
            hashtable
            > SREM s text
            :1
            > OBJECT ENCODING s
            $9
            hashtable
            > SADD t text
            :1
            > OBJECT ENCODING t
            $9
            hashtable
            """#),
        Transcript(
            "combining",
            #"""
            > SADD a 1 2 3 4
            :4
            > SADD b 3 4 5
            :3
            > SADD c 4 6
            :2
            > SINTER a b
            *2
            $1
            3
            $1
            4
            > SINTER a b c
            *1
            $1
            4
            > SINTER a none
            *0
            > SINTERCARD 2 a b
            :2
            > SINTERCARD 2 a b LIMIT 1
            :1
            > SINTERCARD 2 a b LIMIT 0
            :2
            > SINTERCARD 0 a
            -ERR numkeys should be greater than 0
            > SINTERCARD 3 a b
            -ERR Number of keys can't be greater than number of args
            > SINTERCARD 1 a LIMIT -1
            -ERR LIMIT can't be negative
            > SINTERCARD 1 a BAD
            -ERR syntax error
            > SUNION a b c
            *6
            $1
            1
            $1
            2
            $1
            3
            $1
            4
            $1
            5
            $1
            6
            > SDIFF a b
            *2
            $1
            1
            $1
            2
            > SDIFF a a
            *0
            > SDIFF none a
            *0
            > SINTERSTORE d a b
            :2
            > SMEMBERS d
            *2
            $1
            3
            $1
            4
            > SUNIONSTORE d b c
            :4
            > SMEMBERS d
            *4
            $1
            3
            $1
            4
            $1
            5
            $1
            6
            > SDIFFSTORE d a b
            :2
            > SMEMBERS d
            *2
            $1
            1
            $1
            2
            > SDIFFSTORE d a a
            :0
            > EXISTS d
            :0
            > SET s x
            +OK
            > SINTER a s
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > SUNIONSTORE s a
            :4
            > SMEMBERS s
            *4
            $1
            1
            $1
            2
            $1
            3
            $1
            4
            """#),
        Transcript(
            "moving, and members at random",
            #"""
            > SADD a 1 2
            :2
            > SMOVE a b 1
            :1
            > SMOVE a b 9
            :0
            > SMOVE none b 1
            :0
            > SMOVE a a 2
            :1
            > SMEMBERS b
            *1
            $1
            1
            > SET s x
            +OK
            > SMOVE a s 2
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > SMOVE s a 2
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > SPOP a 5
            *1
            $1
            2
            > EXISTS a
            :0
            > SPOP none
            $-1
            > SPOP none 2
            *0
            > SPOP b x
            -ERR value is out of range, must be positive
            > SPOP b -1
            -ERR value is out of range, must be positive
            > SPOP b 0
            *0
            > SPOP b 1 1
            -ERR syntax error
            > SRANDMEMBER b
            $1
            1
            > SRANDMEMBER b 5
            *1
            $1
            1
            > SRANDMEMBER b -2
            *2
            $1
            1
            $1
            1
            > SRANDMEMBER none
            $-1
            > SRANDMEMBER none 1
            *0
            > SRANDMEMBER b x
            -ERR value is not an integer or out of range
            > SSCAN b 0
            *2
            $1
            0
            *1
            $1
            1
            > SSCAN b 0 MATCH 9*
            *2
            $1
            0
            *0
            > SSCAN none 0
            *2
            $1
            0
            *0
            """#),
    ]
}
