import ClusterCore
import Foundation
import Testing

struct CommandPageTests {
    @Test func `the page of commands is the one that is made from the table`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "Sources/ClusterCore/ClusterCore.docc/Commands.md")
        let page = try String(contentsOf: file, encoding: .utf8)
        #expect(
            page == CommandTable.standard.page,
            "./lab commands > Sources/ClusterCore/ClusterCore.docc/Commands.md makes it anew")
    }
}
