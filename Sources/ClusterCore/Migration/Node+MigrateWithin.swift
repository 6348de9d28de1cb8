import CLua
import Keyspace
import RESP

/// MIGRATE within EXEC and within scripts. What it is part of waits for the target as a value, and nothing of
/// its effects is seen before all of them are there.
extension Node {
    /// What the command at hand is part of.
    var placeOfMigration: Migration.Place {
        if scripting.running != nil { return .script }
        return isInTransaction ? .transaction : .client
    }

    /// Leaves an EXEC whose MIGRATE waits for its target.
    mutating func holdTransaction(_ run: inout TransactionRun) {
        run.held = holdEffects(since: transactionStart)
        isInTransaction = false
        database.isFrozen = true
    }

    /// Goes on with the EXEC whose MIGRATE has its reply.
    mutating func continueTransaction(_ reply: [UInt8], _ effects: [UInt8]) {
        guard var run = scripting.transaction, let held = run.held else { return }
        scripting.transaction = nil
        run.held = nil
        run.reply += reply
        caller = run.client.index
        transactionStart = propagated.count
        restore(held, at: transactionStart)
        propagated += effects
        database.isFrozen = isPaused
        endLongTransaction(run)
        guard !isHeld else { return }
        updateRestrictions()
        takePostponed()
    }

    /// Goes on with the script whose MIGRATE has its reply.
    mutating func continueScript(_ reply: [UInt8], _ effects: [UInt8]) {
        guard let run = scripting.running, let held = run.held else { return }
        let handle = run.interpreter.handle
        // Where another copy of this node has gone on with the script, the reply is not for it.
        if clua_turns(handle) == held.turn {
            reply.withUnsafeBufferPointer { clua_set_result(handle, $0.baseAddress, $0.count) }
            let replication = effectiveReplication(clua_replication(handle))
            scripting.running?.held?.append(effects, for: replication)
        } else {
            scripting.running?.held?.append(effects, for: 3)
        }
        continueScript()
    }
}
