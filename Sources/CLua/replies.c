#include "interpreter.h"

#include <math.h>
#include <stdio.h>

// MARK: From RESP

typedef struct reader {
    lua_State *L;
    const char *next;
} reader;

/// The rest of the line, whose end is passed over.
static const char *take_line(reader *from, size_t *length) {
    const char *line = from->next + 1;
    const char *end = strchr(line, '\r');
    *length = (size_t)(end - line);
    from->next = end + 2;
    return line;
}

static long long take_count(reader *from) {
    size_t length;
    return strtoll(take_line(from, &length), NULL, 10);
}

static void push_value(reader *from);

/// A table whose one field has the value on the top.
static void wrap(lua_State *L, const char *field) {
    lua.createtable(L, 0, 1);
    lua.insert(L, -2);
    lua.pushstring(L, field);
    lua.insert(L, -2);
    lua.rawset(L, -3);
}

static void push_bulk(reader *from) {
    long long count = take_count(from);
    if (count < 0) return lua.pushboolean(from->L, 0);
    lua.pushlstring(from->L, from->next, (size_t)count);
    from->next += count + 2;
}

static void push_array(reader *from) {
    long long count = take_count(from);
    if (count < 0) return lua.pushboolean(from->L, 0);
    lua.createtable(from->L, (int)count, 0);
    for (int index = 1; index <= count; index++) {
        push_value(from);
        lua.rawseti(from->L, -2, index);
    }
}

static void push_map(reader *from) {
    long long count = take_count(from);
    lua.createtable(from->L, 0, 0);
    for (long long index = 0; index < count; index++) {
        push_value(from);
        push_value(from);
        lua.settable(from->L, -3);
    }
    wrap(from->L, "map");
}

static void push_set(reader *from) {
    long long count = take_count(from);
    lua.createtable(from->L, 0, 0);
    for (long long index = 0; index < count; index++) {
        push_value(from);
        lua.pushboolean(from->L, 1);
        lua.settable(from->L, -3);
    }
    wrap(from->L, "set");
}

static void push_verbatim(reader *from) {
    long long count = take_count(from);
    lua.createtable(from->L, 0, 2);
    lua.pushlstring(from->L, from->next + 4, (size_t)count - 4);
    lua.setfield(from->L, -2, "string");
    lua.pushlstring(from->L, from->next, 3);
    lua.setfield(from->L, -2, "format");
    from->next += count + 2;
    wrap(from->L, "verbatim_string");
}

static void push_failure(reader *from) {
    size_t length;
    const char *line = take_line(from, &length);
    redis_push_error(from->L, line - 1, length + 1);
    lua.pushstring(from->L, "ignore_error_stats_update");
    lua.pushboolean(from->L, 1);
    lua.rawset(from->L, -3);
}

/// A line of text in a field.
static void push_text(reader *from, const char *field) {
    size_t length;
    const char *line = take_line(from, &length);
    lua.pushlstring(from->L, line, length);
    wrap(from->L, field);
}

static void push_value(reader *from) {
    size_t length;
    lua.needstack(from->L, 5, "lua stack limit reach when parsing redis.call reply");
    switch (*from->next) {
        case '$': return push_bulk(from);
        case '+': return push_text(from, "ok");
        case '-': return push_failure(from);
        case ':': return lua.pushnumber(from->L, (double)take_count(from));
        case '*': case '>': return push_array(from);
        case '~': return push_set(from);
        case '%': return push_map(from);
        case '#': lua.pushboolean(from->L, *take_line(from, &length) == 't'); return;
        case ',':
            lua.pushnumber(from->L, strtod(take_line(from, &length), NULL));
            return wrap(from->L, "double");
        case '_':
            take_line(from, &length);
            return lua.pushnil(from->L);
        case '(': return push_text(from, "big_number");
        case '=': return push_verbatim(from);
        default: lua.pushnil(from->L);
    }
}

void reply_push(lua_State *L, const char *bytes, size_t length) {
    reader from = {L, bytes};
    if (length == 0) lua.pushnil(L);
    else push_value(&from);
}

// MARK: To RESP

static void write_header(buffer *to, char type, long long number) {
    char line[32];
    char *const end = line + sizeof line;
    char *start = end;
    *--start = '\n';
    *--start = '\r';
    // The least number has no positive one.
    unsigned long long rest = number < 0 ? 0 - (unsigned long long)number : (unsigned long long)number;
    do *--start = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0) *--start = '-';
    *--start = type;
    buffer_append(to, start, (size_t)(end - start));
}

static void write_bulk(buffer *to, const char *text, size_t length) {
    write_header(to, '$', (long long)length);
    buffer_append(to, text, length);
    buffer_text(to, "\r\n");
}

/// A line, with blanks for the ends of lines within it.
static void write_line(buffer *to, char type, const char *text, size_t length) {
    buffer_byte(to, type);
    for (size_t index = 0; index < length; index++) {
        buffer_byte(to, text[index] == '\r' || text[index] == '\n' ? ' ' : text[index]);
    }
    buffer_text(to, "\r\n");
}

/// An error, without the ends of lines at its end.
static void write_error(buffer *to, const char *text) {
    size_t length = strlen(text);
    while (length > 0 && (text[length - 1] == '\r' || text[length - 1] == '\n')) length--;
    write_line(to, '-', text, length);
}

static void write_null(clua *of) { buffer_text(&of->text, of->run.protocol == 3 ? "_\r\n" : "$-1\r\n"); }

static void write_boolean(clua *of, bool value) {
    if (of->protocol == 2 && !value) write_null(of);
    else if (of->protocol == 2 || of->run.protocol == 2) write_header(&of->text, ':', value);
    else buffer_text(&of->text, value ? "#t\r\n" : "#f\r\n");
}

static void write_number(clua *of, double number) {
    bool fits = number >= -9223372036854775808.0 && number < 9223372036854775808.0;
    write_header(&of->text, ':', fits ? (long long)number : INT64_MIN);
}

static void write_double(clua *of, double number) {
    char digits[64];
    if (isinf(number)) strcpy(digits, number > 0 ? "inf" : "-inf");
    else snprintf(digits, sizeof digits, "%.17g", number);
    if (of->run.protocol == 3) write_line(&of->text, ',', digits, strlen(digits));
    else write_bulk(&of->text, digits, strlen(digits));
}

static void write_big_number(clua *of, const char *text, size_t length) {
    if (of->run.protocol == 3) return write_line(&of->text, '(', text, length);
    write_header(&of->text, '$', (long long)length);
    size_t start = of->text.count;
    write_line(&of->text, 0, text, length);
    memmove(of->text.bytes + start, of->text.bytes + start + 1, of->text.count - start - 1);
    of->text.count--;
}

static void write_verbatim(clua *of, const char *text, size_t length, const char *format) {
    if (of->run.protocol == 2) return write_bulk(&of->text, text, length);
    write_header(&of->text, '=', (long long)length + 4);
    for (int index = 0; index < 3; index++) buffer_byte(&of->text, *format == 0 ? ' ' : *format++);
    buffer_byte(&of->text, ':');
    buffer_append(&of->text, text, length);
    buffer_text(&of->text, "\r\n");
}

/// Pushes a field of the table on the top as it is.
/// - Returns: whether it is of that type; otherwise nothing is pushed.
static bool push_field(lua_State *L, const char *name, int type) {
    lua.pushstring(L, name);
    lua.rawget(L, -2);
    if (lua.type(L, -1) == type) return true;
    lua_drop(L, 1);
    return false;
}

static void write_value(clua *of, lua_State *L);

static void put_count(buffer *to, size_t start, char type, long long count) {
    char line[32];
    int length = snprintf(line, sizeof line, "%c%lld\r\n", type, count);
    buffer_insert(to, start, line, (size_t)length);
}

static void write_map(clua *of, lua_State *L) {
    size_t start = of->text.count;
    long long count = 0;
    lua.pushnil(L);
    while (lua.next(L, -2)) {
        lua.pushvalue(L, -2);
        write_value(of, L);
        write_value(of, L);
        count++;
    }
    bool is_map = of->run.protocol == 3;
    put_count(&of->text, start, is_map ? '%' : '*', is_map ? count : count * 2);
}

static void write_set(clua *of, lua_State *L) {
    size_t start = of->text.count;
    long long count = 0;
    lua.pushnil(L);
    while (lua.next(L, -2)) {
        lua_drop(L, 1);
        lua.pushvalue(L, -1);
        write_value(of, L);
        count++;
    }
    put_count(&of->text, start, of->run.protocol == 3 ? '~' : '*', count);
}

static void write_array(clua *of, lua_State *L) {
    size_t start = of->text.count;
    long long count = 0;
    while (true) {
        lua.pushnumber(L, (double)count + 1);
        lua.rawget(L, -2);
        if (lua.type(L, -1) == LUA_TNIL) break;
        write_value(of, L);
        count++;
    }
    lua_drop(L, 1);
    put_count(&of->text, start, '*', count);
}

/// A verbatim string in the table on the top.
static bool write_as_verbatim(clua *of, lua_State *L) {
    if (!push_field(L, "verbatim_string", LUA_TTABLE)) return false;
    bool is_whole = false;
    if (push_field(L, "format", LUA_TSTRING)) {
        const char *format = lua.tolstring(L, -1, NULL);
        lua.pushvalue(L, -2);
        if (push_field(L, "string", LUA_TSTRING)) {
            size_t length;
            const char *text = lua.tolstring(L, -1, &length);
            write_verbatim(of, text, length, format);
            is_whole = true;
            lua_drop(L, 1);
        }
        lua_drop(L, 2);
    }
    lua_drop(L, 1);
    return is_whole;
}

/// Whether an error in a table has been counted where it came from.
static bool is_counted(lua_State *L) {
    if (!push_field(L, "ignore_error_stats_update", LUA_TBOOLEAN)) return false;
    bool is_counted = lua.toboolean(L, -1);
    lua_drop(L, 1);
    return is_counted;
}

/// Counts an error of the reply, or notes it for whoever does (`afterErrorReply`).
static void note_error(clua *of, const char *text, bool is_counted) {
    if (is_counted) of->counted_errors++;
    else buffer_append(&of->uncounted_errors, text, strlen(text) + 1);
}

static void write_table(clua *of, lua_State *L) {
    size_t length;
    if (push_field(L, "err", LUA_TSTRING)) {
        const char *text = lua.tolstring(L, -1, NULL);
        lua.pushvalue(L, -2);
        note_error(of, text, is_counted(L));
        write_error(&of->text, text);
        lua_drop(L, 2);
    } else if (push_field(L, "ok", LUA_TSTRING)) {
        const char *text = lua.tolstring(L, -1, NULL);
        write_line(&of->text, '+', text, strlen(text));
        lua_drop(L, 1);
    } else if (push_field(L, "double", LUA_TNUMBER)) {
        write_double(of, lua.tonumber(L, -1));
        lua_drop(L, 1);
    } else if (push_field(L, "big_number", LUA_TSTRING)) {
        const char *text = lua.tolstring(L, -1, &length);
        write_big_number(of, text, length);
        lua_drop(L, 1);
    } else if (write_as_verbatim(of, L)) {
        return;
    } else if (push_field(L, "map", LUA_TTABLE)) {
        write_map(of, L);
        lua_drop(L, 1);
    } else if (push_field(L, "set", LUA_TTABLE)) {
        write_set(of, L);
        lua_drop(L, 1);
    } else {
        write_array(of, L);
    }
}

/// Writes the value on the top, and takes it (`luaReplyToRedisReply`).
static void write_value(clua *of, lua_State *L) {
    size_t length;
    if (!lua.checkstack(L, 6)) {
        note_error(of, "ERR reached lua stack limit", false);
        buffer_text(&of->text, "-ERR reached lua stack limit\r\n");
        return lua_drop(L, 1);
    }
    switch (lua.type(L, -1)) {
        case LUA_TSTRING: {
            const char *text = lua.tolstring(L, -1, &length);
            write_bulk(&of->text, text, length);
            break;
        }
        case LUA_TBOOLEAN: write_boolean(of, lua.toboolean(L, -1)); break;
        case LUA_TNUMBER: write_number(of, lua.tonumber(L, -1)); break;
        case LUA_TTABLE: write_table(of, L); break;
        default: write_null(of);
    }
    lua_drop(L, 1);
}

void reply_write(clua *interpreter, lua_State *L) { write_value(interpreter, L); }

static const char *text_field(lua_State *L, const char *name) {
    lua.pushstring(L, name);
    lua.rawget(L, -2);
    return lua.isstring(L, -1) ? lua.tolstring(L, -1, NULL) : NULL;
}

void reply_write_failure(clua *interpreter, lua_State *L) {
    buffer *scratch = &interpreter->scratch;
    scratch->count = 0;
    if (lua.type(L, -1) != LUA_TTABLE) {
        const char *message = lua.isstring(L, -1) ? lua.tolstring(L, -1, NULL) : "execution failure";
        char line[256];
        snprintf(line, sizeof line, "ERR Error running script %s, %.100s", clua_shown_name(interpreter),
                 message);
        note_error(interpreter, line, false);
        write_error(&interpreter->text, line);
        return lua_drop(L, 1);
    }
    int top = lua.gettop(L);
    bool has_counted = is_counted(L);
    const char *message = text_field(L, "err");
    buffer_text(scratch, message == NULL ? "ERR unknown error" : message);
    lua.pushvalue(L, top);
    const char *line = text_field(L, "line");
    lua.pushvalue(L, top);
    const char *source = text_field(L, "source");
    if (line != NULL && source != NULL) {
        buffer_text(scratch, " script: ");
        buffer_text(scratch, clua_shown_name(interpreter));
        buffer_text(scratch, ", on ");
        buffer_text(scratch, source);
        buffer_text(scratch, ":");
        buffer_text(scratch, line);
        buffer_text(scratch, ".");
    }
    buffer_byte(scratch, 0);
    note_error(interpreter, scratch->bytes, has_counted);
    write_error(&interpreter->text, scratch->bytes);
    scratch->count = 0;
    lua.settop(L, top - 1);
}
