/// What the clients do of which `TrackingConformanceTests` compares the outcome. `r`, `s` and `t` read, `w` writes.
enum TrackingConformanceLines {
    static let reading = #"""
        r CLIENT TRACKING ON
        r RANDOMKEY
        r KEYS *
        r GET a
        s CLIENT TRACKING ON NOLOOP
        s MGET {x}1 {x}2 {x}1
        s GET a
        w INFO stats
        w INFO clients
        w SET a 1
        w SET a 2
        r GET a
        r SET a 3
        r SET a 4
        s GET a
        s SET a 5
        w SET a 6
        s GET a
        r GET a ; SET a 7 ; GET a ; SET a 8
        r GET a ; GET b ; DEL a b ; PING
        s MGET {x}1 {x}2
        w MSET {x}2 1 {x}1 2
        r HGETALL h
        w HSET h f v
        r LRANGE l 0 -1
        w RPUSH l a b c
        r LRANGE l 0 -1
        w LPOP l
        r SISMEMBER s a
        w SADD s a
        r SMEMBERS s
        w SADD s a
        w SREM s b
        w SREM s a
        r ZRANGE z 0 -1
        w ZADD z 1 a
        r XRANGE st - +
        w XADD st 1-1 f v
        r XREAD STREAMS st 0
        w XGROUP CREATE st g 0
        w XREADGROUP GROUP g c STREAMS st >
        r XINFO STREAM st
        w XACK st g 1-1
        r PFCOUNT p
        w PFADD p a b
        r GETBIT bits 3
        w SETBIT bits 3 1
        r GEOPOS g m
        w GEOADD g 1 1 m
        r SORT_RO l
        w RPUSH l 5
        r SORT l
        w RPUSH l 6
        r TYPE h
        r EXISTS h
        w HDEL h f
        r DUMP a
        w SET a 1
        r OBJECT ENCODING a
        w SET a 2
        r OBJECT FREQ a
        r MEMORY USAGE nothing
        w SET nothing 3
        w DEL nothing
        r TTL a
        w EXPIRE a 100
        r STRLEN a
        w PERSIST a
        r PTTL a
        w PERSIST a
        w RENAME a {a}b
        r GET a
        r GET {a}b
        w COPY {a}b a
        w RENAME a {a}b
        r TOUCH a
        w SET a 1
        r GETEX a
        w SET a 2
        r GETDEL a
        w SET a 3
        r GET a
        w DEL a
        w DEL a
        r GET a
        w UNLINK a
        r GET a
        w RESTORE a 0 "\x00\xc0\x01\n\x00\xfe\xb2~\xef\xf6\xda\xc5!"
        r GET a
        w FLUSHALL
        r GET a
        r FLUSHALL
        r GET a ; FLUSHDB ; GET a
        w FLUSHDB ASYNC
        r GET a
        r CLIENT TRACKING OFF
        w SET a 1
        r CLIENT TRACKING OFF
        r CLIENT TRACKING ON
        w SET a 2
        r SPUBLISH a b
        r OBJECT HELP
        r GET a b
        r LRANGE a 0 -1
        w SET a 3
        r WATCH a
        w SET a 4
        r SINTERCARD 2 {k}1 {k}2
        w SADD {k}2 a
        r LCS {k}3 {k}4
        w SET {k}4 v
        r ZINTER 2 {k}5 {k}6
        w ZADD {k}5 1 a
        r EXPIRETIME a
        w EXPIRE a 0
        r BITCOUNT a
        w APPEND a x
        r SUBSTR a 0 1
        w SETRANGE a 0 y
        r GETRANGE a 0 1
        w INCR n
        r GET n
        w INCRBYFLOAT n 2
        r BLPOP l 1
        w RPUSH l z
        w INFO stats
        w CLIENT KILL ID $s
        r RESET
        r CLIENT TRACKINGINFO
        w SET n 1
        w INFO clients
        """#

    static let options = #"""
        r CLIENT TRACKINGINFO
        r CLIENT GETREDIR
        r CLIENT TRACKING
        r CLIENT TRACKING MAYBE
        r CLIENT TRACKING ON NOPE
        r CLIENT TRACKING OFF BCAST OPTIN OPTOUT PREFIX a PREFIX a
        r CLIENT TRACKING OFF REDIRECT 99999
        r CLIENT TRACKING ON PREFIX
        r CLIENT TRACKING ON REDIRECT
        r CLIENT TRACKING ON REDIRECT x
        r CLIENT TRACKING ON REDIRECT 0
        r CLIENT TRACKING ON REDIRECT -1
        r CLIENT TRACKING ON REDIRECT 99999
        r CLIENT TRACKING ON REDIRECT $r REDIRECT $r
        r CLIENT TRACKING ON REDIRECT $r REDIRECT 99999
        r CLIENT TRACKING ON PREFIX a
        r CLIENT TRACKING ON OPTIN OPTOUT
        r CLIENT TRACKING ON BCAST OPTIN
        r CLIENT TRACKING ON BCAST OPTOUT
        r CLIENT TRACKING ON BCAST OPTOUT OPTIN PREFIX a PREFIX a
        r CLIENT TRACKINGINFO
        r CLIENT TRACKING on optin noloop
        r CLIENT TRACKINGINFO
        r CLIENT GETREDIR
        r CLIENT INFO
        r CLIENT TRACKING ON OPTOUT
        r CLIENT TRACKING ON BCAST
        r CLIENT TRACKING ON
        r CLIENT TRACKINGINFO
        r CLIENT TRACKING ON OPTOUT
        r CLIENT TRACKING ON OPTIN
        r CLIENT TRACKINGINFO
        r CLIENT TRACKING OFF
        r CLIENT TRACKING ON BCAST
        r CLIENT INFO
        r CLIENT TRACKING ON
        r CLIENT TRACKING ON BCAST PREFIX a
        r CLIENT TRACKING ON BCAST NOLOOP
        r CLIENT TRACKINGINFO
        r CLIENT TRACKING OFF
        r CLIENT TRACKING ON BCAST PREFIX b PREFIX a NOLOOP
        r CLIENT TRACKINGINFO
        r CLIENT TRACKING ON BCAST PREFIX ab
        r CLIENT TRACKING ON BCAST PREFIX c
        r CLIENT TRACKING ON BCAST
        r CLIENT TRACKING ON BCAST PREFIX d PREFIX da
        r CLIENT TRACKINGINFO
        r CLIENT TRACKING ON BCAST PREFIX e PREFIX fa PREFIX f
        r CLIENT TRACKINGINFO
        r CLIENT TRACKING ON BCAST PREFIX g PREFIX h PREFIX ia PREFIX i
        r CLIENT TRACKINGINFO
        r CLIENT TRACKING ON BCAST PREFIX j PREFIX ka PREFIX k PREFIX a
        r CLIENT TRACKINGINFO
        s CLIENT TRACKING ON BCAST PREFIX x PREFIX ya PREFIX yb PREFIX y
        s CLIENT TRACKINGINFO
        t CLIENT TRACKING ON BCAST PREFIX x PREFIX y PREFIX y
        t CLIENT TRACKINGINFO
        w SET y 1
        w INFO stats
        w INFO clients
        r CLIENT TRACKING OFF
        r CLIENT TRACKINGINFO
        w INFO stats
        r CLIENT CACHING YES
        r CLIENT CACHING
        r CLIENT CACHING YES NO
        r CLIENT TRACKING ON
        r CLIENT CACHING YES
        r CLIENT CACHING NO
        r CLIENT CACHING MAYBE
        r CLIENT TRACKINGINFO x
        r CLIENT GETREDIR x
        r CLIENT NOSUCH
        r MULTI ; CLIENT TRACKING ON ; CLIENT TRACKINGINFO ; EXEC
        r EVAL "return redis.call('client', 'tracking', 'on')" 0
        r EVAL "return redis.call('client', 'caching', 'yes')" 0
        """#

    static let prefixes = #"""
        r CLIENT TRACKING ON BCAST
        s CLIENT TRACKING ON BCAST PREFIX a PREFIX b
        t CLIENT TRACKING ON BCAST NOLOOP PREFIX a
        w SET a 1
        w SET ab 1 ; SET a 2 ; SET b 1 ; SET c 1
        w SET b 1
        w GET a
        w DEL a ab
        w DEL a
        r SET a 1
        s SET a 1
        t SET a 1
        t SET a 1 ; SET ab 2 ; SET c 2
        t SET a 1 ; DEL nothing ; SET a 2
        w MSET {z}c 1 {z}a 2 {z}b 3
        w MULTI ; SET a 5 ; SET a 6 ; SET aa 7 ; EXEC
        t MULTI ; SET a 5 ; SET a 6 ; SET aa 7 ; EXEC
        w EVAL "redis.call('set', 'a', 1); return redis.call('set', 'a', 2)" 1 a
        w FLUSHALL
        r FLUSHALL
        t SET a 1 ; FLUSHALL ; SET ab 1
        w INFO stats
        r CLIENT TRACKING OFF
        s CLIENT TRACKING ON BCAST PREFIX c
        w SET c 1
        s CLIENT TRACKING ON BCAST PREFIX d NOLOOP
        s SET d 1 ; SET a 1
        s CLIENT TRACKINGINFO
        r CLIENT TRACKING ON
        r GET a
        r CLIENT TRACKING OFF
        r CLIENT TRACKING ON BCAST PREFIX q
        w SET a 1
        t CLIENT TRACKING ON BCAST PREFIX b REDIRECT $r
        w SET b 1
        w SET a 1
        w SET "" 1
        w EXPIRE a 100
        w PERSIST a
        w RENAME a {a}1
        w SADD aset x
        w SADD aset x
        w SPOP aset
        w LPUSH al a
        w LPOP al
        w BLPOP al 1
        w XADD ax 1-1 a b
        w XGROUP CREATE ax g 0
        w XREADGROUP GROUP g c STREAMS ax >
        w XACK ax g 1-1
        w XDEL ax 1-1
        w PFADD ap x
        w PFADD ap x
        w PFCOUNT ap
        w OBJECT ENCODING ap
        w SETRANGE ar 0 ""
        w GETEX b EX 100
        w GETEX b
        w GETDEL b
        w SORT al STORE {al}b
        w CLIENT TRACKING ON BCAST PREFIX a ; SET a1 1 ; SET a2 1
        w RESET
        w INFO stats
        w INFO clients
        """#
}
