import Lab
import Lessons
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

struct ProgressTests {
    private let folder: String

    init() throws {
        var template = Array("/tmp/clusterlab-progress-XXXXXX".utf8CString)
        let path = mkdtemp(&template)
        folder = String(cString: try #require(path))
    }

    private let first = ProgressStore.StepKey(lesson: "slots", step: "one")
    private let second = ProgressStore.StepKey(lesson: "slots", step: "two")

    @Test func `progress survives a run`() throws {
        let path = "\(folder)/state/progress"
        var store = ProgressStore(path: path)
        store.set(.done, for: first)
        store.set(.skipped, for: second)
        store.move(to: second)
        let again = ProgressStore(path: path)
        #expect(again.mark(of: first) == .done)
        #expect(again.mark(of: second) == .skipped)
        #expect(again.position == second)
        #expect(
            try TextFile.read(path)
                == "clusterlab progress 1\nat slots two\ndone slots one\nskipped slots two\n")
    }

    @Test func `what is skipped can be done, what is done is not undone`() {
        var store = ProgressStore(path: nil)
        store.set(.skipped, for: first)
        store.set(.done, for: first)
        store.set(.skipped, for: first)
        #expect(store.mark(of: first) == .done)
    }

    @Test func `ids that this course does not know stay in the file`() throws {
        let path = "\(folder)/progress"
        try TextFile.replace(path, with: "clusterlab progress 1\ndone from-the-future step\n")
        var store = ProgressStore(path: path)
        store.set(.done, for: first)
        #expect(
            try TextFile.read(path)
                == "clusterlab progress 1\ndone from-the-future step\ndone slots one\n")
    }

    @Test(arguments: [
        ("something else\n", ":1: no 'clusterlab progress 1'"),
        ("clusterlab progress 2\n", ":1: no 'clusterlab progress 1'"),
        ("clusterlab progress 1\ndone slots\n", ":2: 'done slots' is no line of a progress file"),
    ])
    func `a foreign or torn file is left alone, with one line that says why`(
        text: String, reason: String
    ) throws {
        let path = "\(folder)/progress"
        try TextFile.replace(path, with: text)
        var store = ProgressStore(path: path)
        store.set(.done, for: first)
        let taken = store.takeProblem()
        let problem = try #require(taken)
        #expect(problem.hasPrefix("Progress is not kept: \(path)\(reason)"))
        let again = store.takeProblem()
        #expect(again == nil)
        #expect(store.mark(of: first) == .done)
        #expect(try TextFile.read(path) == text)
    }

    @Test func `an unwritable place gives one line, and the lab goes on`() throws {
        let file = "\(folder)/file"
        try TextFile.replace(file, with: "")
        var store = ProgressStore(path: "\(file)/clusterlab/progress")
        store.set(.done, for: first)
        store.set(.done, for: second)
        let problem = store.takeProblem()
        #expect(problem == "Progress is not kept: \(file)/clusterlab: Not a directory")
        let again = store.takeProblem()
        #expect(again == nil)
        #expect(store.mark(of: second) == .done)
    }
}
