#include "interpreter.h"

#include <stdio.h>
#include <strings.h>

// Redis' debugger for scripts, the dialogue: what eval.c has of it. What it shows is in debugger_lines.c.

enum { eval_period = 100000 };

// MARK: The source

static bool is_breakpoint(const debugger *session, int line) {
    for (size_t index = 0; index < session->breakpoint_count; index++) {
        if (session->breakpoints[index] == line) return true;
    }
    return false;
}

static void show_line(debugger *session, int number) {
    bool is_known = number > 0 && number <= session->line_count;
    const char *text = is_known ? session->source.bytes + session->lines[number - 1]
                                : "<out of range source code line>";
    bool is_current = session->current_line == number;
    bool breaks = is_breakpoint(session, number);
    char start[32];
    snprintf(start, sizeof start, "%s%c%-3d ", is_current ? "->" : "  ", breaks ? '#' : ' ', number);
    buffer line = {0};
    buffer_text(&line, start);
    buffer_text(&line, text);
    debugger_show(session, line.bytes, line.count);
    buffer_free(&line);
}

/// Shows the lines around one.
static void show_lines(debugger *session, int around, int context) {
    for (int number = 1; number <= session->line_count; number++) {
        if (abs(around - number) <= context) show_line(session, number);
    }
}

static void take_source(debugger *session, const char *text, size_t length) {
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r')) length--;
    session->source.count = 0;
    session->line_count = 0;
    if (length == 0) return;
    buffer_append(&session->source, text, length);
    buffer_byte(&session->source, 0);
    size_t count = 1;
    for (size_t index = 0; index < length; index++) count += text[index] == '\n';
    session->lines = realloc(session->lines, count * sizeof *session->lines);
    if (session->lines == NULL) abort();
    session->lines[0] = 0;
    session->line_count = 1;
    for (size_t index = 0; index < length; index++) {
        if (text[index] != '\n') continue;
        session->source.bytes[index] = 0;
        session->lines[session->line_count++] = index + 1;
    }
}

// MARK: Commands

/// An argument as a C string; there is a zero behind each.
static const char *word(const debugger *session, size_t index) {
    return (const char *)session->command.bytes + session->command.ranges[index].offset;
}

static bool is_command(const debugger *session, const char *letter, const char *name) {
    const char *given = word(session, 0);
    return strcasecmp(given, letter) == 0 || strcasecmp(given, name) == 0;
}

static void run_help(debugger *session) {
    static const char *const lines[] = {
        "Redis Lua debugger help:",
        "[h]elp               Show this help.",
        "[s]tep               Run current line and stop again.",
        "[n]ext               Alias for step.",
        "[c]ontinue           Run till next breakpoint.",
        "[l]ist               List source code around current line.",
        "[l]ist [line]        List source code around [line].",
        "                     line = 0 means: current position.",
        "[l]ist [line] [ctx]  In this form [ctx] specifies how many lines",
        "                     to show before/after [line].",
        "[w]hole              List all source code. Alias for 'list 1 1000000'.",
        "[p]rint              Show all the local variables.",
        "[p]rint <var>        Show the value of the specified variable.",
        "                     Can also show global vars KEYS and ARGV.",
        "[b]reak              Show all breakpoints.",
        "[b]reak <line>       Add a breakpoint to the specified line.",
        "[b]reak -<line>      Remove breakpoint from the specified line.",
        "[b]reak 0            Remove all breakpoints.",
        "[t]race              Show a backtrace.",
        "[e]val <code>        Execute some Lua code (in a different callframe).",
        "[r]edis <cmd>        Execute a Redis command.",
        "[m]axlen [len]       Trim logged Redis replies and Lua var dumps to len.",
        "                     Specifying zero as <len> means unlimited.",
        "[a]bort              Stop the execution of the script. In sync",
        "                     mode dataset changes will be retained.",
        "",
        "Debugger functions you can call from Lua scripts:",
        "redis.debug()        Produce logs in the debugger console.",
        "redis.breakpoint()   Stop execution like if there was a breakpoint in the",
        "                     next line of code.",
    };
    for (size_t index = 0; index < COUNT(lines); index++) debugger_show_text(session, lines[index]);
}

/// Shows the variable of a name, from the innermost function outwards.
static void run_print(debugger *session, lua_State *L, const char *wanted) {
    lua_Debug frame;
    for (int level = 0; lua.getstack(L, level, &frame); level++) {
        const char *name;
        for (int index = 1; (name = lua.getlocal(L, &frame, index)) != NULL; index++) {
            bool is_wanted = strcmp(name, wanted) == 0;
            if (is_wanted) debugger_show_value(session, L, "<value> ");
            lua_drop(L, 1);
            if (is_wanted) return;
        }
    }
    if (strcmp(wanted, "KEYS") != 0 && strcmp(wanted, "ARGV") != 0) {
        return debugger_show_text(session, "No such variable.");
    }
    sandbox_push_globals(L);
    lua.pushstring(L, wanted);
    lua.rawget(L, -2);
    debugger_show_value(session, L, "<value> ");
    lua_drop(L, 2);
}

/// Shows all variables of the innermost function.
static void run_print_all(debugger *session, lua_State *L) {
    lua_Debug frame;
    bool is_any = false;
    const char *name;
    if (!lua.getstack(L, 0, &frame)) return;
    for (int index = 1; (name = lua.getlocal(L, &frame, index)) != NULL; index++) {
        if (strstr(name, "(*temporary)") == NULL) {
            buffer prefix = {0};
            buffer_text(&prefix, "<value> ");
            buffer_text(&prefix, name);
            buffer_append(&prefix, " = ", sizeof " = ");
            debugger_show_value(session, L, prefix.bytes);
            buffer_free(&prefix);
            is_any = true;
        }
        lua_drop(L, 1);
    }
    if (!is_any) debugger_show_text(session, "No local variables in the current context.");
}

static void add_breakpoint(debugger *session, long line) {
    if (session->breakpoint_count == maximum_breakpoints) {
        return debugger_show_text(session, "Too many breakpoints set.");
    }
    // Redis says so of a line that has one already, too.
    if (line > session->line_count || is_breakpoint(session, (int)line)) {
        return debugger_show_text(session, "Wrong line number.");
    }
    session->breakpoints[session->breakpoint_count++] = (int)line;
    show_lines(session, (int)line, 1);
}

static void remove_breakpoint(debugger *session, long line) {
    for (size_t index = 0; index < session->breakpoint_count; index++) {
        if (session->breakpoints[index] != line) continue;
        session->breakpoint_count--;
        // Redis moves as many bytes as there are breakpoints left: of three, one then stands there twice.
        memmove(session->breakpoints + index, session->breakpoints + index + 1,
                session->breakpoint_count - index);
        return debugger_show_text(session, "Breakpoint removed.");
    }
    debugger_show_text(session, "No breakpoint in the specified line.");
}

/// A whole number and nothing else (`string2l`).
static bool read_number(const char *text, long *number) {
    const char *digits = *text == '-' ? text + 1 : text;
    size_t length = strlen(digits);
    if (length == 0 || length > 18 || strspn(digits, "0123456789") != length) return false;
    if (digits[0] == '0' && (length > 1 || digits != text)) return false;
    *number = strtol(text, NULL, 10);
    return true;
}

static void run_break(debugger *session) {
    if (session->command.count == 1) {
        if (session->breakpoint_count == 0) {
            return debugger_show_text(session, "No breakpoints set. Use 'b <line>' to add one.");
        }
        debugger_show_format(session, "%zu breakpoints set:", session->breakpoint_count);
        for (size_t index = 0; index < session->breakpoint_count; index++) {
            show_line(session, session->breakpoints[index]);
        }
    }
    for (size_t index = 1; index < session->command.count; index++) {
        long line;
        if (!read_number(word(session, index), &line)) {
            buffer text = {0};
            buffer_text(&text, "Invalid argument:'");
            buffer_text(&text, word(session, index));
            buffer_byte(&text, '\'');
            debugger_show(session, text.bytes, text.count);
            buffer_free(&text);
        } else if (line == 0) {
            session->breakpoint_count = 0;
            debugger_show_text(session, "All breakpoints removed.");
        } else if (line > 0) {
            add_breakpoint(session, line);
        } else {
            remove_breakpoint(session, -line);
        }
    }
}

static void run_trace(debugger *session, lua_State *L) {
    lua_Debug frame;
    for (int level = 0; lua.getstack(L, level, &frame); level++) {
        lua.getinfo(L, "Snl", &frame);
        if (strstr(frame.short_src, "user_script") == NULL) continue;
        debugger_show_format(session, "%s %s:", level == 0 ? "In" : "From",
                    frame.name == NULL ? "top level" : frame.name);
        show_line(session, frame.currentline);
    }
}

static void run_maxlen(debugger *session) {
    if (session->command.count == 2) {
        int length = atoi(word(session, 1));
        session->has_hinted = true;
        session->maximum_length = (size_t)(length != 0 && length <= 60 ? 60 : length);
    }
    if (session->maximum_length > 0) {
        debugger_show_format(session, "<value> replies are truncated at %d bytes.",
                    (int)session->maximum_length);
    } else {
        debugger_show_text(session, "<value> replies are unlimited.");
    }
}

static void run_list(debugger *session) {
    int around = session->current_line, context = 5;
    if (session->command.count > 1 && atoi(word(session, 1)) > 0) around = atoi(word(session, 1));
    if (session->command.count > 2) context = atoi(word(session, 2));
    show_lines(session, around, context);
}

// MARK: Code

/// Lets code of `eval` be left now and then, and ends it where nobody waits for it any more. Redis would hang.
static void eval_hook(lua_State *L, lua_Debug *place) {
    (void)place;
    clua *interpreter = clua_of(L);
    stack_pause(interpreter->stack);
    if (!interpreter->debug.is_abandoned) return;
    lua.sethook(L, eval_hook, LUA_MASKLINE, 0);
    redis_push_message(L, "timeout during Lua debugging with client closing connection");
    lua.raise(L);
}

static void show_failure(debugger *session, lua_State *L) {
    if (lua.type(L, -1) == LUA_TTABLE) {
        // Redis' debugger ends here.
        lua.pushstring(L, "err");
        lua.rawget(L, -2);
    }
    const char *text = lua.tolstring(L, -1, NULL);
    text = text == NULL ? "(null)" : text;
    debugger_show_error(session, text, strlen(text));
}

/// Runs code as an expression, or else as a statement. It has a stack of Lua's to itself, as hooks do not work
/// within a hook.
static void run_eval(debugger *session, lua_State *L) {
    buffer code = {0};
    buffer_text(&code, "return ");
    for (size_t index = 1; index < session->command.count; index++) {
        if (index > 1) buffer_byte(&code, ' ');
        buffer_append(&code, word(session, index), session->command.ranges[index].count);
    }
    lua_State *inner = lua.newthread(L);
    bool is_compiled = sandbox_compile(inner, code.bytes, code.count, "@ldb_eval") == 0
        || sandbox_compile(inner, code.bytes + 7, code.count - 7, "@ldb_eval") == 0;
    buffer_free(&code);
    lua.sethook(inner, eval_hook, LUA_MASKCOUNT, eval_period);
    if (is_compiled && lua.pcall(inner, 0, 1, 0) == 0) {
        debugger_show_value(session, inner, "<retval> ");
    } else {
        show_failure(session, inner);
    }
    lua_drop(L, 1);
}

/// Runs a command as redis.call would; what it shows is what is shown.
static void run_redis(debugger *session, lua_State *L) {
    int count = (int)session->command.count - 1;
    if (!lua.checkstack(L, count + 2)) {
        // Redis shows a text that is no reply, which is nothing.
        return debugger_show_reply(session, "max lua stack reached\r\n");
    }
    redis_push_call(L);
    for (int index = 1; index <= count; index++) {
        lua.pushlstring(L, word(session, (size_t)index), session->command.ranges[index].count);
    }
    session->steps = true;
    lua.pcall(L, count, 1, 0);
    session->steps = false;
    lua_drop(L, 1);
}

// MARK: The dialogue

/// Runs the command at hand.
/// - Returns: whether the script goes on.
static bool run_command(debugger *session, lua_State *L) {
    if (session->command.count == 0) {
        redis_push_message(L, session->failure);
        lua.raise(L);
    }
    if (is_command(session, "h", "help")) {
        run_help(session);
    } else if (is_command(session, "s", "step") || is_command(session, "n", "next")) {
        return session->steps = true;
    } else if (is_command(session, "c", "continue")) {
        return true;
    } else if (is_command(session, "t", "trace")) {
        run_trace(session, L);
    } else if (is_command(session, "m", "maxlen")) {
        run_maxlen(session);
    } else if (is_command(session, "b", "break")) {
        run_break(session);
    } else if (is_command(session, "e", "eval")) {
        run_eval(session, L);
    } else if (is_command(session, "a", "abort")) {
        redis_push_message(L, "script aborted for user request");
        lua.raise(L);
    } else if (session->command.count > 1 && is_command(session, "r", "redis")) {
        run_redis(session, L);
    } else if (is_command(session, "p", "print")) {
        if (session->command.count == 2) run_print(session, L, word(session, 1));
        else run_print_all(session, L);
    } else if (is_command(session, "l", "list")) {
        run_list(session);
    } else if (is_command(session, "w", "whole")) {
        show_lines(session, 1, 1000000);
    } else {
        debugger_show_text(session,
                  "<error> Unknown Redis Lua debugger command or wrong number of arguments.");
    }
    return false;
}

/// Waits for commands until one lets the script go on (`ldbRepl`).
/// - Returns: whether the client is still there.
static bool take_commands(debugger *session, lua_State *L) {
    do {
        if (!session->is_abandoned) {
            session->is_stopped = true;
            stack_pause(clua_of(L)->stack);
            session->is_stopped = false;
        }
        if (session->is_abandoned) {
            session->steps = false;
            session->breakpoint_count = 0;
            return false;
        }
    } while (!run_command(session, L));
    return true;
}

static void stop(debugger *session, lua_State *L, const char *reason, bool is_overdue) {
    session->steps = false;
    session->breaks = false;
    debugger_show_format(session, "* Stopped at %d, stop reason = %s", session->current_line, reason);
    show_line(session, session->current_line);
    if (take_commands(session, L) || !is_overdue) return;
    // Nobody would ever end it.
    redis_push_message(L, "timeout during Lua debugging with client closing connection");
    lua.raise(L);
}

void debugger_hook(lua_State *L, lua_Debug *place) {
    debugger *session = &clua_of(L)->debug;
    lua.getstack(L, 0, place);
    lua.getinfo(L, "Sl", place);
    session->current_line = place->currentline;
    bool breaks = is_breakpoint(session, session->current_line) || session->breaks;
    bool is_count = place->event == LUA_HOOKCOUNT && !session->steps && !breaks;
    if (is_count) interpreter_count(clua_of(L));
    if (strstr(place->short_src, "user_script") == NULL) return;
    bool is_overdue = is_count && session->is_overdue;
    if (is_overdue) {
        session->is_overdue = false;
    } else if (is_count || (!session->steps && !breaks)) {
        return;
    }
    const char *reason = "step over";
    if (breaks) reason = session->breaks ? "redis.breakpoint() called" : "break point";
    else if (is_overdue) reason = "timeout reached, infinite loop?";
    stop(session, L, reason, is_overdue);
}

// MARK: Sessions

void clua_begin_debugging(clua *interpreter, const uint8_t *source, size_t length) {
    debugger *session = &interpreter->debug;
    take_source(session, (const char *)source, length);
    session->is_active = true;
    session->steps = true;
    session->breaks = false;
    session->is_abandoned = false;
    session->is_overdue = false;
    session->breakpoint_count = 0;
    session->maximum_length = default_maximum_length;
    session->has_hinted = false;
    session->logs.count = 0;
    session->log_count = 0;
}

void clua_end_debugging(clua *interpreter) { interpreter->debug.is_active = false; }

bool clua_is_debugging(const clua *interpreter) { return interpreter->debug.is_active; }

bool clua_is_stopped(const clua *interpreter) { return interpreter->debug.is_stopped; }

void clua_set_command(clua *interpreter, clua_arguments command, const char *failure) {
    interpreter->debug.command = command;
    interpreter->debug.failure = failure;
}

void clua_abandon(clua *interpreter) { interpreter->debug.is_abandoned = true; }

void clua_note_overdue(clua *interpreter) { interpreter->debug.is_overdue = true; }

const uint8_t *clua_logs(const clua *interpreter, size_t *length, size_t *count) {
    *length = interpreter->debug.logs.count;
    *count = interpreter->debug.log_count;
    return (const uint8_t *)interpreter->debug.logs.bytes;
}

void clua_forget_logs(clua *interpreter) {
    interpreter->debug.logs.count = 0;
    interpreter->debug.log_count = 0;
}

void debugger_free(debugger *session) {
    buffer_free(&session->source);
    buffer_free(&session->logs);
    free(session->lines);
}
