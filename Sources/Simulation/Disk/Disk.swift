import ClusterCore
import Keyspace

/// What a host keeps when its node dies: the files of the node's folder.
package struct Disk: Hashable, Sendable {
    /// nodes.conf as last saved.
    package internal(set) var clusterConfiguration: String
    /// redis.conf, once CONFIG REWRITE has written it.
    package internal(set) var redisConf: String?
    /// Dumps by their names (`dbfilename`).
    package internal(set) var dumps: [String: [UInt8]] = [:]
    var appendOnly = AppendOnlyParts()

    /// Why a node cannot start with what its disk holds.
    package struct Unreadable: Error, Hashable, Sendable {
        /// In the words of its log.
        package let reason: String
    }

    init(clusterConfiguration: String) {
        self.clusterConfiguration = clusterConfiguration
    }

    /// The process is gone. What it has written to files stays, unless the machine lost its power before it was
    /// brought to the disk.
    mutating func processEnded(losesPower: Bool) {
        if losesPower { appendOnly.loseUnsynced() }
        closeAppendOnly()
    }

    // MARK: - Starting

    /// What a node that starts goes by: what CONFIG REWRITE has written, else what it is told.
    func configuration(_ told: Configuration) throws(Unreadable) -> Configuration {
        guard let redisConf else { return told }
        var conf = RedisConf(
            RedisConf.Surroundings(
                read: { path throws(RedisConf.Unreadable) in
                    throw RedisConf.Unreadable(path: path, reason: "No such file or directory")
                }, enter: { _ in nil }, append: { _ in nil }))
        do throws(RedisConf.Failure) {
            try conf.read(redisConf.utf8)
        } catch {
            throw Unreadable(reason: error.description)
        }
        var configuration = conf.settings.configuration
        configuration.port = told.port
        configuration.dir = told.dir
        configuration.configFile = told.configFile
        configuration.clusterEnabled = told.clusterEnabled
        configuration.clusterGossipShare = told.clusterGossipShare
        configuration.flaws = told.flaws
        return configuration
    }

    /// Gives a node what it had: who it is first, for that decides how its data is loaded.
    mutating func restore(_ node: inout Node) throws(Unreadable) {
        do throws(NodesFile.Failure) {
            try node.restore(clusterConfiguration: clusterConfiguration)
        } catch {
            throw Unreadable(
                reason: "Unrecoverable error: corrupted cluster config file "
                    + "\(node.configuration.clusterConfigFile): \(error.description)")
        }
        do throws(StoredData.Failure) {
            if let truncation = try node.restore(data(for: node.configuration)) {
                appendOnly.truncate(truncation)
            }
        } catch {
            throw Unreadable(reason: error.reason)
        }
    }

    /// With `appendonly` that is the append-only file and nothing else, as in Redis.
    private func data(for configuration: Configuration) -> StoredData {
        if configuration.appendonly { return appendOnly.data }
        return dumps[configuration.dbfilename].map { .dump($0) } ?? .nothing
    }

    // MARK: - Writing

    /// CONFIG REWRITE: changes the file that is there, or writes the first one.
    mutating func rewriteConfiguration(_ configuration: Configuration, _ contents: String) {
        redisConf = redisConf.map { configuration.rewriting($0.utf8) } ?? contents
    }

    /// Goes on with the append-only file, or begins one with this base.
    mutating func openAppendOnly(base: Snapshot, filename: String) {
        appendOnly.open(base: base, filename: filename)
    }

    mutating func append(_ bytes: [UInt8], isSynced: Bool) {
        appendOnly.append(bytes, isSynced: isSynced)
    }

    mutating func syncAppendOnly() {
        appendOnly.sync()
    }

    mutating func closeAppendOnly() {
        appendOnly.close()
    }
}

extension Snapshot {
    /// The whole file.
    var bytes: [UInt8] {
        var writer = writer
        var bytes: [UInt8] = []
        while let part = writer.next(limit: Self.chunkSize) { bytes += part }
        return bytes
    }

    private static let chunkSize = 1024 * 1024
}
