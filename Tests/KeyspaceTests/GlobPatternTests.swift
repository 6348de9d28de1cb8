import Keyspace
import Testing

struct GlobPatternTests {
    struct Case: CustomTestStringConvertible {
        var pattern: String
        var text: String
        var matches: Bool
        var testDescription: String { "'\(pattern)' and '\(text)'" }

        init(_ pattern: String, _ text: String, _ matches: Bool) {
            self.pattern = pattern
            self.text = text
            self.matches = matches
        }
    }

    @Test(arguments: [
        Case("", "", true), Case("", "a", false), Case("a", "", false), Case("a", "a", true),
        Case("h?llo", "hello", true), Case("h?llo", "hllo", false), Case("h*llo", "heeeello", true),
        Case("h*llo", "hllo", true), Case("*", "anything", true), Case("a*", "a", true),
        Case("a***", "a", true), Case("*a*b*c*", "xxaxxbxxcxx", true), Case("*a*b*c", "abcab", false),
        Case("h[ae]llo", "hallo", true), Case("h[ae]llo", "hillo", false),
        Case("h[^e]llo", "hallo", true), Case("h[^e]llo", "hello", false),
        Case("h[a-c]llo", "hbllo", true), Case("h[c-a]llo", "hbllo", true),
        Case("h[a-c]llo", "hdllo", false), Case(#"h\*llo"#, "h*llo", true),
        Case(#"h\*llo"#, "hello", false), Case(#"[\]]"#, "]", true), Case("[abc", "c", true),
        Case("[", "a", false), Case("[^", "a", true), Case(#"a\"#, #"a\"#, true), Case("A", "a", false),
        Case("user:*:[0-9]", "user:bob:7", true),
    ])
    func `patterns match as in Redis`(example: Case) {
        #expect(matches(example.text, example.pattern) == example.matches)
    }

    @Test func `case is ignored where that is asked for`() {
        #expect(matches("MaxMemory", "max*[A-Z]", ignoringCase: true))
        #expect(!matches("MaxMemory", "max*"))
    }

    @Test(.timeLimit(.minutes(1)))
    func `a hostile pattern takes no exponential time`() {
        let text = String(repeating: "a", count: 1000)
        #expect(!matches(text, String(repeating: "a*", count: 100) + "b"))
    }

    private func matches(_ text: String, _ pattern: String, ignoringCase: Bool = false) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer { text in
            Array(pattern.utf8).withUnsafeBufferPointer { pattern in
                matchesGlob(text, pattern, ignoringCase: ignoringCase)
            }
        }
    }
}
