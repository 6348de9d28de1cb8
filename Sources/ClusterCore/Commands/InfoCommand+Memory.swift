import Keyspace

extension Node {
    /// INFO memory. What the process holds is there where a driver told the node, as in MEMORY STATS.
    var memoryLines: [String] {
        processMemoryLines + scriptMemoryLines + limitLines + allocatorLines + bufferLines
    }

    private var processMemoryLines: [String] {
        guard let memory = host.memory else { return [] }
        let figures = MemoryFigures(self)
        let perc = percentage(figures.used, of: figures.peak)
        let data = figures.keys.contents
        return [
            "used_memory:\(figures.used)", "used_memory_human:\(humanReadable(figures.used))",
            "used_memory_rss:\(memory.resident)",
            "used_memory_rss_human:\(humanReadable(memory.resident))",
            "used_memory_peak:\(figures.peak)",
            "used_memory_peak_human:\(humanReadable(figures.peak))",
            "used_memory_peak_perc:\(perc)%", "used_memory_overhead:\(figures.overhead)",
            "used_memory_startup:0", "used_memory_dataset:\(data)",
            "used_memory_dataset_perc:\(percentage(data, of: figures.used))%",
            "allocator_allocated:\(memory.used)", "allocator_active:\(memory.used)",
            "allocator_resident:\(memory.used)", "total_system_memory:\(memory.total)",
            "total_system_memory_human:\(humanReadable(memory.total))",
        ]
    }

    /// Interpreters are made when they are needed.
    private var scriptMemoryLines: [String] {
        let (eval, functions) = (scripting.evaluatorMemory, scripting.engineMemory)
        let scripts = scripting.scriptBytes
        let libraries = scripting.functions.byteCount
        return [
            "used_memory_lua:\(eval)", "used_memory_vm_eval:\(eval)",
            "used_memory_lua_human:\(humanReadable(eval))", "used_memory_scripts_eval:\(scripts)",
            "number_of_cached_scripts:\(scripting.scripts.count)",
            "number_of_functions:\(scripting.functions.functionCount)",
            "number_of_libraries:\(scripting.functions.count)",
            "used_memory_vm_functions:\(functions)", "used_memory_vm_total:\(eval + functions)",
            "used_memory_vm_total_human:\(humanReadable(eval + functions))",
            "used_memory_functions:\(libraries)", "used_memory_scripts:\(scripts + libraries)",
            "used_memory_scripts_human:\(humanReadable(scripts + libraries))",
        ]
    }

    private var limitLines: [String] {
        [
            "maxmemory:\(configuration.maxmemory)",
            "maxmemory_human:\(humanReadable(configuration.maxmemory))",
            "maxmemory_policy:\(configuration.maxmemoryPolicy)",
        ]
    }

    /// The allocator holds what is used and no more, as far as is known; what the process has besides is the rest.
    private var allocatorLines: [String] {
        guard let memory = host.memory else { return [] }
        let rest = memory.resident - memory.used
        let ratio = twoDecimals(memory.resident * 100 / max(memory.used, 1))
        return [
            "allocator_frag_ratio:1.00", "allocator_frag_bytes:0", "allocator_rss_ratio:1.00",
            "allocator_rss_bytes:0", "rss_overhead_ratio:\(ratio)", "rss_overhead_bytes:\(rest)",
            "mem_fragmentation_ratio:\(ratio)", "mem_fragmentation_bytes:\(rest)",
        ]
    }

    private var bufferLines: [String] {
        let backlog = replication.backlog?.count ?? 0
        return [
            "mem_not_counted_for_evict:\(replicaOutput)", "mem_replication_backlog:\(backlog)",
            "mem_total_replication_buffers:\(backlog + replicaOutput)",
            "mem_clients_slaves:\(replicaOutput)", "mem_clients_normal:\(normalClientsMemory)",
            "mem_cluster_links:0", "mem_aof_buffer:0",
            "mem_allocator:libc", "active_defrag_running:0", "lazyfree_pending_objects:0",
            "lazyfreed_objects:0",
        ]
    }
}

private func percentage(_ part: Int, of whole: Int) -> String {
    twoDecimals(whole == 0 ? 0 : part * 10_000 / whole)
}

/// Hundredths as a number with two decimals.
private func twoDecimals(_ hundredths: Int) -> String {
    let decimals = hundredths % 100
    return "\(hundredths / 100).\(decimals < 10 ? "0" : "")\(decimals)"
}

/// A number of bytes as INFO shows it to people (`bytesToHuman`): `1.59M`.
private func humanReadable(_ bytes: Int) -> String {
    guard bytes >= 1024 else { return "\(bytes)B" }
    let units = ["K", "M", "G", "T", "P", "E"]
    var index = 0
    var unit = 1024
    while index < units.count - 1, bytes / 1024 >= unit {
        unit *= 1024
        index += 1
    }
    let hundredths = Int((Double(bytes) / Double(unit) * 100).rounded(.toNearestOrEven))
    let decimals = hundredths % 100
    return "\(hundredths / 100).\(decimals < 10 ? "0" : "")\(decimals)\(units[index])"
}
