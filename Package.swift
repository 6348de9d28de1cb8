// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "clusterlab",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "clusterlab", targets: ["clusterlab"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // The cluster: values without sockets, clocks or system randomness.
        .target(name: "RESP"),
        .target(name: "Keyspace", dependencies: ["RESP"]),
        .target(name: "ClusterCore", dependencies: ["CLua", "Keyspace", "RESP"]),
        .target(name: "Simulation", dependencies: ["ClusterCore", "Keyspace", "RESP"]),

        // Scripts by the system's Lua 5.1, which is loaded when it is needed.
        .target(
            name: "CLua",
            linkerSettings: [
                .linkedLibrary("dl", .when(platforms: [.linux])),
                .linkedLibrary("m", .when(platforms: [.linux])),
                .linkedLibrary("pthread", .when(platforms: [.linux])),
            ]),

        // TLS by the system's OpenSSL, which is loaded when it is needed.
        .target(
            name: "COpenSSL",
            linkerSettings: [
                .linkedLibrary("dl", .when(platforms: [.linux])),
                .linkedLibrary("pthread", .when(platforms: [.linux])),
            ]),
        .target(name: "TLS", dependencies: ["COpenSSL"]),

        // What drives it over TCP.
        .target(
            name: "NodeServer",
            dependencies: ["ClusterCore", "Keyspace", "RESP", "TLS", nioCore, nioPosix]),

        // The learner's side.
        .target(name: "Lab", dependencies: ["RESP"]),
        .target(
            name: "LabBackends",
            dependencies: [
                "CLibedit", "ClusterCore", "Keyspace", "Lab", "NodeServer", "RESP", "Simulation",
                "TLS",
            ]),
        .target(name: "LabHost", dependencies: ["Lab", "LabBackends", "NodeServer"]),
        .target(name: "ClusterAdmin", dependencies: ["Lab", "RESP"]),
        .target(name: "Export", dependencies: ["Lab", "RESP"]),
        .target(name: "Lessons", dependencies: ["Lab", "RESP"]),
        .target(name: "CLibedit", linkerSettings: [.linkedLibrary("edit")]),
        .target(name: "CLI", dependencies: ["CLibedit", "ClusterAdmin", "Lab", "RESP"]),
        .target(name: "Shell", dependencies: ["CLI", "CLibedit", "Lab", "Lessons", "RESP"]),

        .executableTarget(
            name: "clusterlab",
            dependencies: [
                "CLI", "ClusterAdmin", "ClusterCore", "Export", "Lab", "LabBackends", "LabHost",
                "Lessons", "NodeServer", "RESP", "Shell", argumentParser,
            ]),

        .target(
            name: "TestSupport", dependencies: ["ClusterCore", "Lab", "LabBackends", "RESP"],
            path: "Tests/TestSupport"),
        .testTarget(name: "RESPTests", dependencies: ["RESP"]),
        .testTarget(name: "LabTests", dependencies: ["Lab"]),
        .testTarget(name: "KeyspaceTests", dependencies: ["Keyspace", "RESP"]),
        .testTarget(name: "ClusterCoreTests", dependencies: ["ClusterCore", "Keyspace", "RESP"]),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["ClusterCore", "Keyspace", "RESP", "Simulation"]
        ),
        .testTarget(
            name: "NodeServerTests",
            dependencies: [
                "ClusterCore", "Keyspace", "Lab", "LabBackends", "NodeServer", "RESP", "TLS",
                "TestSupport",
            ]),
        .testTarget(
            name: "LessonsTests",
            dependencies: ["Lab", "LabBackends", "Lessons", "RESP", "Shell", "TestSupport"]),
        .testTarget(
            name: "LabBackendsTests", dependencies: ["Lab", "LabBackends", "RESP", "TestSupport"]),
        .testTarget(name: "CLITests", dependencies: ["CLI", "ClusterAdmin", "Lab", "RESP"]),
        .testTarget(
            name: "LabHostTests",
            dependencies: ["Lab", "LabBackends", "LabHost", "NodeServer", "RESP", "TestSupport"]),
        .testTarget(
            name: "ShellTests",
            dependencies: ["CLI", "Lab", "LabBackends", "Lessons", "RESP", "Shell", "TestSupport"]),
        .testTarget(
            name: "ConformanceTests",
            dependencies: [
                "ClusterCore", "Keyspace", "Lab", "LabBackends", "NodeServer", "RESP", "Shell",
                "TestSupport",
            ]),
        .testTarget(
            name: "ClusterAdminTests", dependencies: ["CLI", "ClusterAdmin", "Lab", "RESP"]),
        .testTarget(
            name: "ExportTests",
            dependencies: ["Export", "Lab", "LabBackends", "RESP", "TestSupport"]),
        .testTarget(
            name: "ClusterTests",
            dependencies: [
                "CLI", "ClusterAdmin", "ClusterCore", "Keyspace", "Lab", "LabBackends", "RESP",
                "TestSupport",
            ]),
        .testTarget(name: "TidyTests"),
    ]
)

for target in package.targets where !["CLibedit", "CLua", "COpenSSL"].contains(target.name) {
    target.swiftSettings = settings
}
