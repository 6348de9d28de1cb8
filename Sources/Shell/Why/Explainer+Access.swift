import Lab
import Lessons
import RESP

// Nodes that answer but will not do it now, or not for this client.
extension Explainer {
    /// A write for a replica that no slot led elsewhere.
    func readOnly(_ matter: ErrorCase) -> Explanation {
        var text = Explanation()
        sayAsked(matter, &text)
        guard let asked = matter.asked, asked.isReplica else {
            text.say(
                "A replica takes no writes but its master's. By now \(matter.address) is a master: type "
                    + "the command again.")
            text.next(matter.line, "again")
            return text
        }
        text.say(
            "A replica takes no writes but its master's (replica-read-only yes): what it did on its own "
                + "would be lost with the next full copy.")
        if let master = asked.masterID.flatMap(matter.node(withID:)) {
            text.say("Its master is \(matter.described(master)).")
            text.next("@\(place(of: master.address)) \(matter.line)", "write there")
            text.next("connect \(place(of: master.address))", "go there")
        }
        text.next("ROLE", "what this node is")
        return text
    }

    /// The node reads its files.
    func loading(_ matter: ErrorCase) -> Explanation {
        var text = Explanation()
        let info = view.info("persistence", of: matter.address)
        text.say(
            "\(matter.address) is reading its data, from its own files after a start or from its master, "
                + "and answers no command about keys until it has them.")
        if info["loading"] == "1", let share = info["loading_loaded_perc"] {
            text.say(
                "It has read \(share) percent"
                    + (info["loading_eta_seconds"].map { " and expects \($0) more seconds" } ?? "")
                    + ".")
        } else if !info.isEmpty {
            text.say("By now it has finished: type the command again.")
        }
        text.next(matter.line, "again, in a moment")
        text.next("INFO persistence", "how far it is")
        return text
    }

    /// A replica without its master, told not to serve old data.
    func masterDown(_ matter: ErrorCase) -> Explanation {
        var text = Explanation()
        let info = view.info("replication", of: matter.address)
        text.say(
            "\(matter.address) is a replica whose link to its master is down, and "
                + "replica-serve-stale-data no forbids it to answer from data that may be old.")
        if let host = info["master_host"], let port = info["master_port"] {
            text.say(
                "Its master is \(host):\(port); the link is "
                    + "\(info["master_link_status"] ?? "not told of") now"
                    + (info["master_link_down_since_seconds"].map { ", down for \($0) s" } ?? "")
                    + ".")
            text.next("why node \(port)", "what became of the master")
        }
        text.next("INFO replication", "the link, as the replica sees it")
        text.next("CONFIG SET replica-serve-stale-data yes", "answer reads all the same")
        return text
    }

    /// A master that wants more replicas than it has.
    func noReplicas(_ matter: ErrorCase) -> Explanation {
        var text = Explanation()
        let wanted = view.setting("min-replicas-to-write", of: matter.address)
        let lag = view.setting("min-replicas-max-lag", of: matter.address)
        let info = view.info("replication", of: matter.address)
        let count = info["min_slaves_good_slaves"] ?? info["connected_slaves"]
        text.say(
            "\(matter.address) takes a write only while at least \(wanted ?? "some") replica(s) have "
                + "answered within \(lag ?? "a few") seconds (min-replicas-to-write, "
                + "min-replicas-max-lag). At this moment \(count ?? "too few") have.")
        text.say(
            "That bounds what a failover can lose: a master cut off from its replicas stops taking "
                + "writes. Reads go on.")
        text.next("INFO replication", "its replicas, with their lag")
        text.next("CONFIG SET min-replicas-to-write 0", "take writes all the same")
        return text
    }

    /// Passwords, rights and protected mode.
    func refusedAccess(_ matter: ErrorCase) -> Explanation {
        var text = Explanation()
        switch matter.code {
        case "NOAUTH":
            text.say(
                "\(matter.address) has a password (requirepass, or a user of ACL), and this connection has "
                    + "not told it. Every connection to every node has to: a redirect leads to a new one."
            )
            text.next("AUTH password", "on this connection; the lab keeps it out of its history")
            text.next("@all AUTH password", "on those of @all, @masters and @NODE")
            text.say(
                "Between nodes: a replica tells its master's password by masterauth. The cluster bus "
                    + "knows no password at all.")
        case "WRONGPASS":
            text.say(
                "\(matter.address) knows no enabled user with this name and password. AUTH with one word "
                    + "means the user `default`. Each node has users of its own: what one was told with "
                    + "ACL SETUSER or CONFIG SET requirepass the others do not know.")
            text.next("AUTH name password", "for a user of ACL")
        case "NOPERM":
            text.say(
                "The user of this connection may not do that: ACL rules bind commands, keys and channels "
                    + "to users, on each node by itself.")
            text.next("ACL WHOAMI", "who this connection is")
            text.next("ACL LIST", "what each user may")
        default:
            text.say(
                "\(matter.address) is in protected mode: it has no password and no `bind`, and so answers "
                    + "only clients of its own machine.")
            text.next("CONFIG SET requirepass password", "typed on its own machine, lets others in")
        }
        return text
    }

    /// EXEC after a command that was refused.
    func abortedTransaction(_ matter: ErrorCase) -> Explanation {
        var text = Explanation()
        text.say(
            "Nothing of the transaction ran: a command after MULTI had been refused, and its error stands "
                + "above. In a cluster that is often MOVED: all keys of a transaction have to be in slots "
                + "of the node where MULTI was said.")
        let cause = matter.message.replacing("EXECABORT Transaction discarded because of", with: "")
        if cause.contains("CLUSTERDOWN") || cause.contains("MOVED") { text.quote(cause) }
        text.next("MULTI", "begin anew, at the node that owns the keys")
        return text
    }

    /// Nobody answered, or the connection broke.
    func explain(
        _ error: LabError, at address: NodeAddress, _ arguments: [[UInt8]]
    ) -> Explanation {
        var text = Explanation()
        let name = arguments.first.map { String(decoding: $0, as: UTF8.self).uppercased() } ?? ""
        let target = if case .refused(let refused, _) = error { refused } else { address }
        let isAnswering = view.opinion(of: target)?.silence == nil
        switch error {
        case .connectionLost where name == "SHUTDOWN":
            text.say(
                "\(target) has shut down: SHUTDOWN has no reply but the end of the connection.")
        case .refused where view.cutOff.contains(target): sayCutOff(target, &text)
        case .refused(_, let reason):
            let words = arguments.map { String(decoding: $0, as: UTF8.self) }
            if let place = Self.place(ofLine: words) {
                text.say("\(words[0]) is no command of Redis. \(place)")
            }
            text.say("Nobody took the connection to \(target): \(reason).")
            if view.opinion(of: target)?.isReached == true {
                text.say("By now somebody listens there.")
                text.next("connect \(place(of: target))", "go there")
            } else {
                sayRefused(reason, target, &text)
            }
        case .connectionLost:
            text.say(
                "\(target) closed the connection before its reply was there: it was shut down or crashed, "
                    + "or it does so with clients (CLIENT KILL, protected mode, an output limit).")
        case .silent where view.cutOff.contains(target): sayCutOff(target, &text)
        case .silent:
            sayFrozen(target, &text)
            if isAnswering {
                text.say("By now it answers: type the command again.")
            }
        case .malformedReply:
            text.say(
                "What came from \(target) is no reply of Redis: another program may listen there.")
            text.next("doctor", "who has which port")
        case .interrupted:
            text.say("You ended the wait with Ctrl-C. The command may have been done.")
            if view.cutOff.contains(target) {
                sayCutOff(target, &text)
            } else if !isAnswering {
                sayFrozen(target, &text)
            }
        case .portInUse, .file, .unsupported: text.say("\(error)")
        }
        sayNode(target, &text)
        if view.ended.contains(target) {
            text.next("boot \(place(of: target))", "start it again: it was ended here")
        }
        if let other = view.opinions.first(where: {
            $0.silence == nil && $0.address != target && !view.cutOff.contains($0.address)
        }) {
            text.next("connect \(place(of: other.address))", "go to a node that answers")
            text.next("@\(place(of: other.address)) CLUSTER NODES", "how it sees the cluster")
        } else if view.opinions.isEmpty {
            text.next("redis-server redis.conf", "start a node, with a file that names its port")
        }
        return text
    }

    /// A node that runs behind a partition.
    private func sayCutOff(_ target: NodeAddress, _ text: inout Explanation) {
        text.say(
            "The network lets nothing through between you and \(target): a fault of the lab's blocks it. The node "
                + "runs, and serves whoever reaches it.")
        text.next("faults", "what is wrong with the network")
        text.next("heal", "make it whole again")
    }

    /// A node whose system takes connections, while it does nothing with them.
    private func sayFrozen(_ target: NodeAddress, _ text: inout Explanation) {
        text.say(
            "\(target) takes connections and answers nothing: its process is stopped (SIGSTOP, Ctrl-Z), "
                + "sleeps (DEBUG SLEEP) or is busy with one long command. The system accepts connections for "
                + "it, so nobody is refused; all just wait. Other nodes notice by its missing pongs, and after "
                + "cluster-node-timeout hold it for failed, as if it were dead.")
    }

    /// What a refused connection means.
    private func sayRefused(
        _ reason: String, _ target: NodeAddress, _ text: inout Explanation
    ) {
        if reason.lowercased().contains("refused") {
            text.say("The machine is there, but no program listens at that port.")
        } else {
            text.say(
                "The machine or its name is not reached; a firewall, a wrong address, a frozen node."
            )
        }
        if target.port > 10_000,
            let node = view.node(
                at: NodeAddress(host: target.host, port: target.port - 10_000))
        {
            text.say(
                "\(target.port) is the bus port of \(node.address), where nodes talk to each other: "
                    + "clients use \(node.address.port).")
            text.next("connect \(place(of: node.address))", "go there")
        }
    }
}
