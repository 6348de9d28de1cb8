/// What the clients do of which `PubSubConformanceTests` compares the outcome.
enum PubSubConformanceLines {
    static let publishing = #"""
        a SUBSCRIBE x y x
        a PING
        a PING hi
        a PING a b
        a GET k
        a PUBLISH x 1
        a NOPE
        a SSUBSCRIBE sh
        a PSUBSCRIBE x*
        p PUBLISH x hello
        p PUBLISH "" ""
        p PUBLISH xy "\x00\xff\r\n"
        p SPUBLISH sh m
        p PUBLISH nobody m
        p PUBSUB CHANNELS z*
        p PUBSUB CHANNELS x*
        p PUBSUB CHANNELS a b
        p PUBSUB NUMSUB
        p PUBSUB NUMSUB x y zz
        p PUBSUB NUMPAT
        p PUBSUB NUMPAT x
        p PUBSUB SHARDCHANNELS
        p PUBSUB SHARDCHANNELS *z
        p PUBSUB SHARDNUMSUB sh x
        p PUBSUB nope
        p PUBSUB
        p PUBSUB HELP
        p PUBSUB HELP x
        a UNSUBSCRIBE x
        a UNSUBSCRIBE nothing
        a SUNSUBSCRIBE
        a SUNSUBSCRIBE
        a PUNSUBSCRIBE x*
        a PUNSUBSCRIBE nothing
        a PUNSUBSCRIBE
        a UNSUBSCRIBE
        a UNSUBSCRIBE
        a GET k
        b SUBSCRIBE own
        b PUBLISH own 1
        b MULTI ; PUBLISH own 2 ; SET k v ; SUBSCRIBE z ; SSUBSCRIBE z ; MONITOR ; EXEC
        b UNSUBSCRIBE own z
        b MULTI ; SUBSCRIBE z ; UNSUBSCRIBE ; PUBLISH z 1 ; EXEC
        b SSUBSCRIBE q
        b SPUBLISH q w
        b RESET
        p SPUBLISH q w
        b SSUBSCRIBE {a}1 {a}2
        b SSUBSCRIBE {a}3 {b}3
        b SUNSUBSCRIBE {a}3 {b}3
        p SPUBLISH {a}2 hello
        p SPUBLISH {a}2
        p SUBSCRIBE
        p PSUBSCRIBE
        p SSUBSCRIBE
        p PUBLISH a
        p COMMAND GETKEYS SPUBLISH a b
        p COMMAND GETKEYS SSUBSCRIBE a b
        p COMMAND GETKEYSANDFLAGS SPUBLISH a b
        p CLIENT KILL TYPE pubsub SKIPME no ID 99999
        p CONFIG GET cluster-allow-pubsubshard-when-down
        """#

    static let events = #"""
        SET a 1
        SET a 2 EX 100
        SET a 3 KEEPTTL
        SET a 4 NX
        SET nk 4 XX
        SET nk 4 GET
        SET nk 5 GET EX 100
        SET nk 5 GET NX
        SETNX nk 1
        SETNX nk2 1
        SETEX a 10 v
        PSETEX a 10000 v
        GETSET a w
        GETSET newgs w
        GETDEL newgs
        GETDEL newgs
        GETEX a EX 100
        GETEX a PERSIST
        GETEX a PERSIST
        GETEX a EXAT 1
        GETEX a
        GET a
        MSET {x}1 a {x}2 b {x}1 c
        MSETNX {x}3 a {x}4 b
        MSETNX {x}3 a {x}5 b
        MGET {x}1 {x}9 {x}2 {x}8
        APPEND a x
        APPEND a y
        SETRANGE a 3 zz
        SETRANGE sr 3 zz
        SETRANGE sr 0 ""
        SETRANGE nosr 0 ""
        STRLEN nosr
        GETRANGE nosr 0 1
        INCR n
        INCRBY n 5
        DECR n
        DECRBY n2 3
        INCRBYFLOAT n 1.5
        INCRBYFLOAT n3 1.5
        INCR a
        DEL a
        DEL a
        DEL {x}1 {x}2 {x}77
        UNLINK {x}3 {x}77
        EXPIRE n 100
        EXPIRE nokey 100
        EXPIRE n 100 XX
        EXPIRE n 10 GT
        PEXPIRE n 100000
        EXPIREAT n 33177117420
        PERSIST n
        PERSIST n
        TTL nokey
        EXISTS nokey n
        TYPE nokey
        TOUCH nokey n
        OBJECT ENCODING nokey
        DUMP nokey
        LCS nokey1{z} nokey2{z}
        EXPIRE n -1
        SET {r}1 v EX 100
        RENAME {r}1 {r}2
        RENAME {r}2 {r}2
        RENAME {r}9 {r}2
        SET {r}1 v
        RENAME {r}1 {r}2
        SET {r}1 v
        RENAMENX {r}1 {r}2
        RENAMENX {r}1 {r}3
        COPY {r}2 {r}4
        COPY {r}2 {r}4
        COPY {r}2 {r}4 REPLACE
        COPY {r}nope {r}4
        RESTORE rs 0 "\x00\x01\x61\x0a\x00\xbf\xfe\xef\x9b\x8f\x36\x7d\xb4"
        RESTORE rs 0 "\x00\x01\x61\x0a\x00\xbf\xfe\xef\x9b\x8f\x36\x7d\xb4" REPLACE
        RESTORE rs 1 "\x00\x01\x61\x0a\x00\xbf\xfe\xef\x9b\x8f\x36\x7d\xb4" REPLACE ABSTTL
        SET exp v PX 1 ; DEBUG SLEEP 0.01 ; GET exp
        SET exp v PX 1 ; DEBUG SLEEP 0.01 ; SET exp w
        SET exp v PX 1 ; DEBUG SLEEP 0.01 ; INCR exp
        SET exp v PX 1 ; DEBUG SLEEP 0.01 ; DEL exp
        MULTI ; SET a 1 ; INCR a ; DEL a ; GET a ; EXEC
        FLUSHALL
        RANDOMKEY
        """#

    /// The same for collections, whose events were other commands' before.
    static let collectionEvents = #"""
        RPUSH l a b c d
        LPUSH l x y
        LPUSHX l z
        RPUSHX nolist z
        LSET l 0 q
        LSET l 99 q
        LINSERT l BEFORE a w
        LINSERT l AFTER none w
        LREM l 0 w
        LREM l 0 none
        LPOP l
        RPOP l
        LPOP l 2
        LPOP l 0
        RPOP nolist 2
        LTRIM l 0 -1
        LTRIM l 1 -1
        LTRIM l 9 10
        LTRIM l 9 10
        RPUSH {l}1 a b c
        LMOVE {l}1 {l}2 LEFT RIGHT
        LMOVE {l}1 {l}1 LEFT RIGHT
        RPOPLPUSH {l}1 {l}2
        RPOPLPUSH {l}1 {l}2
        RPOPLPUSH {l}1 {l}2
        LMPOP 2 {l}1 {l}2 LEFT COUNT 2
        LMPOP 2 {l}1 {l}2 RIGHT
        LMPOP 2 {l}1 {l}2 RIGHT
        RPUSH {l}1 a b c d
        BLPOP {l}1 {l}2 0
        BRPOP {l}2 {l}1 0
        BLMOVE {l}1 {l}2 LEFT LEFT 0
        BRPOPLPUSH {l}1 {l}2 0
        BLMPOP 0 1 {l}2 LEFT COUNT 9
        LRANGE nolist 0 -1
        LPOS nolist x
        HSET h a 1 b 2
        HSET h a 1
        HMSET h c 3
        HSETNX h c 3
        HSETNX h d 3
        HINCRBY h a 5
        HINCRBY h2 a 5
        HINCRBYFLOAT h a 1.5
        HINCRBYFLOAT h3 a 1.5
        HDEL h none
        HDEL h a
        HDEL h b c d a
        HDEL h a
        HGET h a
        HGETALL h
        SADD s 1 2 3
        SADD s 1
        SADD s 4
        SREM s 9
        SREM s 4
        SMOVE s {s}2 1
        SMOVE s {s}2 9
        SMOVE s s 2
        SMOVE {s}2 s 1
        SADD {s}2 1
        SMOVE {s}2 s 1
        SREM s 1 2 3 4
        SADD s 1
        SPOP s
        SADD s 1 2 3
        SPOP s 0
        SPOP s 9
        SPOP s 9
        SADD {s}1 1 2 3
        SADD {s}2 2 3 4
        SINTERSTORE {s}3 {s}1 {s}2
        SUNIONSTORE {s}3 {s}1 {s}2
        SDIFFSTORE {s}3 {s}1 {s}2
        SINTERSTORE {s}3 {s}1 {s}none
        SINTERSTORE {s}3 {s}1 {s}none
        SDIFFSTORE {s}3 {s}1 {s}none
        SDIFFSTORE {s}3 {s}1 {s}1
        SDIFFSTORE {s}3 {s}1 {s}1
        SADD {s}4 9
        SUNIONSTORE {s}3 {s}1
        SINTERSTORE {s}3 {s}1 {s}4
        SUNIONSTORE {s}1 {s}none
        MULTI ; RPUSH m a ; LPOP m ; HSET m a b ; HDEL m a ; SADD m a ; SPOP m ; EXEC
        """#

    static let monitoring = #"""
        m MONITOR
        m MONITOR
        p SET a 1
        p set A "b c"
        p SET "k\x00\x01\xff\x7f" "\\\n\r\t\a\b\x1b\""
        p GET
        p NOPE x
        p ECHO ""
        p CONFIG GET hz
        p CLIENT GETNAME
        p CLIENT SETNAME foo
        p AUTH secret
        p AUTH default secret
        p AUTH a b c
        p HELLO 9 AUTH default x
        p HELLO 3 SETNAME n AUTH d
        p HELLO 3 SETNAME "a b" AUTH default x
        p MIGRATE 127.0.0.1 1 k 0 100 AUTH pw
        p MIGRATE 127.0.0.1 1 k 0 100 COPY AUTH2 u pw KEYS a b
        p SELECT 0
        p SELECT 1
        p MULTI ; SET x 1 ; INCR x ; CONFIG GET hz ; PUBLISH a b ; EXEC
        p MULTI ; SET x 1 ; INCR a b c ; EXEC
        p MULTI ; EXEC x
        p MULTI ; DISCARD
        p EXEC
        p SET a x
        p INCR a
        p DEL a A
        p RESET
        m GET k
        m SET k v
        m PUBLISH a b
        m RESET
        m GET k
        p SET k v
        m MONITOR
        p WAIT 0 0
        p CLUSTER KEYSLOT a
        p OBJECT HELP
        p PUBSUB CHANNELS
        p SUBSCRIBE a
        p UNSUBSCRIBE
        p EXPIRE k 100
        p GETEX k PERSIST
        p SETEX k 10 v
        """#
}
