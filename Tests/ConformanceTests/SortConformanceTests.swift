import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// SORT on a lab node and on a real redis-server 7.0, in a cluster and apart from one, replies compared.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct SortConformanceTests {
    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `in a cluster`(protocolVersion: Int) throws {
        let pair = try Pair(protocolVersion: protocolVersion)
        defer { pair.close() }
        for line in Self.common + Self.cluster {
            let (lab, redis) = try pair.send(line)
            #expect(lab == redis, "\(line)")
        }
    }

    @Test(.timeLimit(.minutes(1))) func `with weights and values of other keys`() throws {
        let server = try LabServer()
        let real = try RedisServer(inCluster: false)
        let (lab, redis) = (try server.connect(), try real.connect())
        for line in Self.common + Self.alone {
            let command = splitArguments(Array(line.utf8)) ?? []
            let replies = (lab: try lab.send(command), redis: try redis.send(command))
            #expect(replies.lab == replies.redis, "\(line)")
        }
        withExtendedLifetime((server, real)) {}
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { String($0.trimmingPrefix { $0 == " " }) }
    }

    private static let common = lines(
        #"""
        RPUSH {k}l 3 1 2 10 -5 2.5 1e2 " 7" 0x10
        SADD {k}s 5 3 9 1
        SADD {k}w b a c
        RPUSH {k}a beta alpha Gamma "" beta 10 9
        SORT {k}l
        SORT {k}l DESC
        SORT {k}l ASC
        SORT {k}l ALPHA
        SORT {k}l ALPHA DESC
        SORT {k}l LIMIT 1 3
        SORT {k}l LIMIT -1 3
        SORT {k}l LIMIT 2 -1
        SORT {k}l LIMIT 100 1
        SORT {k}l LIMIT 0 0
        SORT {k}l LIMIT x 1
        SORT {k}l LIMIT 1
        SORT {k}l NOPE
        SORT {k}l BY nosort
        SORT {k}l BY nosort DESC
        SORT {k}l BY nosort LIMIT 1 2
        SORT {k}l BY nosort DESC LIMIT 1 2
        SORT {k}a
        SORT {k}a ALPHA
        SORT {k}a ALPHA DESC LIMIT 0 3
        SORT {k}s
        SORT {k}s DESC
        SORT {k}s BY nosort
        SORT {k}w
        SORT {k}w ALPHA
        SORT {k}s STORE {k}d
        LRANGE {k}d 0 -1
        SORT {k}w BY nosort STORE {k}d
        LRANGE {k}d 0 -1
        TYPE {k}d
        SORT {k}none STORE {k}d
        EXISTS {k}d
        SORT {k}none
        SORT {k}l STORE
        SORT_RO {k}l
        SORT_RO {k}l STORE {k}d
        SORT_RO {k}l DESC LIMIT 0 2
        ZADD {k}z 3 c 1 30 2 4
        SORT {k}z ALPHA
        SORT {k}z
        SORT {k}z BY nosort
        SORT {k}z BY nosort DESC LIMIT 0 2
        OBJECT ENCODING {k}z
        SORT {k}z BY nosort STORE {k}d
        LRANGE {k}d 0 -1
        SET {k}str x
        SORT {k}str
        HSET {k}h a b
        SORT {k}h
        SORT
        COMMAND GETKEYS SORT a STORE b
        COMMAND GETKEYS SORT a BY store GET store LIMIT store store STORE b STORE c
        COMMAND GETKEYSANDFLAGS SORT a STORE b
        COMMAND GETKEYS SORT_RO a
        """#)

    private static let cluster = lines(
        #"""
        SORT {k}l BY w_*
        SORT {k}l GET w_*
        SORT {k}l GET #
        SORT a STORE b
        """#)

    private static let alone = lines(
        #"""
        RPUSH n 1 2 3 4
        MSET w_1 30 w_2 10 w_3 20 v_1 one v_2 two v_3 three
        HSET h_1 f 3 g x
        HSET h_2 f 2
        HSET h_3 f 9
        SORT n BY w_*
        SORT n BY w_* DESC
        SORT n BY w_* GET v_* GET # GET w_*
        SORT n BY v_* ALPHA
        SORT n BY v_*
        SORT n BY h_*->f
        SORT n BY h_*->f GET h_*->g GET h_*->
        SORT n BY w_* LIMIT 1 2 GET v_*
        SORT n GET v_* STORE out
        LRANGE out 0 -1
        SORT n GET fixed
        SORT n GET h_*
        SORT_RO n BY w_* GET v_*
        ACL SETUSER u on nopass +@all ~n ~out
        AUTH u x
        SORT n
        SORT n BY w_*
        SORT n GET #
        SORT n BY nosort
        SORT n STORE other
        SORT n STORE out
        """#)
}
