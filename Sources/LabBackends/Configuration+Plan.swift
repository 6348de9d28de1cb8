import ClusterCore
import Lab
import NodeServer

extension Configuration {
    /// What a node of a cluster goes by: the plan, or what CONFIG REWRITE has kept in its folder, which holds until a
    /// plan has a node timeout of its own.
    /// - Parameter isScratch: the folder lasts as long as the lab, and the node goes by redis-server's defaults.
    init(
        _ plan: ClusterPlan, keptIn folder: String?, isScratch: Bool = false
    ) throws(LabError) {
        self.init()
        enableDebugCommand = "local"
        clusterNodeTimeout = plan.nodeTimeout
        guard let folder else { return }
        savePoints = SavePoint.standard
        // What was written is there again, however the process ended.
        appendonly = !isScratch
        let file = "\(folder)/redis.conf"
        if let kept = try Self.read(file) {
            self = kept
            clusterEnabled = true
            if plan.nodeTimeout != ClusterPlan().nodeTimeout {
                clusterNodeTimeout = plan.nodeTimeout
            }
        }
        dir = folder
        configFile = file
    }

    /// What a file says; nil where there is none.
    private static func read(_ file: String) throws(LabError) -> Configuration? {
        guard let text = try? RedisConf.Surroundings.process.read(file) else { return nil }
        // The process keeps its folder: it has many nodes.
        var conf = RedisConf(
            RedisConf.Surroundings(
                read: RedisConf.Surroundings.process.read, enter: { _ in nil },
                append: { _ in nil }))
        do throws(RedisConf.Failure) {
            try conf.read(text)
        } catch {
            throw .file(path: file, reason: error.description)
        }
        return conf.settings.configuration
    }
}
