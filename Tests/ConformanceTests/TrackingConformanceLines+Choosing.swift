/// Reads that are chosen one by one, others that are told, and what happens together or by itself.
extension TrackingConformanceLines {
    static let choosing = #"""
        r CLIENT TRACKING ON OPTIN
        r GET a
        w SET a 1
        r CLIENT CACHING YES
        r CLIENT TRACKINGINFO
        r GET a
        r GET b
        w MSET {q}a 1 {q}b 2
        w SET a 1
        w SET b 1
        r CLIENT CACHING YES ; GET a
        w SET a 2
        r CLIENT CACHING YES ; CLIENT TRACKINGINFO ; CLIENT GETNAME ; GET a ; CLIENT TRACKINGINFO
        w SET a 2
        r CLIENT CACHING YES ; PING ; GET a
        w SET a 3
        r CLIENT CACHING YES ; NOSUCH ; GET a
        w SET a 3
        r CLIENT CACHING YES ; CLIENT NOSUCH ; GET a
        w SET a 3
        r CLIENT CACHING YES ; CLIENT GETNAME x ; GET a
        w SET a 3
        r CLIENT CACHING YES ; GET ; GET a
        w SET a 3
        r CLIENT CACHING YES ; MULTI ; GET a ; GET b ; EXEC ; GET c
        w SET a 4
        w SET b 4
        w SET c 4
        r MULTI ; CLIENT CACHING YES ; GET a ; GET b ; EXEC ; GET c
        w SET a 4
        w SET b 4
        w SET c 4
        r CLIENT CACHING YES ; MULTI ; GET a ; DISCARD ; GET b
        w SET a 4
        w SET b 4
        r CLIENT CACHING YES ; EVAL_RO "return redis.call('get', KEYS[1])" 1 a ; GET b
        w SET a 4
        w SET b 4
        r CLIENT CACHING YES ; EVAL "redis.call('get', KEYS[1]); return redis.call('get', KEYS[2])" 2 {a}1 {a}2
        w SET {a}1 4
        w SET {a}2 4
        r CLIENT CACHING YES ; CLIENT TRACKING ON OPTIN ; GET a
        w SET a 5
        r CLIENT CACHING NO
        r CLIENT CACHING YES ; CLIENT CACHING NO ; GET a
        w SET a 5
        r CLIENT CACHING YES ; SET a 3 ; GET a
        w SET a 5
        r CLIENT TRACKING OFF
        r CLIENT TRACKING ON OPTOUT NOLOOP
        r GET a
        w SET a 6
        r CLIENT CACHING NO
        r CLIENT TRACKINGINFO
        r GET a
        w SET a 7
        r GET a
        w SET a 8
        r CLIENT CACHING YES
        r CLIENT CACHING NO ; GET a ; GET b
        w SET a 9
        w SET b 9
        r CLIENT CACHING NO ; MULTI ; GET a ; GET b ; EXEC ; GET c
        w SET a 9
        w SET b 9
        w SET c 9
        r GET a
        r SET a 10
        w SET a 11
        """#

    static let redirecting = #"""
        s SUBSCRIBE __redis__:invalidate
        r CLIENT TRACKING ON REDIRECT $s
        r CLIENT TRACKINGINFO
        r CLIENT INFO
        r GET a
        w SET a 1
        r GET a
        r SET a 2
        r GET a ; SET a 2 ; GET a ; SET a 3
        r MGET {k}1 {k}2
        w DEL {k}1 {k}2
        w MSET {k}1 a {k}2 b
        r GET a
        w FLUSHALL
        r GET a
        r FLUSHALL
        s UNSUBSCRIBE
        r GET a
        w SET a 1
        s SUBSCRIBE other
        r GET a
        w SET a 1
        s PSUBSCRIBE *
        r GET a
        w SET a 1
        s RESET
        r GET a
        w SET a 1
        s HELLO 3
        r GET a
        w SET a 1
        s SUBSCRIBE __redis__:invalidate
        r GET a
        w SET a 1
        r GET a
        r SET a 1
        w PUBLISH __redis__:invalidate x
        t SUBSCRIBE __redis__:invalidate
        t CLIENT TRACKING ON
        r CLIENT TRACKING ON REDIRECT $t NOLOOP
        r GET a
        r SET a 1
        r GET a
        w SET a 1
        r CLIENT TRACKING OFF
        r CLIENT TRACKING ON BCAST REDIRECT $s PREFIX a
        r CLIENT TRACKING ON BCAST REDIRECT $t PREFIX b
        r CLIENT TRACKINGINFO
        w SET a 1 ; SET b 2
        w SET c 3
        r SET a 5
        t QUIT
        w SET a 1
        r CLIENT TRACKINGINFO
        r CLIENT INFO
        w SET b 1
        r SET b 1
        r CLIENT TRACKING ON BCAST REDIRECT $s
        r CLIENT TRACKING OFF
        r CLIENT TRACKING ON REDIRECT $s
        r CLIENT TRACKINGINFO
        r GET a
        s QUIT
        r CLIENT TRACKINGINFO
        r GET b
        w SET a 1
        r CLIENT TRACKINGINFO
        r SET b 1
        r CLIENT INFO
        r HELLO 3
        r GET a
        w SET a 1
        r GET a
        r SET a 1
        r GET a
        r FLUSHALL
        r CLIENT TRACKING ON
        r CLIENT TRACKINGINFO
        r GET a
        w SET a 1
        r GET a
        r HELLO 2
        w SET a 1
        r GET a
        r HELLO 3
        w SET a 1
        r CLIENT TRACKING ON REDIRECT $r
        r GET a
        w SET a 1
        r HELLO 2
        r GET a
        w SET a 1
        r SUBSCRIBE __redis__:invalidate
        r PING
        w SET a 1
        r RESET
        r CLIENT TRACKINGINFO
        u CLIENT TRACKING ON REDIRECT $r
        u GET a
        w CLIENT KILL ID $u
        w SET a 1
        w INFO clients
        w INFO stats
        """#

    static let together = #"""
        r CLIENT TRACKING ON
        r MULTI ; GET a ; GET b ; EXEC
        w MULTI ; SET a 1 ; SET b 1 ; EXEC
        r MULTI ; GET a ; SET a 2 ; GET a ; SET a 3 ; GET a ; EXEC
        r MULTI ; GET a ; SET a 2 ; LPUSH a 1 ; FLUSHALL ; EXEC
        r MULTI ; GET a ; DISCARD
        w SET a 1
        r MULTI ; GET a ; NOSUCH ; EXEC
        w SET a 2
        r EVAL "return redis.call('get', KEYS[1])" 1 a
        w SET a 3
        r EVAL "return redis.call('get', KEYS[1])" 1 a
        r EVAL "return redis.call('set', KEYS[1], 1)" 1 a
        r EVAL_RO "return redis.call('get', KEYS[1])" 1 a
        w SET a 4
        r EVAL_RO "return 1" 1 a
        w SET a 5
        r EVAL "return 1" 1 a
        w SET a 5
        r EVAL "redis.call('get', KEYS[1]) redis.call('set', KEYS[1], 1) return redis.call('get', KEYS[1])" 1 a
        w SET a 6
        r EVAL "redis.call('get', KEYS[1]) redis.call('set', KEYS[1], 1) return redis.error_reply('ERR oh')" 1 a
        r EVAL "#!lua flags=no-writes\nreturn redis.call('get', KEYS[1])" 1 a
        w SET a 7
        r MULTI ; EVAL "return redis.call('get', KEYS[1])" 1 a ; SET a 1 ; EXEC
        w SET a 8
        r FUNCTION LOAD "#!lua name=t\nredis.register_function{function_name='g', callback=function(k, a) return redis.call('get', k[1]) end, flags={'no-writes'}}"
        r FCALL g 1 a
        w SET a 8
        r FCALL_RO g 1 a
        w SET a 9
        s CLIENT TRACKING ON NOLOOP
        s MULTI ; GET a ; SET a 1 ; EXEC
        s EVAL "redis.call('get', KEYS[1]) redis.call('set', KEYS[1], 1)" 1 a
        w SET a 10
        r SUBSCRIBE x
        r GET a
        w SET a 1
        r CLIENT REPLY ON
        w FUNCTION FLUSH
        r GET a
        w EVAL "redis.call('set', KEYS[1], 1) redis.call('set', KEYS[1], 2) redis.call('del', KEYS[1])" 1 a
        r MGET {k}1 {k}2
        w EVAL "redis.call('set', KEYS[2], 1) redis.call('set', KEYS[1], 2)" 2 {k}1 {k}2
        r MGET {k}1 {k}2
        r MULTI ; DEL {k}1 ; DEL {k}2 ; EXEC
        w CONFIG SET notify-keyspace-events KEA
        r SUBSCRIBE __keyspace@0__:a
        r GET a
        w SET a 1
        r GET a
        r SET a 1
        r MULTI ; GET a ; SET a 1 ; DEL a ; EXEC
        """#

    static let vanishing = #"""
        w DEBUG SET-ACTIVE-EXPIRE 0
        r CLIENT TRACKING ON
        s CLIENT TRACKING ON BCAST
        w SET a 1 PX 20
        r GET a
        w DEBUG SLEEP 0.03
        w GET a
        w SET a 1 PX 20
        r GET a
        w DEBUG SLEEP 0.03
        r GET a
        w SET a 1
        w SET a 1 PX 20
        r GET a
        w DEBUG SLEEP 0.03
        r SET a 1
        w SET a 1 PX 20
        r GET a
        w DEBUG SLEEP 0.03
        r DEL a
        w SET a 1 PX 20
        r GET a
        w DEBUG SLEEP 0.03
        r MULTI ; GET a ; EXEC
        w EXPIRE a -1
        w SET a 1
        r GET a
        w EXPIRE a -1
        w SET a 1
        r GET a
        r PEXPIREAT a 1
        w DEBUG SET-ACTIVE-EXPIRE 1
        w SET a 1
        r GET a
        w CONFIG SET maxmemory 1 maxmemory-policy allkeys-lru
        w GET a
        w SET a 1
        w INFO stats
        w CONFIG SET maxmemory 0
        w SET a 1
        r GET a
        r CONFIG SET maxmemory 1 maxmemory-policy allkeys-random
        r GET a
        r CONFIG SET maxmemory 0
        r SET a 1 ; GET a
        w CONFIG SET maxmemory 1 maxmemory-policy volatile-ttl
        w SET b 1
        w EXPIRE a 1000
        w CONFIG SET maxmemory 0
        w SET a 1
        w SET b 1
        r GET a
        w CONFIG SET tracking-table-max-keys 1
        w SET c 1
        w CONFIG SET tracking-table-max-keys 0
        w FLUSHALL
        r GET a
        w CONFIG SET tracking-table-max-keys 1
        r GET a
        r PING
        w CONFIG SET tracking-table-max-keys -1
        w CONFIG SET tracking-table-max-keys x
        w CONFIG GET tracking-table-max-keys
        w INFO stats
        w PING
        """#
}
