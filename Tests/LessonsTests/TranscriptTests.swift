import Lessons
import Testing

struct TranscriptTests {
    private func transcript(unordered: Bool = false) throws -> Transcript {
        let block = "```redis\(unordered ? " unordered" : "")\nlab> PING\n```"
        let solution = try LessonParser(path: "a.md", folder: "Solutions").solution(
            "## One\n\(block)")
        return try #require(solution.steps.first?.transcripts.first)
    }

    @Test(arguments: [
        ("abc", "abc", true), ("abc", "abd", false), ("a*c", "abbc", true), ("a*c", "ab", false),
        ("*", "", true), ("a*a", "a", false), ("*b*", "abc", true), (#"a\*"#, "a*", true),
        (#"a\*"#, "ab", false), (#""\x00*""#, #""\x00ab""#, true), ("", "x", false),
        ("a*b*c", "a-b-b-c", true),
    ])
    func `a star stands for any run of characters`(pattern: String, text: String, fits: Bool) {
        #expect(Glob(pattern).matches(text) == fits)
    }

    @Test func `three dots stand for any number of lines`() throws {
        let transcript = try transcript()
        #expect(transcript.accepts(["a", "b", "c"], expected: ["a", "..."]))
        #expect(transcript.accepts(["a", "b", "c"], expected: ["...", "c"]))
        #expect(transcript.accepts(["a"], expected: ["a", "..."]))
        #expect(!transcript.accepts(["a", "b"], expected: ["a"]))
        #expect(!transcript.accepts(["a", "b", "c"], expected: ["...", "b"]))
    }

    @Test func `an expectation left open accepts everything`() throws {
        #expect(try transcript().accepts(["a"], expected: []))
    }

    @Test func `unordered lines may come in any order, but none may be missing or left over`()
        throws
    {
        let transcript = try transcript(unordered: true)
        #expect(transcript.accepts(["a", "b"], expected: ["b", "a"]))
        #expect(!transcript.accepts(["a", "b"], expected: ["b"]))
        #expect(transcript.accepts(["a", "b"], expected: ["b", "..."]))
        #expect(!transcript.accepts(["a"], expected: ["b", "a"]))
    }

    @Test(arguments: [
        ("Ask 7000, then 17001.", "Ask 30000, then 40001."), ("slot 70001", "slot 70001"),
        ("redis-7003/redis.conf", "redis-30003/redis.conf"), ("v7000x", "v7000x"),
        ("127.0.0.1:7005@17005", "127.0.0.1:30005@40005"),
    ])
    func `ports move, other numbers stay`(text: String, moved: String) {
        #expect(PortShift(first: 30000)(text) == moved)
        #expect(PortShift(first: 7000)(text) == text)
        #expect(PortShift(from: 30000, to: 7000)(moved) == text)
    }
}
