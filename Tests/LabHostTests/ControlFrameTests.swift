import LabHost
import Testing

struct ControlFrameTests {
    @Test func `a frame is read as it was written, however its bytes come`() throws {
        let frames = [
            ControlFrame(.hello, ControlFrame.version), ControlFrame(.argument, ""),
            ControlFrame(.output, [UInt8](repeating: 7, count: 70_000)), ControlFrame(.exit, "3"),
        ]
        let bytes = frames.flatMap(\.encoded)
        for step in [1, 3, 4096, bytes.count] {
            var parser = ControlFrameParser()
            var read: [ControlFrame] = []
            for start in stride(from: 0, to: bytes.count, by: step) {
                parser.append(bytes[start..<min(start + step, bytes.count)])
                while let frame = try parser.next() { read.append(frame) }
            }
            #expect(read == frames)
        }
    }

    @Test(arguments: [
        Array("GET / HTTP/1.1".utf8), [0x41, 0xFF, 0, 0, 0], [0],
    ])
    func `what is no frame ends the conversation`(_ bytes: [UInt8]) {
        var parser = ControlFrameParser()
        parser.append(bytes)
        #expect(throws: ControlFrameParser.Malformed.self) { _ = try parser.next() }
    }

    @Test func `long output is cut into frames`() {
        let bytes = [UInt8](repeating: 1, count: ControlFrame.maximumLength * 2 + 1)
        let frames = ControlFrame.frames(.error, bytes)
        #expect(frames.map(\.bytes.count) == [1 << 20, 1 << 20, 1])
        #expect(ControlFrame.frames(.error, []) == [])
    }
}
