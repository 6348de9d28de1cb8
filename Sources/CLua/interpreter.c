#include "interpreter.h"

enum { hook_period = 100000, garbage_period = 50 };

// MARK: Life

/// Keeps count of the memory.
static void *allocate(void *owner, void *block, size_t old_size, size_t new_size) {
    clua *interpreter = owner;
    if (new_size == 0) {
        free(block);
        interpreter->memory -= old_size;
        return NULL;
    }
    void *moved = realloc(block, new_size);
    if (moved != NULL) interpreter->memory += new_size - old_size;
    return moved;
}

clua *clua_new(clua_kind kind, clua_host host, const char *version, int version_number) {
    if (!clua_load()) return NULL;
    clua *interpreter = calloc(1, sizeof *interpreter);
    if (interpreter == NULL) return NULL;
    interpreter->kind = kind;
    interpreter->host = host;
    interpreter->random = 0x1234ABCD330EULL;
    interpreter->stack = stack_new();
    interpreter->state = lua.newstate(allocate, interpreter);
    if (interpreter->state == NULL || interpreter->stack == NULL) {
        clua_free(interpreter);
        return NULL;
    }
    sandbox_open(interpreter, version, version_number);
    lua.pushcclosure(interpreter->state, sandbox_handler, 0);
    interpreter->handler = lua.ref(interpreter->state, LUA_REGISTRYINDEX);
    return interpreter;
}

static void forget_functions(clua *interpreter) {
    for (size_t index = 0; index < interpreter->function_count; index++) {
        buffer_free(&interpreter->functions[index].name);
        buffer_free(&interpreter->functions[index].description);
    }
    interpreter->function_count = 0;
}

void clua_free(clua *interpreter) {
    if (interpreter == NULL) return;
    stack_free(interpreter->stack);
    if (interpreter->state != NULL) lua.close(interpreter->state);
    forget_functions(interpreter);
    free(interpreter->functions);
    free(interpreter->ranges);
    buffer_free(&interpreter->scratch);
    buffer_free(&interpreter->arguments);
    buffer_free(&interpreter->result);
    buffer_free(&interpreter->text);
    buffer_free(&interpreter->uncounted_errors);
    buffer_free(&interpreter->name);
    debugger_free(&interpreter->debug);
    free(interpreter);
}

size_t clua_memory(const clua *interpreter) { return interpreter->memory; }

uint64_t clua_random(const clua *interpreter) { return interpreter->random; }

void clua_set_random(clua *interpreter, uint64_t state) { interpreter->random = state; }

uint64_t clua_turns(const clua *interpreter) { return interpreter->turns; }

uint64_t clua_instructions(const clua *interpreter) { return interpreter->instructions; }

int clua_protocol(const clua *interpreter) { return interpreter->protocol; }

int clua_replication(const clua *interpreter) { return interpreter->replication; }

size_t clua_counted_errors(const clua *interpreter) { return interpreter->counted_errors; }

const uint8_t *clua_uncounted_errors(const clua *interpreter, size_t *length) {
    *length = interpreter->uncounted_errors.count;
    return (const uint8_t *)interpreter->uncounted_errors.bytes;
}

const char *clua_shown_name(clua *interpreter) {
    interpreter->host.name(interpreter, interpreter->context);
    return interpreter->name.bytes;
}

void clua_set_name(clua *interpreter, const uint8_t *name, size_t length) {
    interpreter->name.count = 0;
    buffer_append(&interpreter->name, name, length);
    buffer_byte(&interpreter->name, 0);
}

const uint8_t *clua_text(const clua *interpreter, size_t *length) {
    *length = interpreter->text.count;
    return (const uint8_t *)interpreter->text.bytes;
}

void clua_refuse(clua *interpreter) { interpreter->is_refused = true; }

void clua_await_result(clua *interpreter) { interpreter->is_awaiting_result = true; }

void clua_set_result(clua *interpreter, const uint8_t *bytes, size_t length) {
    interpreter->is_awaiting_result = false;
    interpreter->result.count = 0;
    buffer_append(&interpreter->result, bytes, length);
    // Lines are looked for as in C strings.
    *buffer_reserve(&interpreter->result, 1) = 0;
}

/// Keeps the text on the top as the message, behind what it is about, and takes it.
static void take_message(clua *interpreter, const char *about) {
    size_t length = 0;
    const char *text = lua.tolstring(interpreter->state, -1, &length);
    interpreter->text.count = 0;
    buffer_text(&interpreter->text, about);
    if (text != NULL) buffer_append(&interpreter->text, text, strlen(text));
    lua_drop(interpreter->state, 1);
}

// MARK: Time

void interpreter_count(clua *interpreter) {
    interpreter->instructions += hook_period;
    if (interpreter->pause_at > 0 && interpreter->instructions >= interpreter->pause_at
        && !interpreter->is_killed) {
        stack_pause(interpreter->stack);
    }
}

/// Is called every hundred thousand instructions (`luaMaskCountHook`).
static void hook(lua_State *L, lua_Debug *place) {
    (void)place;
    clua *interpreter = clua_of(L);
    if (interpreter->is_loading) {
        interpreter->instructions += hook_period;
        if (interpreter->limit == 0 || interpreter->instructions < interpreter->limit) return;
        lua.sethook(L, hook, LUA_MASKLINE, 0);
        redis_push_message(L, "FUNCTION LOAD timeout");
        lua.raise(L);
    }
    interpreter_count(interpreter);
    if (!interpreter->is_killed) return;
    // From now on at every line, so that no pcall goes on.
    lua.sethook(L, hook, LUA_MASKLINE, 0);
    redis_push_message(L, "Script killed by user with SCRIPT KILL...");
    lua.raise(L);
}

// MARK: Scripts

int clua_define(clua *interpreter, const uint8_t *body, size_t length) {
    lua_State *L = interpreter->state;
    if (sandbox_compile(L, (const char *)body, length, "@user_script") != 0) {
        take_message(interpreter, "Error compiling script (new function): ");
        return 0;
    }
    return lua.ref(L, LUA_REGISTRYINDEX);
}

static void push_array(lua_State *L, clua_arguments arguments) {
    lua.createtable(L, (int)arguments.count, 0);
    for (size_t index = 0; index < arguments.count; index++) {
        clua_range range = arguments.ranges[index];
        lua.pushlstring(L, (const char *)arguments.bytes + range.offset, range.count);
        lua.rawseti(L, -2, (int)index + 1);
    }
}

/// Sets KEYS and ARGV, which are new tables for each run, as a script may change them.
static void set_arrays(clua *interpreter, lua_State *L) {
    sandbox_push_globals(L);
    lua.pushlstring(L, "KEYS", 4);
    push_array(L, interpreter->run.keys);
    lua.rawset(L, -3);
    lua.pushlstring(L, "ARGV", 4);
    push_array(L, interpreter->run.arguments);
    lua.rawset(L, -3);
    lua_drop(L, 1);
}

/// Runs the script on its own stack (`luaCallFunction`).
static void run_script(void *argument) {
    clua *interpreter = argument;
    lua_State *L = interpreter->state;
    lua.settop(L, 0);
    lua.rawgeti(L, LUA_REGISTRYINDEX, interpreter->handler);
    bool is_script = interpreter->kind == clua_scripts;
    lua.rawgeti(L, LUA_REGISTRYINDEX, interpreter->run.reference);
    if (interpreter->debug.is_active) {
        lua.sethook(L, debugger_hook, LUA_MASKLINE | LUA_MASKCOUNT, hook_period);
    } else {
        lua.sethook(L, hook, LUA_MASKCOUNT, hook_period);
    }
    if (is_script) {
        set_arrays(interpreter, L);
    } else {
        push_array(L, interpreter->run.keys);
        push_array(L, interpreter->run.arguments);
    }
    int status = lua.pcall(L, is_script ? 0 : 2, 1, 1);
    if (++interpreter->runs % garbage_period == 0) lua.gc(L, LUA_GCSTEP, garbage_period);
    if (status != 0) reply_write_failure(interpreter, L);
    else reply_write(interpreter, L);
    lua.sethook(L, NULL, 0, 0);
    lua.settop(L, 0);
}

static clua_outcome outcome(clua *interpreter, bool has_ended) {
    interpreter->context = NULL;
    interpreter->is_paused = !has_ended;
    return has_ended ? clua_done : clua_paused;
}

clua_outcome clua_start(clua *interpreter, void *context, clua_run run) {
    interpreter->context = context;
    interpreter->turns++;
    interpreter->run = run;
    interpreter->protocol = 2;
    interpreter->replication = 3;
    interpreter->instructions = 0;
    interpreter->pause_at = run.slice;
    interpreter->is_killed = false;
    interpreter->is_awaiting_result = false;
    interpreter->is_refused = false;
    interpreter->counted_errors = 0;
    interpreter->uncounted_errors.count = 0;
    interpreter->text.count = 0;
    interpreter->scratch.count = 0;
    return outcome(interpreter, stack_run(interpreter->stack, run_script, interpreter));
}

clua_outcome clua_resume(clua *interpreter, void *context) {
    interpreter->context = context;
    interpreter->turns++;
    uint64_t slice = interpreter->run.slice;
    interpreter->pause_at = slice == 0 ? 0 : interpreter->instructions + slice;
    return outcome(interpreter, stack_resume(interpreter->stack));
}

void clua_kill(clua *interpreter) { interpreter->is_killed = true; }

// MARK: Libraries

static void run_library(void *argument) {
    clua *interpreter = argument;
    lua_State *L = interpreter->state;
    lua.sethook(L, hook, LUA_MASKCOUNT, hook_period);
    interpreter->has_failed = lua.pcall(L, 0, 0, 0) != 0;
    lua.sethook(L, NULL, 0, 0);
}

/// The message of the error on the top, which it takes.
static void take_failure(clua *interpreter) {
    lua_State *L = interpreter->state;
    if (lua.type(L, -1) == LUA_TTABLE) {
        lua.pushstring(L, "err");
        lua.rawget(L, -2);
        lua.removevalue(L, -2);
        take_message(interpreter, "Error registering functions: ");
    } else {
        take_message(interpreter, "Error registering functions: ERR ");
    }
}

bool clua_load_library(clua *interpreter, const uint8_t *code, size_t length, uint64_t limit) {
    lua_State *L = interpreter->state;
    forget_functions(interpreter);
    interpreter->scratch.count = 0;
    interpreter->instructions = 0;
    interpreter->limit = limit;
    if (sandbox_compile(L, (const char *)code, length, "@user_function") != 0) {
        take_message(interpreter, "Error compiling function: ");
        return false;
    }
    sandbox_use_library_globals(L, true);
    interpreter->is_loading = true;
    stack_run(interpreter->stack, run_library, interpreter);
    interpreter->is_loading = false;
    sandbox_use_library_globals(L, false);
    if (!interpreter->has_failed) return true;
    take_failure(interpreter);
    for (size_t index = 0; index < interpreter->function_count; index++) {
        clua_forget_function(interpreter, interpreter->functions[index].reference);
    }
    forget_functions(interpreter);
    return false;
}

size_t clua_function_count(const clua *interpreter) { return interpreter->function_count; }

clua_function clua_function_at(const clua *interpreter, size_t index) {
    const registered *function = &interpreter->functions[index];
    return (clua_function){
        .name = (const uint8_t *)function->name.bytes,
        .name_length = function->name.count,
        .description = (const uint8_t *)function->description.bytes,
        .description_length = function->description.count,
        .has_description = function->has_description,
        .flags = function->flags,
        .reference = function->reference,
    };
}

void clua_forget_function(clua *interpreter, int reference) {
    lua.unref(interpreter->state, LUA_REGISTRYINDEX, reference);
}
