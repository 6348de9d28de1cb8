import Lab
import Lessons
import TestSupport
import Testing

struct ProgressTests {
    private let home: TemporaryFolder
    private var folder: String { home.path }

    init() throws {
        home = try TemporaryFolder()
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
                == "clusterlab progress 3\nat slots two\ndone slots one\nskipped slots two\n")
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
                == "clusterlab progress 3\ndone from-the-future step\ndone slots one\n")
    }

    @Test(arguments: [
        ("something else\n", ":1: no 'clusterlab progress 3'"),
        ("clusterlab progress x\n", ":1: no 'clusterlab progress 3'"),
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

    private func score(
        _ score: Int, hints: Int = 0, seconds: Int = 60, seed: UInt64 = 1
    ) -> PracticeRecord.Score {
        .init(score: score, points: 10, seconds: seconds, hints: hints, seed: seed)
    }

    @Test func `the best go of an exercise is kept, with all seeds that were tried`() throws {
        let path = "\(folder)/progress"
        var store = ProgressStore(path: path)
        for seed: UInt64 in [4, 5, 4] { store.begin("count", seed: seed) }
        store.add(score(7, seed: 4), of: "count")
        store.add(score(9, hints: 2, seed: 5), of: "count")
        store.add(score(8), of: "count")
        #expect(
            try TextFile.read(path)
                == "clusterlab progress 3\nbest count 9 10 60 2 5\ngoes count 3 3\ntried count 5 4\n")
        let record = ProgressStore(path: path).record(of: "count")
        #expect(record.best == score(9, hints: 2, seed: 5))
        #expect(record.seeds == [5, 4])
    }

    @Test func `of two goes with the same score, fewer hints are better, then less time`() {
        var store = ProgressStore(path: nil)
        store.add(score(9, hints: 1, seconds: 10, seed: 1), of: "count")
        store.add(score(9, hints: 0, seconds: 99, seed: 2), of: "count")
        store.add(score(9, hints: 0, seconds: 98, seed: 3), of: "count")
        store.add(score(9, hints: 0, seconds: 98, seed: 4), of: "count")
        #expect(store.record(of: "count").best?.seed == 3)
    }

    @Test func `exercises that this course does not know stay in the file`() throws {
        let path = "\(folder)/progress"
        let text = "clusterlab progress 2\ndone slots one\nbest later 1 2 3 4 5\ntried later 5 6\n"
        try TextFile.replace(path, with: text)
        var store = ProgressStore(path: path)
        store.set(.done, for: first)
        store.begin("count", seed: 1)
        #expect(
            try TextFile.read(path)
                == "clusterlab progress 3\ndone slots one\nbest later 1 2 3 4 5\n"
                + "goes later 2 0\ntried later 5 6\ngoes count 1 0\ntried count 1\n")
    }

    @Test func `what was begun, and the hints that were read, are kept`() throws {
        let path = "\(folder)/progress"
        var store = ProgressStore(path: path)
        store.set(.partial, for: first)
        store.set(.skipped, for: second)
        store.set(.partial, for: second)
        store.noteHints(2, of: first)
        store.noteHints(1, of: first)
        #expect(
            try TextFile.read(path)
                == "clusterlab progress 3\npartial slots one\npartial slots two\nhints slots one 2\n"
        )
        let again = ProgressStore(path: path)
        #expect(again.mark(of: first) == .partial)
        #expect(again.hints(of: first) == 2)
        #expect(again.steps == [first, second])
        store.set(.done, for: first)
        store.set(.partial, for: first)
        #expect(store.mark(of: first) == .done)
    }

    @Test func `of a newer program's file what is not understood stays, and a copy`() throws {
        let path = "\(folder)/progress"
        let text = "clusterlab progress 4\ndone slots one\nstars slots one 5\nmood good\n"
        try TextFile.replace(path, with: text)
        var store = ProgressStore(path: path)
        let problem = store.takeProblem()
        #expect(
            problem
                == "\(path) is of a newer clusterlab (version 4). What this one does not know of it "
                + "stays in it; a copy goes to \(path).version4.")
        #expect(store.mark(of: first) == .done)
        #expect(!TextFile.exists("\(path).version4"))
        store.set(.skipped, for: second)
        store.set(.done, for: second)
        #expect(
            try TextFile.read(path)
                == "clusterlab progress 4\ndone slots one\ndone slots two\nstars slots one 5\nmood good\n"
        )
        #expect(try TextFile.read("\(path).version4") == text)
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
