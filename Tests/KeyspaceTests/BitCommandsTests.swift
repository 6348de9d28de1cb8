import Keyspace
import RESP
import Testing

struct BitCommandsTests {
    @Test(arguments: Transcript.bits)
    func `bits and HyperLogLogs are kept as in Redis`(transcript: Transcript) {
        transcript.check()
    }

    @Test func `a HyperLogLog whose registers are torn is refused`() {
        var runner = CommandRunner()
        _ = runner.run("PFADD h a b c")
        _ = runner.run("APPEND h x")
        _ = runner.run("PFADD h new element")
        #expect(runner.run("PFCOUNT h g") == "-INVALIDOBJ Corrupted HLL object detected")
        #expect(runner.run("PFDEBUG TODENSE h") == "-INVALIDOBJ Corrupted HLL object detected")
    }
}
