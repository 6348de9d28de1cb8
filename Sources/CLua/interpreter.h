#ifndef INTERPRETER_H
#define INTERPRETER_H

#include "buffer.h"
#include "debugger.h"
#include "include/CLua.h"
#include "lua51.h"
#include "stack.h"

/// What of a script is to be done when it has the processor.
typedef struct registered {
    buffer name;
    buffer description;
    bool has_description;
    uint32_t flags;
    int reference;
} registered;

struct clua {
    lua_State *state;
    clua_kind kind;
    clua_host host;
    size_t memory;
    uint64_t random;
    script_stack *stack;

    /// The run at hand. `context` is there only while one is.
    void *context;
    clua_run run;
    bool is_paused;
    bool is_killed;
    bool is_awaiting_result;
    /// The last command of the script was not run.
    bool is_refused;
    int protocol;
    int replication;
    bool is_calling;
    uint64_t instructions;
    uint64_t turns;
    /// How many there are at the next pause; 0 for none.
    uint64_t pause_at;

    /// The library that is being loaded, and its functions.
    bool is_loading;
    uint64_t limit;
    registered *functions;
    size_t function_count;

    /// What libraries write into; each leaves what it found there.
    buffer scratch;
    buffer arguments;
    clua_range *ranges;
    size_t range_capacity;
    buffer result;
    buffer text;
    bool has_failed;
    size_t counted_errors;
    buffer uncounted_errors;
    buffer name;
    unsigned runs;
    debugger debug;
    /// What sandbox_handler is in the registry.
    int handler;
};

/// The interpreter that a state belongs to.
static inline clua *clua_of(lua_State *L) {
    void *interpreter = NULL;
    lua.getallocf(L, &interpreter);
    return interpreter;
}

// interpreter.c

/// Counts instructions, and lets the node go on with something else where the script has had its turn.
void interpreter_count(clua *interpreter);

// sandbox.c

/// Opens the libraries and closes everything to changes.
void sandbox_open(clua *interpreter, const char *version, int version_number);
/// The table behind a protected one takes its place at an index of the stack.
/// - Returns: whether it was protected.
bool sandbox_unwrap(lua_State *L, int index);
/// Puts a table that cannot be changed in front of the one on the top.
void sandbox_protect(lua_State *L);
/// Makes it an error to read what the table on the top does not have.
void sandbox_forbid_missing(lua_State *L);
/// Pushes the table of the globals that scripts see.
void sandbox_push_globals(lua_State *L);
/// Compiles text, and only text: code that is compiled already can do anything.
int sandbox_compile(lua_State *L, const char *text, size_t length, const char *name);
/// Lets globals be those that a library sees while it is loaded.
void sandbox_use_library_globals(lua_State *L, bool is_loading);
/// The handler of errors: adds where they come from.
int sandbox_handler(lua_State *L);

/// The name that errors call the script at hand by.
const char *clua_shown_name(clua *interpreter);

// redis.c

/// Pushes the table `redis`.
void redis_open(lua_State *L, const char *version, int version_number);
/// Pushes the one that libraries see while they are loaded.
void redis_open_for_libraries(lua_State *L, const char *version, int version_number);
/// Pushes a table with an error (`luaPushError`): after `-` comes a code.
void redis_push_error(lua_State *L, const char *text, size_t length);
void redis_push_message(lua_State *L, const char *text);
/// Pushes redis.call.
void redis_push_call(lua_State *L);

// replies.c

/// Pushes a reply of RESP as the value that scripts see.
void reply_push(lua_State *L, const char *bytes, size_t length);
/// Writes the value on the top as RESP, and takes it.
void reply_write(clua *interpreter, lua_State *L);
/// Writes the error on the top as RESP, and takes it.
void reply_write_failure(clua *interpreter, lua_State *L);

// json.c, msgpack.c, structs.c, bits.c: each pushes its table.

void json_open(lua_State *L);
void msgpack_open(lua_State *L);
void structs_open(lua_State *L);
void bits_open(lua_State *L);

#endif
