/// Lines whose replies do not depend on time or chance, in an order in which each leaves something for the next.
enum ReplyConformanceLines {
    static let all = (strings + generic + connection + server + cluster)
        .split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }.filter { !$0.isEmpty }.map(
            String.init)

    private static let strings = #"""
        SET a 1
        GET a
        SET a "\x00\x01\xff" GET
        GET a
        SET b 2 NX EX 100
        SET b 3 NX GET
        SETRANGE c 5 x
        GET c
        OBJECT ENCODING c
        SETRANGE c -1 x
        SETRANGE c 536870912 x
        INCRBYFLOAT f 10.50
        INCRBYFLOAT f 5.0e3
        OBJECT ENCODING f
        SET n 9223372036854775807
        INCR n
        DECRBY n -9223372036854775808
        INCRBY n 0
        MSET {x}1 ohmytext {x}2 mynewtext
        LCS {x}1 {x}2
        LCS {x}1 {x}2 LEN
        LCS {x}1 {x}2 IDX MINMATCHLEN 4 WITHMATCHLEN
        SET k v EX 10 PX 10
        SET k v EXAT 0
        SETEX k 9223372036854775807 v
        GETEX b EX 0
        MSET a b c
        MSET
        """#

    private static let generic = #"""
        EXPIRE a 100 NX XX
        EXPIRE a 100 GT LT
        EXPIRE a 9223372036854775807
        EXPIRE a abc
        PEXPIRE a 9223372036854775807
        EXPIRE missing 10
        EXPIREAT a 33177117420
        EXPIRETIME a
        PEXPIRETIME a
        TTL missing
        PERSIST a
        TYPE a
        TYPE missing
        RENAME missing other
        RENAME a a
        RENAME a b
        COPY {x}1 {x}3
        COPY {x}1 {x}3 DB 1
        COPY {x}1 {x}1
        OBJECT HELP
        OBJECT
        OBJECT FREQ {x}1
        OBJECT ENCODING missing
        OBJECT NOSUCH x
        OBJECT ENCODING
        SCAN x
        SCAN 0 COUNT 0
        SCAN 0 COUNT
        SCAN 0 TYPE
        SCAN 0 NOSUCH
        KEYS
        MGET a b
        DEL a b c
        MOVE a 1
        SWAPDB 0 1
        SET d 10
        DUMP d
        DUMP missing
        RESTORE e 0 "\x00\xc0\n\n\x00n\x9fWE\x0e\xaec\xbb"
        RESTORE d 0 "\x00\xc0\n\n\x00n\x9fWE\x0e\xaec\xbb"
        RESTORE e 0 "\x00\xc0\n\n\x00n\x9fWE\x0e\xaec\xbb" REPLACE
        GET e
        RESTORE e -1 x
        RESTORE e x x REPLACE
        RESTORE e -1 x REPLACE
        RESTORE e 0 x REPLACE
        RESTORE e 0 x REPLACE NOSUCH
        RESTORE e 0 x REPLACE IDLETIME
        RESTORE e 0 x REPLACE IDLETIME -1
        RESTORE e 0 x REPLACE FREQ 256
        RESTORE e 0 x REPLACE FREQ 1 IDLETIME 1
        RESTORE e 0 x REPLACE FREQ x
        RESTORE e 1 "\x00\xc0\n\n\x00n\x9fWE\x0e\xaec\xbb" REPLACE ABSTTL
        GET e
        RESTORE e 4102444800000 "\x00\xc0\n\n\x00n\x9fWE\x0e\xaec\xbb" ABSTTL IDLETIME 100
        PEXPIRETIME e
        OBJECT IDLETIME e
        RESTORE-ASKING e 0 "\x00\xc0\n\n\x00n\x9fWE\x0e\xaec\xbb" REPLACE FREQ 3
        RESTORE
        DUMP
        FLUSHALL NOSUCH
        FLUSHDB ASYNC
        DBSIZE
        RANDOMKEY
        TOUCH
        """#

    private static let connection = #"""
        PING
        PING hello
        PING a b
        ECHO x
        ECHO
        SELECT 0
        SELECT 1
        SELECT x
        AUTH x
        AUTH default x
        AUTH nosuch x
        AUTH a b c
        HELLO 4
        HELLO x
        HELLO 2 NOSUCH
        HELLO 3 AUTH a b
        CLIENT GETNAME
        CLIENT SETNAME x
        CLIENT GETNAME
        CLIENT SETNAME "a b"
        CLIENT
        CLIENT NOSUCH
        CLIENT NO-EVICT x
        CLIENT NO-EVICT on
        CLIENT KILL 1.1.1.1:1
        CLIENT KILL ID x
        CLIENT KILL TYPE x
        CLIENT KILL ADDR 1.1.1.1:1
        CLIENT KILL USER nosuch
        CLIENT LIST TYPE x
        CLIENT LIST ID x
        CLIENT LIST NOSUCH
        CLIENT REPLY x
        READONLY
        READWRITE
        """#

    private static let server = #"""
        COMMAND GETKEYS SET a b
        COMMAND GETKEYS MSET a b c d
        COMMAND GETKEYS PING
        COMMAND GETKEYS NOSUCH
        COMMAND GETKEYS SET
        COMMAND GETKEYSANDFLAGS SET a b
        COMMAND GETKEYSANDFLAGS MGET a b
        COMMAND INFO nosuch
        COMMAND DOCS nosuch
        COMMAND LIST FILTERBY NOSUCH x
        MODULE
        MODULE LIST
        MODULE LIST x
        MODULE LOAD x
        MODULE LOADEX x CONFIG a b
        MODULE UNLOAD
        MODULE UNLOAD x
        MODULE NOSUCH
        MODULE HELP
        CONFIG GET zset-max-ziplist-entries
        CONFIG GET zset-max-listpack-value
        COMMAND NOSUCH
        CONFIG GET maxmemory-policy
        CONFIG GET nosuch
        CONFIG GET
        CONFIG SET nosuch 1
        CONFIG SET timeout x
        CONFIG SET timeout 10 timeout 20
        CONFIG SET timeout 0
        CONFIG SET cluster-enabled no
        CONFIG SET maxmemory-policy nosuch
        CONFIG SET maxmemory-policy
        CONFIG SET cluster-require-full-coverage maybe
        CONFIG GET cluster-require-full-coverage
        CONFIG SET save "1 2 3"
        CONFIG SET save "0 1"
        CONFIG SET save x
        CONFIG SET appendfsync sometimes
        CONFIG SET appendonly maybe
        CONFIG SET dbfilename x
        CONFIG SET appendfilename x
        CONFIG SET auto-aof-rewrite-percentage -1
        CONFIG GET appendfsync
        CONFIG GET appendonly
        CONFIG GET auto-aof-rewrite-min-size
        BGSAVE NOSUCH
        BGSAVE a b
        SAVE x
        LASTSAVE x
        CONFIG RESETSTAT
        CONFIG NOSUCH
        CONFIG REWRITE
        DEBUG SLEEP 0
        DEBUG NOSUCH
        SHUTDOWN NOSUCH
        SHUTDOWN ABORT
        TIME x
        INFO nosuch
        nosuch
        nosuch a "b c" d
        """#

    private static let cluster = #"""
        CLUSTER KEYSLOT {user1000}.following
        CLUSTER KEYSLOT
        CLUSTER COUNTKEYSINSLOT 16384
        CLUSTER COUNTKEYSINSLOT x
        CLUSTER GETKEYSINSLOT 0 -1
        CLUSTER GETKEYSINSLOT 0 x
        CLUSTER GETKEYSINSLOT 0 10
        CLUSTER ADDSLOTS 0
        CLUSTER ADDSLOTS x
        CLUSTER ADDSLOTS 16384
        CLUSTER ADDSLOTSRANGE 5 3
        CLUSTER ADDSLOTSRANGE 1 2 3
        CLUSTER DELSLOTS 7 7
        CLUSTER DELSLOTS 7 8
        CLUSTER DELSLOTS 7
        CLUSTER ADDSLOTS 7 7
        GET a
        MULTI
        MULTI
        SET {t}1 v
        INCR {t}1
        EXEC
        EXEC
        MULTI
        SET {t}1 7
        INCR {t}1
        GET {t}2
        CLUSTER KEYSLOT x
        EXEC
        MULTI
        NOSUCH
        SET {t}1 8
        EXEC
        MULTI
        SET {t}1 9
        EXEC x
        EXEC
        MULTI
        SET {t}1 10
        SET {u}1 10
        EXEC
        DISCARD
        MULTI
        DISCARD x
        DISCARD
        MULTI
        SHUTDOWN
        RESET
        EXEC
        MULTI
        EXEC
        GET {t}1
        DEL {t}1
        CLUSTER SETSLOT 5 MIGRATING nosuch
        CLUSTER SETSLOT 5 IMPORTING nosuch
        CLUSTER SETSLOT 5 NODE nosuch
        CLUSTER SETSLOT 5 STABLE
        CLUSTER SETSLOT 5 STABLE x
        CLUSTER SETSLOT 5 MIGRATING
        CLUSTER SETSLOT 5 NOSUCH
        CLUSTER SETSLOT x STABLE
        CLUSTER SETSLOT 16384 STABLE
        CLUSTER SETSLOT 5
        ASKING
        ASKING x
        SET {m}1 v
        MIGRATE 127.0.0.1 1 {m}1 0
        MIGRATE 127.0.0.1 1 {m}2 0 10
        MIGRATE 127.0.0.1 1 {m}1 x 10
        MIGRATE 127.0.0.1 1 {m}1 0 x
        MIGRATE 127.0.0.1 1 {m}1 0 10 NOSUCH
        MIGRATE 127.0.0.1 1 {m}1 0 10 AUTH
        MIGRATE 127.0.0.1 1 {m}1 0 10 AUTH2 x
        MIGRATE 127.0.0.1 1 {m}1 0 10 KEYS {m}1
        MIGRATE 127.0.0.1 1 {m}1 0 10 AUTH KEYS COPY REPLACE KEYS {m}1
        MIGRATE 127.0.0.1 1 "" 0 10
        MIGRATE 127.0.0.1 1 "" 0 10 KEYS
        MIGRATE 127.0.0.1 1 "" 0 10 KEYS a b
        MIGRATE 127.0.0.1 1 "" 0 10 KEYS {m}2 {m}3
        MIGRATE 127.0.0.1 1 {m}1 0 10
        MIGRATE 127.0.0.1 1 "" 0 0 COPY KEYS {m}1 {m}2
        MIGRATE 127.0.0.1 70000 {m}1 0 10
        EXISTS {m}1
        COMMAND GETKEYS MIGRATE 127.0.0.1 1 k 0 10
        COMMAND GETKEYS MIGRATE 127.0.0.1 1 "" 0 10 AUTH KEYS KEYS a b
        COMMAND GETKEYS MIGRATE 127.0.0.1 1 k 0 10 KEYS a
        COMMAND GETKEYSANDFLAGS MIGRATE 127.0.0.1 1 "" 0 10 AUTH2 a KEYS KEYS a b
        DEL {m}1
        CLUSTER COUNT-FAILURE-REPORTS nosuch
        CLUSTER REPLICAS nosuch
        CLUSTER NOSUCH
        CLUSTER
        CLUSTER DELSLOTSRANGE 9 10 12 14
        CLUSTER ADDSLOTSRANGE 7 10 12 14
        SET aaa 1
        CLUSTER FLUSHSLOTS
        """#
}
