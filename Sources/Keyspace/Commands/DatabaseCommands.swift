/// Every command that works on keys.
package let databaseCommands: [CommandSpec<Database>] =
    stringCommands + hashCommands + listCommands + setCommands + sortedSetCommands + geoCommands
    + bitmapCommands + hyperLogLogCommands + streamCommands + genericCommands + sortCommands
