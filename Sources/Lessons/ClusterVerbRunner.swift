package import Lab

/// Runs `redis-cli --cluster …` for transcripts. Whoever has a redis-cli hands it in.
package struct ClusterVerbRunner: Sendable {
    /// The lines that it prints.
    package var run: @Sendable (_ arguments: [String], any LabCluster) throws(LabError) -> [String]

    package init(
        run:
            @escaping @Sendable (_ arguments: [String], any LabCluster) throws(LabError) ->
            [String]
    ) {
        self.run = run
    }
}
