import Keyspace
import RESP

/// CLUSTER and the commands by which clients follow it (cluster.c).
let clusterCommands: [CommandSpec<Node>] = []
