/// A command as a client sends it: an array of bulk strings.
package func encodeRequest(_ arguments: [[UInt8]]) -> [UInt8] {
    var bytes = Array("*\(arguments.count)\r\n".utf8)
    bytes.reserveCapacity(arguments.reduce(16) { $0 + $1.count + 16 })
    for argument in arguments {
        bytes += "$\(argument.count)\r\n".utf8
        bytes += argument
        bytes += "\r\n".utf8
    }
    return bytes
}
