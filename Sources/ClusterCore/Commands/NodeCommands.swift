package import Keyspace

/// The commands that work on the node rather than on its keys.
package let nodeCommands: [CommandSpec<Node>] =
    connectionCommands + clientCommands + commandCommands + configCommands + infoCommands
    + serverCommands + debugCommands + clusterCommands + replicationCommands + persistenceCommands
    + aclCommands + memoryCommands + slowlogCommands + latencyCommands + moduleCommands
    + migrateCommands + transactionCommands + blockingListCommands + blockingSortedSetCommands
    + blockingStreamCommands + pubSubCommands + scriptCommands + functionCommands + lolwutCommands
