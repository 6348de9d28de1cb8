import Export
import Foundation
import Lab
import TestSupport
import Testing

/// What a YAML parser, and the schema of Kubernetes where it is installed, make of the files.
@Suite(
    .enabled("python3 cannot import yaml: nothing to read with (pip install pyyaml)") {
        PythonScript.succeeds("import yaml")
    })
struct YAMLTests {
    private let cluster = ClusterTopology(
        nodes: (0..<6).map { number in
            ClusterTopology.Node(
                name: "redis-\(7000 + number)", host: "127.0.0.1", port: 7000 + number,
                busPort: 17_000 + number, master: number < 3 ? nil : number - 3,
                slots: number < 3 ? [number * 5000...number * 5000 + 4999] : [],
                settings: [ClusterTopology.Setting(name: "save", value: "")])
        }, version: "7.0.15")

    @Test(arguments: [nil, "10.0.0.5"])
    func `docker-compose.yml has a service and a volume a node, and one that joins them`(
        announce: String?
    ) throws {
        let options = ExportOptions(
            name: "demo", image: "redis:7.0", announce: announce, hasData: true)
        try expect(
            """
            import sys, yaml
            compose = yaml.safe_load(open(sys.argv[1]))
            nodes = [f"redis-{port}" for port in range(7000, 7006)]
            assert sorted(compose["services"]) == ["cluster-build"] + nodes
            assert sorted(compose["volumes"]) == nodes
            builder = compose["services"]["cluster-build"]
            assert all(builder["depends_on"][n]["condition"] == "service_healthy" for n in nodes)
            for node in nodes:
                service = compose["services"][node]
                assert "PING" in service["healthcheck"]["test"][1] and len(service["volumes"]) == 3
                assert ("ports" in service) != ("network_mode" in service)
            """, ofFile: "docker-compose.yml", .compose, options)
    }

    @Test func `redis-cluster.yaml has all that Kubernetes needs, in its schema`() throws {
        try expect(
            """
            import sys, yaml
            documents = list(yaml.safe_load_all(open(sys.argv[1])))
            kinds = [document["kind"] for document in documents]
            assert kinds == ["ConfigMap", "Service", "StatefulSet", "PodDisruptionBudget", "Job"], kinds
            data = documents[0]["data"]
            assert sorted(data) == ["build.sh"] + [f"demo-{n}.conf" for n in range(6)], sorted(data)
            assert data["demo-0.conf"].endswith('\\nsave ""\\n')
            assert documents[2]["spec"]["replicas"] == 6
            try:
                import kubernetes_validate
            except ImportError:
                sys.exit(0)
            for document in documents:
                kubernetes_validate.validate(document, "1.31", strict=True)
            """, ofFile: "redis-cluster.yaml", .k8s, ExportOptions(name: "demo", image: "redis:7.0")
        )
    }

    private func expect(
        _ program: String, ofFile path: String, _ kind: ExportKind, _ options: ExportOptions
    ) throws {
        let folder = try TemporaryFolder()
        let file = try #require(kind.files(of: cluster, options).first { $0.path == path })
        try TextFile.replace("\(folder.path)/\(path)", with: file.text, isPrivate: false)
        #expect(PythonScript.succeeds(program, arguments: ["\(folder.path)/\(path)"]))
        withExtendedLifetime(folder) {}
    }
}

/// A few lines for the machine's python3.
private enum PythonScript {
    static func succeeds(_ program: String, arguments: [String] = []) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program] + arguments
        if arguments.isEmpty { process.standardError = FileHandle.nullDevice }
        do { try process.run(within: .minutes(1)) } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
