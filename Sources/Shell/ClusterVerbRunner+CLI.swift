import CLI
import Lab
package import Lessons

extension ClusterVerbRunner {
    /// The lab's own redis-cli.
    package static let redisCLI = ClusterVerbRunner { arguments, cluster throws(LabError) in
        try TranscriptVerbs.lines(arguments, on: cluster)
    }
}
