/// A file of an export, by its path inside the export's folder.
package struct ExportedFile: Hashable, Sendable {
    package let path: String
    package let text: String
    package var isExecutable = false
}

/// What the exported servers run under.
package enum ExportKind: String, CaseIterable, Sendable {
    case compose, systemd, k8s

    /// All files of an export.
    package func files(of cluster: ClusterTopology, _ options: ExportOptions) -> [ExportedFile] {
        switch self {
        case .compose: ComposeExport(cluster: cluster, options: options).files
        case .systemd: SystemdExport(cluster: cluster, options: options).files
        case .k8s: KubernetesExport(cluster: cluster, options: options).files
        }
    }

    /// What to type next, in the folder.
    package func nextSteps(_ options: ExportOptions) -> [String] {
        switch self {
        case .compose: ["docker compose up -d", "docker compose logs cluster-build"]
        case .systemd: ["sudo ./install.sh", "systemctl status redis-cluster-build"]
        case .k8s:
            [
                "kubectl apply -f redis-cluster.yaml",
                "kubectl wait --for=condition=complete job/\(options.name)-build --timeout=5m",
            ]
        }
    }
}

/// What an export is asked for.
package struct ExportOptions: Hashable, Sendable {
    /// Of the whole: the project, the StatefulSet.
    package var name: String
    /// The container image.
    package var image: String
    /// The address by which other machines reach the servers; nil where only this machine does.
    package var announce: String?
    /// Of each node's volume, as Kubernetes writes it.
    package var storage: String
    /// Whether the folder `data` has what the nodes hold.
    package var hasData: Bool

    package init(
        name: String, image: String, announce: String? = nil, storage: String = "1Gi",
        hasData: Bool = false
    ) {
        self.name = name
        self.image = image
        self.announce = announce
        self.storage = storage
        self.hasData = hasData
    }
}

extension String {
    /// The text with so many blanks before each line that is not empty.
    func indented(by count: Int) -> String {
        let blanks = String(repeating: " ", count: count)
        return split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : blanks + $0 }.joined(separator: "\n")
    }
}
