import Foundation
import Testing

/// Rules that no compiler knows, held against the whole repository. Each finding is a file, a line and
/// what to write instead.
struct TidyTests {
    private let tree = SourceTree.shared

    @Test func `modules import only what they may`() {
        #expect(tree.swift("Sources").findings(ModuleImports.problem) == [])
    }

    @Test(arguments: WordRule.core)
    func `the core reads no clock, draws no chance and waits for nobody`(_ rule: WordRule) {
        let core = [
            "Sources/RESP", "Sources/Keyspace", "Sources/ClusterCore", "Sources/Simulation",
        ]
        #expect(core.flatMap { tree.swift($0).findings(rule.problem) } == [])
    }

    @Test(arguments: WordRule.sources) func `sources do without`(_ rule: WordRule) {
        #expect(tree.swift("Sources").findings(rule.problem) == [])
    }

    @Test(arguments: WordRule.tests)
    func `tests neither sleep, nor expect nothing, nor wait without an end`(_ rule: WordRule) {
        #expect(tree.swift("Tests").findings(rule.problem) == [])
    }

    @Test func `no test asks again and again without an end`() {
        #expect(tree.swift("Tests").flatMap { $0.idleLoops.map { "\($0): use `waitUntil`" } } == [])
    }

    @Test(arguments: [
        ("while try f() != .a {}", true), ("while f() { continue }", true),
        ("for a in b { while a.f({ $0 }) {} }", true), ("while f()\n    != 1\n{}\n", true),
        ("while a.contains(where: { $0 }) {\n}", true), ("while true {\n    continue\n}", true),
        ("while f() { g() }", false), ("while a.contains(where: {}) { g() }", false),
        ("// while f() {}", false), ("\"while f() {}\"", false), ("struct A {}", false),
        ("repeat { f() } while g()\nstruct A {}", false),
    ])
    func `a loop that does nothing is found`(_ text: String, _ isFound: Bool) {
        #expect(SourceFile(path: "f", text: text).idleLoops == (isFound ? ["f:1"] : []))
    }

    @Test(arguments: WordRule.machinePaths)
    func `no file knows the folders of one machine`(_ rule: WordRule) {
        #expect(tree.files.findings(rule.problem) == [])
    }

    @Test func `no Swift file has more than 500 lines`() {
        let long = (tree.swift("Sources") + tree.swift("Tests")).filter { $0.lines.count > 501 }
        #expect(long.map { "\($0.path):501: move the second thought in it to its own file" } == [])
    }

    @Test func `at the top stands what belongs there, and nothing that a tool has left`() throws {
        let names: Set = [
            "Package.swift", "Package.resolved", "Sources", "Tests", "Lessons", "Solutions",
            "README.md", "lab", "LICENSE", "workspace",
        ]
        #expect(try tree.topLevel().filter { !names.contains($0) } == [])
    }

    @Test func `links in Markdown lead somewhere`() {
        #expect(tree.pages.findings(deadLinks) == [])
    }

    @Test func `each lesson has its solution, and each solution its lesson`() {
        let pages = tree.pages.map(\.path)
        for (folder, other) in [("Lessons/", "Solutions/"), ("Solutions/", "Lessons/")] {
            let twins = pages.filter { $0.hasPrefix(folder) }
                .map { other + $0.dropFirst(folder.count) }
            #expect(twins.filter { !tree.holds($0) }.map { "\($0):1: write this file" } == [])
        }
    }

    @Test(arguments: [
        ("let x = try! f()", "try!", true), ("// a try! in prose", "try!", false),
        ("say(\"try! \\\" it\") // no", "try!", false), ("say(\"a\", try! f())", "try!", true),
        ("// TODO: later", "TODO", true), ("let subTask = 1", "Task", false),
        ("Task {", "Task", true),
        ("func run() async {", "async", true), ("Int.random(in: 0..<3)", ".random(", true),
        ("NodeID.random(using: &random)", ".random(", false),
        ("ContinuousClock.now", "ContinuousClock", true),
        ("ContinuousClock().now()", ".now(", true), ("cd /\("home")/me", "/\("home")/", true),
        ("see lab/\("home")/page", "/\("home")/", false), ("Task.sleep(for: d)", "sleep(", true),
        ("ended.wait()", ".wait()", true), ("ended.wait(timeout: .now())", ".wait()", false),
        ("try RESPConnection(to: node)", "RESPConnection(to:", true),
    ])
    func `a rule finds a word where it is one`(_ line: String, _ word: String, _ isFound: Bool)
        throws
    {
        let rules = WordRule.core + WordRule.sources + WordRule.tests + WordRule.machinePaths
        let rule = try #require(rules.first { $0.word == word })
        #expect((rule.problem(in: line, of: tree.files[0]) != nil) == isFound)
    }

    @Test(
        arguments: [
            ("import NIOCore", "NIOCore"), ("    package import Lab", "Lab"),
            ("@preconcurrency import struct RESP.Argument", "RESP"), ("// import Lab", nil),
            ("let import = important", nil),
        ] as [(String, String?)])
    func `an import is seen as one`(_ line: String, _ module: String?) {
        #expect(ModuleImports.imported(by: line) == module)
    }

    /// What is wrong with the line's links to files, and with the sources that it names.
    private func deadLinks(in line: String, of page: SourceFile) -> String? {
        let folder = page.path.split(separator: "/").dropLast().joined(separator: "/")
        let links = line.matches(of: #/\]\(([^)#\s]+)[^)]*\)/#).map { String($0.1) }
            .filter { !$0.contains(":") }.map { "\(folder)/\($0.removingPercentEncoding ?? $0)" }
        let sources = line.matches(of: #/\b(?:Sources|Tests)/[\w+/]+\.swift\b/#).map {
            String($0.0)
        }
        let dead = (links + sources).filter { !tree.holds($0) }
        return dead.isEmpty
            ? nil : "nothing is at \(dead.joined(separator: ", ")): correct the path"
    }
}
