#include "interpreter.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

// What the debugger shows: lines, values of Lua and replies of commands, each as Redis has it.

enum { maximum_depth = 10 };

// MARK: What is shown

void debugger_show(debugger *session, const char *text, size_t length) {
    buffer *to = &session->logs;
    buffer_byte(to, '+');
    size_t start = to->count;
    buffer_append(to, text, length);
    for (size_t index = start; index < to->count; index++) {
        if (to->bytes[index] == '\r' || to->bytes[index] == '\n') to->bytes[index] = ' ';
    }
    buffer_append(to, "\r\n", 2);
    session->log_count++;
}

void debugger_show_text(debugger *session, const char *text) {
    debugger_show(session, text, strlen(text));
}

void debugger_show_format(debugger *session, const char *format, ...) {
    char line[256];
    va_list values;
    va_start(values, format);
    vsnprintf(line, sizeof line, format, values);
    va_end(values);
    debugger_show_text(session, line);
}

/// Adds a line that may be cut, and says once how that is turned off. It is let go of.
static void show_cut(debugger *session, buffer *line) {
    size_t limit = session->maximum_length;
    bool is_cut = limit > 0 && line->count > limit;
    if (is_cut) {
        line->count = limit;
        buffer_text(line, " ...");
    }
    debugger_show(session, line->bytes, line->count);
    buffer_free(line);
    if (!is_cut || session->has_hinted) return;
    session->has_hinted = true;
    debugger_show_text(session, "<hint> The above reply was trimmed. Use 'maxlen 0' to disable trimming.");
}

bool debugger_shows(const debugger *session) { return session->is_active && session->steps; }

void debugger_show_error(debugger *session, const char *text, size_t length) {
    buffer line = {0};
    buffer_text(&line, "<error> ");
    buffer_append(&line, text, length);
    debugger_show(session, line.bytes, line.count);
    buffer_free(&line);
}

void debugger_show_command(debugger *session, clua_arguments arguments) {
    buffer line = {0};
    buffer_text(&line, "<redis>");
    for (size_t index = 0; index < arguments.count; index++) {
        if (index == 10) {
            char rest[48];
            snprintf(rest, sizeof rest, " ... (%zu more)", arguments.count - index - 1);
            buffer_text(&line, rest);
            break;
        }
        buffer_byte(&line, ' ');
        clua_range range = arguments.ranges[index];
        buffer_append(&line, arguments.bytes + range.offset, range.count);
    }
    debugger_show(session, line.bytes, line.count);
    buffer_free(&line);
}

// MARK: Values

/// Adds text in quotes (`sdscatrepr`).
static void add_quoted(buffer *to, const char *text, size_t length) {
    static const char named[] = "\nn\rr\tt\aa\bb";
    buffer_byte(to, '"');
    for (size_t index = 0; index < length; index++) {
        unsigned char letter = (unsigned char)text[index];
        const char *name = letter == 0 ? NULL : memchr(named, letter, sizeof named - 1);
        if (letter == '\\' || letter == '"') {
            buffer_byte(to, '\\');
            buffer_byte(to, (char)letter);
        } else if (name != NULL && (name - named) % 2 == 0) {
            buffer_byte(to, '\\');
            buffer_byte(to, name[1]);
        } else if (isprint(letter)) {
            buffer_byte(to, (char)letter);
        } else {
            char digits[5];
            snprintf(digits, sizeof digits, "\\x%02x", letter);
            buffer_text(to, digits);
        }
    }
    buffer_byte(to, '"');
}

static void add_value(buffer *to, lua_State *L, int index, int depth);

/// Adds the table on the top, as a list where it is one.
static void add_table(buffer *to, lua_State *L, int depth) {
    buffer list = {0}, pairs = {0};
    double expected = 1;
    bool is_list = true;
    lua.pushnil(L);
    while (lua.next(L, -2)) {
        if (lua.type(L, -2) != LUA_TNUMBER || lua.tonumber(L, -2) != expected) is_list = false;
        if (expected > 1) {
            buffer_text(&list, "; ");
            buffer_text(&pairs, "; ");
        }
        add_value(&list, L, -1, depth);
        buffer_byte(&pairs, '[');
        add_value(&pairs, L, -2, depth);
        buffer_text(&pairs, "]=");
        add_value(&pairs, L, -1, depth);
        lua_drop(L, 1);
        expected++;
    }
    buffer_byte(to, '{');
    buffer_append(to, is_list ? list.bytes : pairs.bytes, is_list ? list.count : pairs.count);
    buffer_byte(to, '}');
    buffer_free(&list);
    buffer_free(&pairs);
}

static const char *name_of_kind(int type) {
    switch (type) {
        case LUA_TFUNCTION: return "function";
        case LUA_TUSERDATA: return "userdata";
        case LUA_TTHREAD: return "thread";
        case LUA_TLIGHTUSERDATA: return "light-userdata";
        default: return "unknown";
    }
}

/// Adds the value at an index of the stack (`ldbCatStackValue`).
static void add_value(buffer *to, lua_State *L, int index, int depth) {
    char text[64];
    size_t length;
    const char *string;
    if (depth == maximum_depth || !lua.checkstack(L, 4)) {
        return buffer_text(to, "<max recursion level reached! Nested table?>");
    }
    switch (lua.type(L, index)) {
        case LUA_TSTRING:
            string = lua.tolstring(L, index, &length);
            return add_quoted(to, string, length);
        case LUA_TBOOLEAN: return buffer_text(to, lua.toboolean(L, index) ? "true" : "false");
        case LUA_TNUMBER:
            snprintf(text, sizeof text, "%g", lua.tonumber(L, index));
            return buffer_text(to, text);
        case LUA_TNIL: return buffer_text(to, "nil");
        case LUA_TTABLE:
            lua.pushvalue(L, index);
            // What stands in front of a protected table has nothing in it.
            sandbox_unwrap(L, lua.gettop(L));
            add_table(to, L, depth + 1);
            return lua_drop(L, 1);
        default:
            snprintf(text, sizeof text, "\"%s@%p\"", name_of_kind(lua.type(L, index)),
                     lua.topointer(L, index));
            return buffer_text(to, text);
    }
}

void debugger_show_value(debugger *session, lua_State *L, const char *prefix) {
    buffer line = {0};
    buffer_text(&line, prefix);
    add_value(&line, L, -1, 0);
    show_cut(session, &line);
}

int debugger_print(lua_State *L) {
    debugger *session = &clua_of(L)->debug;
    if (!session->is_active) return 0;
    buffer line = {0};
    char start[48];
    snprintf(start, sizeof start, "<debug> line %d: ", session->current_line);
    buffer_text(&line, start);
    int count = lua.gettop(L);
    for (int index = 1; index <= count; index++) {
        add_value(&line, L, index, 0);
        if (index < count) buffer_text(&line, ", ");
    }
    debugger_show(session, line.bytes, line.count);
    buffer_free(&line);
    return 0;
}

// MARK: Replies

static const char *add_reply(buffer *to, const char *reply);

/// Adds the elements of a reply, with something between them.
static const char *add_elements(
    buffer *to, const char *next, long long count, const char *open, const char *close, bool is_map
) {
    buffer_text(to, open);
    for (long long index = 0; index < count; index++) {
        if (index > 0) buffer_byte(to, ',');
        next = add_reply(to, next);
        if (!is_map) continue;
        buffer_text(to, " => ");
        next = add_reply(to, next);
    }
    buffer_text(to, close);
    return next;
}

/// Adds a reply for the eye (`ldbRedisProtocolToHuman`).
/// - Returns: where the next one begins.
static const char *add_reply(buffer *to, const char *reply) {
    const char *end = strchr(reply, '\r');
    const char *next = end + 2;
    size_t length = (size_t)(end - reply);
    long long count = strtoll(reply + 1, NULL, 10);
    switch (*reply) {
        case ':': buffer_append(to, reply + 1, length - 1); return next;
        case '+': case '-': add_quoted(to, reply, length); return next;
        case '$':
            if (count < 0) break;
            add_quoted(to, next, (size_t)count);
            return next + count + 2;
        case '*': return count < 0 ? (buffer_text(to, "NULL"), next)
                                   : add_elements(to, next, count, "[", "]", false);
        case '~': return add_elements(to, next, count, "~(", ")", false);
        case '%': return add_elements(to, next, count, "{", "}", true);
        case '_': buffer_text(to, "(null)"); return next;
        case '#': buffer_text(to, reply[1] == 't' ? "#true" : "#false"); return next;
        case ',':
            buffer_text(to, "(double) ");
            buffer_append(to, reply + 1, length - 1);
            return next;
        // Redis stands still at other kinds, within a list at each element.
        default: return reply;
    }
    buffer_text(to, "NULL");
    return next;
}

void debugger_show_reply(debugger *session, const char *reply) {
    buffer line = {0};
    buffer_text(&line, "<reply> ");
    add_reply(&line, reply);
    show_cut(session, &line);
}
