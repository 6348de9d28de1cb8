extension Transcript {
    /// Hashes.
    static let hashes: [Transcript] = [
        Transcript(
            "HSET counts the fields that are new",
            #"""
            > HSET h a 1 b 2
            :2
            > HSET h a 3 c 4
            :1
            > HSET h a
            -ERR wrong number of arguments for 'hset' command
            > HSET h a 1 b
            -ERR wrong number of arguments for 'hset' command
            > HMSET h d 5
            +OK
            > HMSET h d
            -ERR wrong number of arguments for 'hmset' command
            > HGETALL h
            *8
            $1
            a
            $1
            3
            $1
            b
            $1
            2
            $1
            c
            $1
            4
            $1
            d
            $1
            5
            > HKEYS h
            *4
            $1
            a
            $1
            b
            $1
            c
            $1
            d
            > HVALS h
            *4
            $1
            3
            $1
            2
            $1
            4
            $1
            5
            > HLEN h
            :4
            > HLEN none
            :0
            > TYPE h
            +hash
            > OBJECT ENCODING h
            $8
            listpack
            """#),
        Transcript(
            "HGET, HMGET, HEXISTS and HSTRLEN",
            #"""
            > HSET h name Alice age 30
            :2
            > HGET h name
            $5
            Alice
            > HGET h none
            $-1
            > HGET none name
            $-1
            > HMGET h name none age
            *3
            $5
            Alice
            $-1
            $2
            30
            > HMGET none a b
            *2
            $-1
            $-1
            > HEXISTS h age
            :1
            > HEXISTS h none
            :0
            > HSTRLEN h name
            :5
            > HSTRLEN h age
            :2
            > HSTRLEN h none
            :0
            """#),
        Transcript(
            "HSETNX and HDEL",
            #"""
            > HSETNX h a 1
            :1
            > HSETNX h a 2
            :0
            > HGET h a
            $1
            1
            > HDEL h a b
            :1
            > EXISTS h
            :0
            > HDEL h a
            :0
            """#),
        Transcript(
            "counting in fields",
            #"""
            > HINCRBY h n 5
            :5
            > HINCRBY h n -7
            :-2
            > HSET h s text
            :1
            > HINCRBY h s 1
            -ERR hash value is not an integer
            > HINCRBY h n x
            -ERR value is not an integer or out of range
            > HSET h n 9223372036854775807
            :0
            > HINCRBY h n 1
            -ERR increment or decrement would overflow
            > HINCRBYFLOAT h f 10.5
            $4
            10.5
            > HINCRBYFLOAT h f -0.25
            $5
            10.25
            > HINCRBYFLOAT h s 1
            -ERR hash value is not a float
            > HINCRBYFLOAT h f x
            -ERR value is not a valid float
            > HINCRBYFLOAT h f inf
            -ERR value is NaN or Infinity
            > HSET h e ''
            :1
            > HINCRBY h e 1
            -ERR hash value is not an integer
            > HGET h f
            $5
            10.25
            """#),
        Transcript(
            "a hash becomes a table for good",
            #"""
            > HSET h f 0123456789012345678901234567890123456789012345678901234567890123
            :1
            > OBJECT ENCODING h
            $8
            listpack
            > HSET h f 01234567890123456789012345678901234567890123456789012345678901234
            :0
            > OBJECT ENCODING h
            $9
            hashtable
            > HSET h f short
            :0
            > OBJECT ENCODING h
            $9
            hashtable
            > HGETALL h
            *2
            $1
            f
            $5
            short
            > HSCAN h 0
            *2
            $1
            0
            *2
            $1
            f
            $5
            short
            > HSCAN h x
            -ERR invalid cursor
            > HSCAN h 0 COUNT 0
            -ERR syntax error
            > HSCAN h 0 TYPE hash
            -ERR syntax error
            > HSCAN none 0 BAD
            *2
            $1
            0
            *0
            > HRANDFIELD h
            $1
            f
            > HRANDFIELD h 5 WITHVALUES
            *2
            $1
            f
            $5
            short
            > HRANDFIELD h -3
            *3
            $1
            f
            $1
            f
            $1
            f
            > HRANDFIELD h 0
            *0
            > HRANDFIELD none
            $-1
            > HRANDFIELD none 3
            *0
            > HRANDFIELD h x
            -ERR value is not an integer or out of range
            > HRANDFIELD h 1 BAD
            -ERR syntax error
            > HRANDFIELD h -9223372036854775807 WITHVALUES
            -ERR value is out of range
            > HRANDFIELD h -9223372036854775808
            -ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807
            """#),
        Transcript(
            "the wrong kind",
            #"""
            > SET s 1
            +OK
            > HSET s a 1
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > HGET s a
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > HDEL s a
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > HINCRBY s a 1
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > HINCRBYFLOAT s a 1
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > HSCAN s 0
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > HRANDFIELD s
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > LPUSH s a
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > SADD s a
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > HSET h a 1
            :1
            > GET h
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > INCR h
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > APPEND h x
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > SETRANGE h 0 x
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > STRLEN h
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > GETSET h x
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > MGET h s
            *2
            $-1
            $1
            1
            > LPUSH h a
            -WRONGTYPE Operation against a key holding the wrong kind of value
            > SMEMBERS h
            -WRONGTYPE Operation against a key holding the wrong kind of value
            """#),
    ]
}
