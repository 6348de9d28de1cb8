/// The one image that there is, under any tag, and what there is to say of the program itself.
enum DockerImages {
    /// Refuses an image that is not Redis'.
    static func require(_ image: String, _ session: ControlSession) throws(DockerFailure) {
        let name = repository(image)
        guard name == "redis" else {
            session.writeError("Unable to find image '\(full(image))' locally\n")
            throw DockerFailure.daemon(
                "pull access denied for \(name), repository does not exist or may require 'docker "
                    + "login': denied: requested access to the resource is denied (the lab has no "
                    + "other image than redis)"
            ).ofRun
        }
    }

    /// `docker images`.
    static func list(_ session: ControlSession) -> ControlSession.Ending {
        let table = DockerTable(
            ["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"],
            [["redis", "latest", String(identifier.prefix(12)), "2 years ago", "0B"]])
        session.write(table.text)
        return .exit(0)
    }

    /// `docker pull`.
    static func pull(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let options = try DockerOptions(
            arguments,
            DockerOptions.Grammar(
                command: "pull", flags: ["q|quiet"], valued: ["platform"],
                missing: "all-tags disable-content-trust"))
        let image = options.rest[0]
        guard repository(image) == "redis" else {
            throw .daemon(
                "pull access denied for \(repository(image)), repository does not exist or may require "
                    + "'docker login': denied: requested access to the resource is denied")
        }
        let tag = full(image).split(separator: ":").last ?? "latest"
        if !image.contains(":") { session.write("Using default tag: latest\n") }
        session.write(
            """
            \(tag): Pulling from library/redis
            Digest: sha256:\(identifier)
            Status: Image is up to date for redis:\(tag)
            docker.io/library/redis:\(tag)

            """)
        return .exit(0)
    }

    /// `docker version`.
    static func version(_ session: ControlSession) -> ControlSession.Ending {
        session.write(
            """
            Client: clusterlab
             Version:           27.0.0

            Server: clusterlab
             Engine:
              Version:          27.0.0
              Image:            redis, which is the lab's own node, 7.0.15

            """)
        return .exit(0)
    }

    /// Made up, and always the same.
    static let identifier = String(repeating: "7015c1a5", count: 8)

    private static func repository(_ image: String) -> String {
        var name = full(image).split(separator: ":").first.map(String.init) ?? image
        for prefix in ["docker.io/", "library/"] where name.hasPrefix(prefix) {
            name = String(name.dropFirst(prefix.count))
        }
        return name
    }

    /// With its tag.
    private static func full(_ image: String) -> String {
        image.contains(":") ? image : "\(image):latest"
    }
}
