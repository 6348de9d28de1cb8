import Foundation

/// The files of this repository, as text.
struct SourceTree {
    /// The folder of Package.swift, found upward from this file.
    private let root: URL
    /// Every text file, sorted by path.
    let files: [SourceFile]

    /// Read once for all tests.
    static let shared = SourceTree()

    private init() {
        var root = URL(filePath: #filePath)
        repeat {
            precondition(root.path != "/", "no Package.swift above \(#filePath)")
            root.deleteLastPathComponent()
        } while !FileManager.default.fileExists(atPath: root.appending(path: "Package.swift").path)
        self.root = root
        var files: [SourceFile] = []
        let walk = FileManager.default.enumerator(atPath: root.path)
        while let path = walk?.nextObject() as? String {
            let place = root.appending(path: path)
            // Hidden folders hold what tools make, but for the one that says what is tested.
            if path.contains(#/^(\.(?!ci$)[^/]*|workspace)$/#) {
                walk?.skipDescendants()
            } else if let text = try? String(contentsOf: place, encoding: .utf8) {
                files.append(SourceFile(path: path, text: text))
            }
        }
        precondition(files.count > 100, "only \(files.count) files below \(root.path)")
        self.files = files.sorted { $0.path < $1.path }
    }

    /// The Markdown files.
    var pages: [SourceFile] { files.filter { $0.path.hasSuffix(".md") } }

    /// The Swift files below a folder.
    func swift(_ folder: String) -> [SourceFile] {
        files.filter { $0.path.hasPrefix("\(folder)/") && $0.path.hasSuffix(".swift") }
    }

    /// What stands at the top, but for hidden files.
    func topLevel() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.path)
            .filter { !$0.hasPrefix(".") }.sorted()
    }

    /// Whether a file or folder is there, its path taken from the root.
    func holds(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }
}

/// A file of the repository by its path from the root.
struct SourceFile {
    let path: String
    let lines: [Substring]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The module below Sources that the file belongs to.
    var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
}

extension [SourceFile] {
    /// What a check has to say of each line, behind the line's place.
    func findings(_ problem: (String, SourceFile) -> String?) -> [String] {
        flatMap { file in
            file.lines.enumerated().compactMap { index, line in
                problem(String(line), file).map { "\(file.path):\(index + 1): \($0)" }
            }
        }
    }
}
