/// Every command that works on keys.
package let databaseCommands: [CommandSpec<Database>] =
    stringCommands + hashCommands + listCommands + setCommands + genericCommands
    + sortCommands + bitmapCommands + hyperLogLogCommands
