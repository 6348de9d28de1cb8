/// The script that joins exported servers: the slots and the pairs of the cluster that was exported, where `redis-cli
/// --cluster create` would share out anew.
struct BuildScript {
    let cluster: ClusterTopology
    /// Where the script, and the first node, reach each node.
    let places: [Place]

    /// An address of a node: a name is looked up, because CLUSTER MEET wants numbers.
    struct Place {
        let host: String
        let port: Int
        let busPort: Int
        /// Where the other nodes reach it; nil for the same address.
        var met: String?
    }

    var text: String { Self.head + table + Self.steps }

    private var table: String {
        let rows = zip(cluster.nodes, places).enumerated().map { number, row in
            let (node, place) = row
            let slots = node.slots.isEmpty ? "" : " \(node.slotText)"
            return "\(number + 1) \(node.name) \(place.host) \(place.port) "
                + "\(place.met ?? place.host) \(place.busPort) \(cluster.masterName(of: node))\(slots)"
        }
        return "nodes='\n" + rows.joined(separator: "\n") + "\n'\ncount=\(cluster.nodes.count)\n"
    }

    private static let head = """
        #!/bin/sh
        # Makes one cluster of the servers below, with the slots and the pairs of master and replica of the cluster that
        # was exported. It wants redis-cli 7.0 or later. It may run again: what is done already stays as it is. Where the
        # servers have a password, REDISCLI_AUTH has it.
        set -eu

        # Number, name, address, port, address for the other nodes, bus port, master, slots.

        """

    private static let steps = #"""

        ask() { # HOST PORT COMMAND...: an error reply ends the script.
            host=$1 port=$2
            shift 2
            redis-cli -e -h "$host" -p "$port" "$@"
        }

        each() { # FUNCTION: calls it with the fields of every node.
            printf '%s\n' "$nodes" | while read -r line; do
                # shellcheck disable=SC2086
                [ -z "$line" ] || "$1" $line </dev/null
            done
        }

        patiently() { # WHAT COMMAND...: again and again until it succeeds, for two minutes.
            what=$1
            shift
            tries=0
            until "$@" >/dev/null 2>&1; do
                tries=$((tries + 1))
                [ "$tries" -lt 240 ] || { echo "build: given up waiting: $what" >&2; exit 1; }
                sleep 0.5
            done
        }

        answers() { [ "$(ask "$1" "$2" PING)" = PONG ]; }
        has() { ask "$1" "$2" CLUSTER INFO | tr -d '\r' | grep -qx "$3"; }
        is_in_step() { ask "$1" "$2" INFO replication | tr -d '\r' | grep -qx master_link_status:up; }
        sees_replicas() { [ "$(ask "$1" "$2" CLUSTER NODES | grep -c slave)" -eq "$replicas" ]; }

        # CLUSTER MEET wants numbers for a name.
        address() {
            case $1 in
                *[!0-9.]*) getent hosts "$1" | awk '{ print $1; exit }' ;;
                *) echo "$1" ;;
            esac
        }

        # The ranges of the arguments that the node does not own yet: it may have taken slots that it has data of.
        missing() {
            awk -v wanted="$*" '
                $1 !~ /^\[/ { n = split($1, r, "-"); for (s = r[1] + 0; s <= r[n] + 0; s++) mine[s] = 1 }
                END {
                    count = split(wanted, ranges, " ")
                    for (i = 1; i <= count; i++) {
                        n = split(ranges[i], r, "-"); first = -1
                        for (s = r[1] + 0; s <= r[n] + 0; s++) {
                            if (!(s in mine)) { if (first < 0) first = s }
                            else if (first >= 0) { print first, s - 1; first = -1 }
                        }
                        if (first >= 0) print first, r[n] + 0
                    }
                }'
        }

        await_answer() { patiently "$2 answers" answers "$3" "$4"; }

        take_slots() {
            host=$3 port=$4 master=$7
            shift 7
            if [ "$master" != - ] || [ $# -eq 0 ]; then return 0; fi
            wanted=$(ask "$host" "$port" CLUSTER NODES | awk '/myself/ { for (i = 9; i <= NF; i++) print $i }' | missing "$@")
            # shellcheck disable=SC2086
            [ -z "$wanted" ] || ask "$host" "$port" CLUSTER ADDSLOTSRANGE $wanted
        }

        take_epoch() {
            if has "$3" "$4" cluster_known_nodes:1 && has "$3" "$4" cluster_my_epoch:0; then
                ask "$3" "$4" CLUSTER SET-CONFIG-EPOCH "$1"
            fi
        }

        meet() { [ "$1" -eq 1 ] || ask "$first_host" "$first_port" CLUSTER MEET "$(address "$5")" "$4" "$6"; }
        await_others() { patiently "$2 knows all nodes" has "$3" "$4" "cluster_known_nodes:$count"; }

        replicate() {
            [ "$7" != - ] || return 0
            set -- "$2" "$3" "$4" $(printf '%s\n' "$nodes" | awk -v name="$7" '$2 == name { print $3, $4 }')
            id=$(ask "$4" "$5" CLUSTER MYID)
            patiently "$1 replicates $id" ask "$2" "$3" CLUSTER REPLICATE "$id"
        }

        await_state() { [ "$slots" -lt 16384 ] || patiently "$2 has cluster_state ok" has "$3" "$4" cluster_state:ok; }
        await_roles() { patiently "$2 sees all replicas" sees_replicas "$3" "$4"; }
        await_sync() { [ "$7" = - ] || patiently "$2 is in step with its master" is_in_step "$3" "$4"; }

        first=$(printf '%s\n' "$nodes" | awk 'NF { print $3, $4; exit }')
        first_host=${first% *} first_port=${first#* }
        replicas=$(printf '%s\n' "$nodes" | awk 'NF && $7 != "-" { sum++ } END { print sum + 0 }')
        slots=$(printf '%s\n' "$nodes" | awk '
            { for (i = 8; i <= NF; i++) { n = split($i, r, "-"); sum += r[n] - r[1] + 1 } } END { print sum + 0 }')

        each await_answer
        if has "$first_host" "$first_port" cluster_state:ok &&
            has "$first_host" "$first_port" "cluster_known_nodes:$count" &&
            sees_replicas "$first_host" "$first_port"; then
            echo "build: the cluster is there already"
            exit 0
        fi
        each take_slots
        each take_epoch
        each meet
        each await_others
        each replicate
        each await_state
        each await_roles
        each await_sync
        echo "build: done"

        """#
}
