#include "interpreter.h"

#include <stdio.h>

// The table `redis`.

/// Shows an error to whoever debugs, as it is written in Redis: where a command is not run, ERR goes without saying, and
/// other errors are lines with their ends.
static void show_error(clua *interpreter, const char *text, size_t length) {
    debugger *session = &interpreter->debug;
    if (!interpreter->is_refused) return debugger_show_error(session, text, length);
    bool is_plain = length > 5 && memcmp(text, "-ERR ", 5) == 0;
    buffer line = {0};
    buffer_append(&line, is_plain ? text + 5 : text, is_plain ? length - 5 : length);
    if (!is_plain) buffer_text(&line, "\r\n");
    debugger_show_error(session, line.bytes, line.count);
    buffer_free(&line);
}

void redis_push_error(lua_State *L, const char *text, size_t length) {
    debugger *session = &clua_of(L)->debug;
    if (debugger_shows(session)) show_error(clua_of(L), text, length);
    buffer *to = &clua_of(L)->scratch;
    size_t start = to->count;
    if (length > 0 && text[0] == '-') {
        // Without a word in front of others there is no code.
        const char *blank = memchr(text, ' ', length);
        if (blank == NULL) buffer_text(to, "ERR ");
        text++;
        length--;
    } else {
        buffer_text(to, "ERR ");
    }
    while (length > 0 && (text[length - 1] == '\r' || text[length - 1] == '\n')) length--;
    buffer_append(to, text, length);
    lua.createtable(L, 0, 2);
    lua.pushstring(L, "err");
    lua.pushlstring(L, to->bytes + start, to->count - start);
    to->count = start;
    lua.rawset(L, -3);
}

void redis_push_message(lua_State *L, const char *text) { redis_push_error(L, text, strlen(text)); }

static int fail(lua_State *L, const char *text) {
    redis_push_message(L, text);
    return lua.raise(L);
}

// MARK: Commands

/// Takes the arguments of a call from the stack. Otherwise an error is on the top.
static bool take_arguments(lua_State *L, clua *interpreter) {
    int count = lua.gettop(L);
    if (count == 0) {
        redis_push_message(L, "Please specify at least one argument for this redis lib call");
        return false;
    }
    if (interpreter->range_capacity < (size_t)count) {
        clua_range *ranges = realloc(interpreter->ranges, sizeof(clua_range) * (size_t)count);
        if (ranges == NULL) abort();
        interpreter->ranges = ranges;
        interpreter->range_capacity = (size_t)count;
    }
    buffer *bytes = &interpreter->arguments;
    bytes->count = 0;
    for (int index = 0; index < count; index++) {
        char digits[64];
        size_t length;
        const char *text;
        if (lua.type(L, index + 1) == LUA_TNUMBER) {
            // Lua itself would write fewer digits.
            length = (size_t)snprintf(digits, sizeof digits, "%.17g", lua.tonumber(L, index + 1));
            text = digits;
        } else {
            text = lua.tolstring(L, index + 1, &length);
        }
        if (text == NULL) {
            lua.settop(L, 0);
            redis_push_message(L, "Lua redis lib command arguments must be strings or integers");
            return false;
        }
        interpreter->ranges[index] = (clua_range){(uint32_t)bytes->count, (uint32_t)length};
        buffer_append(bytes, text, length);
        buffer_byte(bytes, 0);
    }
    lua.settop(L, 0);
    return true;
}

static clua_arguments arguments_of(const clua *interpreter, size_t count) {
    return (clua_arguments){(const uint8_t *)interpreter->arguments.bytes, interpreter->ranges, count};
}

static int call_command(lua_State *L, bool raises) {
    clua *interpreter = clua_of(L);
    if (interpreter->context == NULL) {
        return fail(L, "redis.call/pcall can only be called inside a script invocation");
    }
    size_t count = (size_t)lua.gettop(L);
    if (!take_arguments(L, interpreter)) return raises ? lua.raise(L) : 1;
    debugger *session = &interpreter->debug;
    if (debugger_shows(session)) {
        debugger_show_command(session, arguments_of(interpreter, count));
    }
    interpreter->host.call(interpreter, interpreter->context, arguments_of(interpreter, count));
    while (interpreter->is_awaiting_result) stack_pause(interpreter->stack);
    const buffer *result = &interpreter->result;
    reply_push(L, result->bytes, result->count);
    bool is_refused = interpreter->is_refused;
    interpreter->is_refused = false;
    if (debugger_shows(session) && !is_refused) {
        debugger_show_reply(session, interpreter->result.bytes);
    }
    bool has_failed = result->count > 0 && result->bytes[0] == '-';
    return raises && has_failed ? lua.raise(L) : 1;
}

static int call(lua_State *L) { return call_command(L, true); }

void redis_push_call(lua_State *L) { lua.pushcclosure(L, call, 0); }

static int pcall(lua_State *L) { return call_command(L, false); }

static int acl_check_cmd(lua_State *L) {
    clua *interpreter = clua_of(L);
    if (interpreter->context == NULL) {
        return fail(L, "redis.acl_check_cmd can only be called inside a script invocation");
    }
    size_t count = (size_t)lua.gettop(L);
    if (!take_arguments(L, interpreter)) return lua.raise(L);
    int answer = interpreter->host.permits(
        interpreter, interpreter->context, arguments_of(interpreter, count));
    if (answer < 0) return fail(L, "Invalid command passed to redis.acl_check_cmd()");
    lua.pushboolean(L, answer);
    return 1;
}

// MARK: Replies

static int error_reply(lua_State *L) {
    size_t length;
    if (lua.gettop(L) != 1 || lua.type(L, -1) != LUA_TSTRING) {
        redis_push_message(L, "wrong number or type of arguments");
        return 1;
    }
    // As a C string, which ends at a zero.
    const char *text = lua.tolstring(L, -1, NULL);
    length = strlen(text);
    if (text[0] != '-') {
        lua.pushstring(L, "-");
        lua.pushvalue(L, -2);
        lua.concat(L, 2);
        text = lua.tolstring(L, -1, NULL);
        length++;
    }
    redis_push_error(L, text, length);
    return 1;
}

static int status_reply(lua_State *L) {
    if (lua.gettop(L) != 1 || lua.type(L, -1) != LUA_TSTRING) {
        redis_push_message(L, "wrong number or type of arguments");
        return 1;
    }
    lua.createtable(L, 0, 1);
    lua.pushstring(L, "ok");
    lua.pushvalue(L, -3);
    lua.rawset(L, -3);
    return 1;
}

// MARK: The rest

static int sha1hex(lua_State *L) {
    if (lua.gettop(L) != 1) return fail(L, "wrong number of arguments");
    size_t length = 0;
    const char *text = lua.tolstring(L, 1, &length);
    char digits[41];
    clua_of(L)->host.sha1((const uint8_t *)(text == NULL ? "" : text), length, digits);
    lua.pushstring(L, digits);
    return 1;
}

/// A number as C makes an int of it.
static int whole(double number) {
    return number >= -2147483648.0 && number < 2147483648.0 ? (int)number : -2147483647 - 1;
}

static int set_repl(lua_State *L) {
    clua *interpreter = clua_of(L);
    if (interpreter->context == NULL) {
        return fail(L, "redis.set_repl can only be called inside a script invocation");
    }
    if (lua.gettop(L) != 1) return fail(L, "redis.set_repl() requires two arguments.");
    int flags = whole(lua.tonumber(L, -1));
    if ((flags & ~3) != 0) {
        return fail(
            L, "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.");
    }
    interpreter->replication = flags;
    return 0;
}

static int setresp(lua_State *L) {
    clua *interpreter = clua_of(L);
    if (interpreter->context == NULL) {
        return fail(L, "redis.setresp can only be called inside a script invocation");
    }
    if (lua.gettop(L) != 1) return fail(L, "redis.setresp() requires one argument.");
    int protocol = whole(lua.tonumber(L, -1));
    if (protocol != 2 && protocol != 3) return fail(L, "RESP version must be 2 or 3.");
    interpreter->protocol = protocol;
    return 0;
}

static int log_line(lua_State *L) {
    int count = lua.gettop(L);
    if (count < 2) return fail(L, "redis.log() requires two arguments or more.");
    if (!lua.isnumber(L, -count)) return fail(L, "First argument must be a number (log level).");
    int level = whole(lua.tonumber(L, -count));
    if (level < 0 || level > 3) return fail(L, "Invalid debug level.");
    clua *interpreter = clua_of(L);
    buffer *line = &interpreter->scratch;
    size_t start = line->count;
    for (int index = 2; index <= count; index++) {
        size_t length;
        const char *text = lua.tolstring(L, index, &length);
        if (text == NULL) continue;
        if (index > 2) buffer_byte(line, ' ');
        buffer_append(line, text, length);
    }
    buffer_reserve(line, 1);
    if (interpreter->context != NULL) {
        interpreter->host.log(
            interpreter->context, level, (const uint8_t *)line->bytes + start, line->count - start);
    }
    line->count = start;
    return 0;
}

static int breakpoint(lua_State *L) {
    debugger *session = &clua_of(L)->debug;
    if (session->is_active) session->breaks = true;
    lua.pushboolean(L, session->is_active);
    return 1;
}

static int replicate_commands(lua_State *L) {
    lua.pushboolean(L, 1);
    return 1;
}

// MARK: Libraries

static const char *const flag_names[] = {
    "no-writes", "allow-oom", "allow-stale", "no-cluster", "allow-cross-slot-keys",
};

static bool is_word(const char *text, const char *word) {
    for (; *text != 0 && *word != 0; text++, word++) {
        char letter = *text >= 'A' && *text <= 'Z' ? *text + 32 : *text;
        if (letter != *word) return false;
    }
    return *text == *word;
}

/// The flags in the list on the top; false where there is one that is none.
static bool read_flags(lua_State *L, uint32_t *flags) {
    for (int index = 1;; index++) {
        lua.pushnumber(L, index);
        lua.gettable(L, -2);
        if (lua.type(L, -1) == LUA_TNIL) {
            lua_drop(L, 1);
            return true;
        }
        const char *name = lua.isstring(L, -1) ? lua.tolstring(L, -1, NULL) : "";
        bool is_known = false;
        for (size_t flag = 0; flag < COUNT(flag_names); flag++) {
            if (!is_word(name, flag_names[flag])) continue;
            *flags |= 1u << flag;
            is_known = true;
        }
        lua_drop(L, 1);
        if (!is_known) return false;
    }
}

static void take_text(lua_State *L, buffer *to) {
    size_t length;
    const char *text = lua.tolstring(L, -1, &length);
    to->count = 0;
    buffer_append(to, text, length);
}

/// Takes one named argument, the value on the top.
/// - Returns: what is wrong with it.
static const char *take_named(lua_State *L, const char *name, registered *function) {
    if (is_word(name, "function_name")) {
        if (!lua.isstring(L, -1)) {
            return "function_name argument given to redis.register_function must be a string";
        }
        take_text(L, &function->name);
        buffer_reserve(&function->name, 1);
    } else if (is_word(name, "description")) {
        if (!lua.isstring(L, -1)) {
            return "description argument given to redis.register_function must be a string";
        }
        take_text(L, &function->description);
        function->has_description = true;
    } else if (is_word(name, "callback")) {
        if (lua.type(L, -1) != LUA_TFUNCTION) {
            return "callback argument given to redis.register_function must be a function";
        }
        if (function->reference >= 0) lua.unref(L, LUA_REGISTRYINDEX, function->reference);
        lua.pushvalue(L, -1);
        function->reference = lua.ref(L, LUA_REGISTRYINDEX);
    } else if (is_word(name, "flags")) {
        if (lua.type(L, -1) != LUA_TTABLE) {
            return "flags argument to redis.register_function must be a table representing function flags";
        }
        if (!read_flags(L, &function->flags)) return "unknown flag given";
    } else {
        return "unknown argument given to redis.register_function";
    }
    return NULL;
}

static const char *read_named(lua_State *L, registered *function) {
    if (lua.type(L, 1) != LUA_TTABLE) {
        return "calling redis.register_function with a single argument is only applicable to Lua table "
               "(representing named arguments).";
    }
    lua.pushnil(L);
    while (lua.next(L, -2)) {
        if (!lua.isstring(L, -2)) {
            return "named argument key given to redis.register_function is not a string";
        }
        // A number as the key must stay one for the next step.
        lua.pushvalue(L, -2);
        const char *name = lua.tolstring(L, -1, NULL);
        lua.insert(L, -2);
        const char *problem = take_named(L, name, function);
        if (problem != NULL) return problem;
        lua_drop(L, 2);
    }
    if (function->name.bytes == NULL) return "redis.register_function must get a function name argument";
    if (function->reference < 0) return "redis.register_function must get a callback argument";
    return NULL;
}

static const char *read_positional(lua_State *L, registered *function) {
    if (!lua.isstring(L, 1)) return "first argument to redis.register_function must be a string";
    if (lua.type(L, 2) != LUA_TFUNCTION) {
        return "second argument to redis.register_function must be a function";
    }
    function->reference = lua.ref(L, LUA_REGISTRYINDEX);
    take_text(L, &function->name);
    buffer_reserve(&function->name, 1);
    return NULL;
}

static bool is_name(const buffer *name) {
    for (size_t index = 0; index < name->count; index++) {
        char letter = name->bytes[index];
        bool is_allowed = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')
            || (letter >= '0' && letter <= '9') || letter == '_';
        if (!is_allowed) return false;
    }
    return name->count > 0;
}

static const char *check_new(const clua *interpreter, const registered *function) {
    if (!is_name(&function->name)) {
        return "Library names can only contain letters, numbers, or underscores(_) and must be at least "
               "one character long";
    }
    for (size_t index = 0; index < interpreter->function_count; index++) {
        const buffer *name = &interpreter->functions[index].name;
        if (name->count == function->name.count
            && memcmp(name->bytes, function->name.bytes, name->count) == 0) {
            return "Function already exists in the library";
        }
    }
    return NULL;
}

static int register_function(lua_State *L) {
    clua *interpreter = clua_of(L);
    if (!interpreter->is_loading) {
        return fail(L, "redis.register_function can only be called on FUNCTION LOAD command");
    }
    int count = lua.gettop(L);
    if (count < 1 || count > 2) {
        return fail(L, "wrong number of arguments to redis.register_function");
    }
    registered function = {.reference = -1};
    const char *problem = count == 1 ? read_named(L, &function) : read_positional(L, &function);
    if (problem == NULL) problem = check_new(interpreter, &function);
    if (problem != NULL) {
        if (function.reference >= 0) lua.unref(L, LUA_REGISTRYINDEX, function.reference);
        buffer_free(&function.name);
        buffer_free(&function.description);
        return fail(L, problem);
    }
    size_t size = sizeof(registered) * (interpreter->function_count + 1);
    registered *functions = realloc(interpreter->functions, size);
    if (functions == NULL) abort();
    interpreter->functions = functions;
    functions[interpreter->function_count++] = function;
    return 0;
}

// MARK: The tables

static void add_number(lua_State *L, const char *name, double number) {
    lua.pushnumber(L, number);
    lua.setfield(L, -2, name);
}

/// What both tables have.
static void add_log_and_version(lua_State *L, const char *version, int version_number) {
    lua.pushcclosure(L, log_line, 0);
    lua.setfield(L, -2, "log");
    add_number(L, "LOG_DEBUG", 0);
    add_number(L, "LOG_VERBOSE", 1);
    add_number(L, "LOG_NOTICE", 2);
    add_number(L, "LOG_WARNING", 3);
    add_number(L, "REDIS_VERSION_NUM", version_number);
    lua.pushstring(L, version);
    lua.setfield(L, -2, "REDIS_VERSION");
}

void redis_open(lua_State *L, const char *version, int version_number) {
    static const lua_function functions[] = {
        {"call", call},
        {"pcall", pcall},
        {"setresp", setresp},
        {"sha1hex", sha1hex},
        {"error_reply", error_reply},
        {"status_reply", status_reply},
        {"set_repl", set_repl},
        {"acl_check_cmd", acl_check_cmd},
    };
    static const lua_function script_functions[] = {
        {"breakpoint", breakpoint}, {"debug", debugger_print}, {"replicate_commands", replicate_commands},
    };
    lua.createtable(L, 0, 32);
    lua_add_functions(L, functions, COUNT(functions));
    if (clua_of(L)->kind == clua_scripts) {
        lua_add_functions(L, script_functions, COUNT(script_functions));
    }
    add_log_and_version(L, version, version_number);
    add_number(L, "REPL_NONE", 0);
    add_number(L, "REPL_AOF", 1);
    add_number(L, "REPL_SLAVE", 2);
    add_number(L, "REPL_REPLICA", 2);
    add_number(L, "REPL_ALL", 3);
}

void redis_open_for_libraries(lua_State *L, const char *version, int version_number) {
    lua.createtable(L, 0, 8);
    lua.pushcclosure(L, register_function, 0);
    lua.setfield(L, -2, "register_function");
    add_log_and_version(L, version, version_number);
}
