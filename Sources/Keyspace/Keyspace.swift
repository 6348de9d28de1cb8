// Keyspace
