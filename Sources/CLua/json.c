#include "interpreter.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <strings.h>

// cjson: JSON, with the options and the messages of the library of that name.

typedef struct settings {
    int converts_sparse;
    int sparse_ratio;
    int sparse_safe;
    int encode_depth;
    int decode_depth;
    /// 0 refuses infinity and the like, 1 writes them, 2 writes null.
    int encode_invalid;
    int decode_invalid;
    int keeps_buffer;
    int precision;
} settings;

static settings *settings_of(lua_State *L) { return lua.touserdata(L, lua_upvalue(1)); }

// MARK: Settings

/// As many arguments as an option has, nil for those that are not given.
static settings *take_options(lua_State *L, int count) {
    lua_argcheck(L, lua.gettop(L) <= count, count + 1, "found too many arguments");
    while (lua.gettop(L) < count) lua.pushnil(L);
    return settings_of(L);
}

static void number_option(lua_State *L, int index, int *setting, int least, int most) {
    if (lua.type(L, index) != LUA_TNIL) {
        int value = (int)lua.checkinteger(L, index);
        char message[64];
        snprintf(message, sizeof message, "expected integer between %d and %d", least, most);
        lua_argcheck(L, least <= value && value <= most, 1, message);
        *setting = value;
    }
    lua.pushinteger(L, *setting);
}

static void choice_option(lua_State *L, int index, int *setting, const char *const *options) {
    if (lua.type(L, index) == LUA_TBOOLEAN) {
        *setting = lua.toboolean(L, index);
    } else if (lua.type(L, index) != LUA_TNIL) {
        *setting = lua.checkoption(L, index, NULL, options);
    }
    if (*setting <= 1) lua.pushboolean(L, *setting);
    else lua.pushstring(L, options[*setting]);
}

static const char *const switch_options[] = {"off", "on", NULL};
static const char *const invalid_options[] = {"off", "on", "null", NULL};

static int encode_sparse_array(lua_State *L) {
    settings *settings = take_options(L, 3);
    choice_option(L, 1, &settings->converts_sparse, switch_options);
    number_option(L, 2, &settings->sparse_ratio, 0, INT_MAX);
    number_option(L, 3, &settings->sparse_safe, 0, INT_MAX);
    return 3;
}

static int encode_max_depth(lua_State *L) {
    number_option(L, 1, &take_options(L, 1)->encode_depth, 1, INT_MAX);
    return 1;
}

static int decode_max_depth(lua_State *L) {
    number_option(L, 1, &take_options(L, 1)->decode_depth, 1, INT_MAX);
    return 1;
}

static int encode_number_precision(lua_State *L) {
    number_option(L, 1, &take_options(L, 1)->precision, 1, 14);
    return 1;
}

static int encode_keep_buffer(lua_State *L) {
    choice_option(L, 1, &take_options(L, 1)->keeps_buffer, switch_options);
    return 1;
}

static int encode_invalid_numbers(lua_State *L) {
    choice_option(L, 1, &take_options(L, 1)->encode_invalid, invalid_options);
    return 1;
}

static int decode_invalid_numbers(lua_State *L) {
    choice_option(L, 1, &take_options(L, 1)->decode_invalid, switch_options);
    return 1;
}

// MARK: Encoding

static void refuse(lua_State *L, int index, const char *reason) {
    lua.fail(L, "Cannot serialise %s: %s", lua.nameoftype(L, lua.type(L, index)), reason);
}

static void write_string(lua_State *L, buffer *to, int index) {
    size_t length;
    const char *text = lua.tolstring(L, index, &length);
    buffer_byte(to, '"');
    for (size_t place = 0; place < length; place++) {
        unsigned char byte = (unsigned char)text[place];
        switch (byte) {
            case '"': buffer_text(to, "\\\""); break;
            case '\\': buffer_text(to, "\\\\"); break;
            case '/': buffer_text(to, "\\/"); break;
            case '\b': buffer_text(to, "\\b"); break;
            case '\t': buffer_text(to, "\\t"); break;
            case '\n': buffer_text(to, "\\n"); break;
            case '\f': buffer_text(to, "\\f"); break;
            case '\r': buffer_text(to, "\\r"); break;
            default:
                if (byte < 0x20 || byte == 0x7F) {
                    char escape[8];
                    snprintf(escape, sizeof escape, "\\u%04x", byte);
                    buffer_text(to, escape);
                } else {
                    buffer_byte(to, (char)byte);
                }
        }
    }
    buffer_byte(to, '"');
}

static void write_number(lua_State *L, buffer *to, const settings *settings, int index) {
    double number = lua.tonumber(L, index);
    bool is_valid = isfinite(number);
    if (!is_valid && settings->encode_invalid == 0) refuse(L, index, "must not be NaN or Inf");
    if (!is_valid && settings->encode_invalid == 2) return buffer_text(to, "null");
    // Its sign differs from system to system.
    if (isnan(number)) return buffer_text(to, "nan");
    char text[40];
    snprintf(text, sizeof text, "%.*g", settings->precision, number);
    buffer_text(to, text);
}

/// How many elements the array on the top has; -1 where it is an object.
static int array_length(lua_State *L, const settings *settings) {
    double largest = 0;
    double count = 0;
    lua.pushnil(L);
    while (lua.next(L, -2)) {
        double key = lua.type(L, -2) == LUA_TNUMBER ? lua.tonumber(L, -2) : 0;
        if (floor(key) != key || key < 1) {
            lua_drop(L, 2);
            return -1;
        }
        if (key > largest) largest = key;
        count++;
        lua_drop(L, 1);
    }
    bool is_sparse = settings->sparse_ratio > 0 && largest > count * settings->sparse_ratio
        && largest > settings->sparse_safe;
    if (!is_sparse) return (int)largest;
    if (!settings->converts_sparse) refuse(L, -1, "excessively sparse array");
    return -1;
}

static void write_value(lua_State *L, buffer *to, const settings *settings, int depth);

static void write_array(lua_State *L, buffer *to, const settings *settings, int depth, int length) {
    buffer_byte(to, '[');
    for (int index = 1; index <= length; index++) {
        if (index > 1) buffer_byte(to, ',');
        lua.rawgeti(L, -1, index);
        write_value(L, to, settings, depth);
        lua_drop(L, 1);
    }
    buffer_byte(to, ']');
}

static void write_object(lua_State *L, buffer *to, const settings *settings, int depth) {
    bool is_first = true;
    buffer_byte(to, '{');
    lua.pushnil(L);
    while (lua.next(L, -2)) {
        if (!is_first) buffer_byte(to, ',');
        is_first = false;
        int type = lua.type(L, -2);
        if (type == LUA_TNUMBER) {
            buffer_byte(to, '"');
            write_number(L, to, settings, -2);
            buffer_text(to, "\":");
        } else if (type == LUA_TSTRING) {
            write_string(L, to, -2);
            buffer_byte(to, ':');
        } else {
            refuse(L, -2, "table key must be a number or string");
        }
        write_value(L, to, settings, depth);
        lua_drop(L, 1);
    }
    buffer_byte(to, '}');
}

static void write_value(lua_State *L, buffer *to, const settings *settings, int depth) {
    switch (lua.type(L, -1)) {
        case LUA_TSTRING: return write_string(L, to, -1);
        case LUA_TNUMBER: return write_number(L, to, settings, -1);
        case LUA_TBOOLEAN: return buffer_text(to, lua.toboolean(L, -1) ? "true" : "false");
        case LUA_TNIL: return buffer_text(to, "null");
        case LUA_TTABLE: {
            depth++;
            if (depth > settings->encode_depth || !lua.checkstack(L, 3)) {
                lua.fail(L, "Cannot serialise, excessive nesting (%d)", depth);
            }
            sandbox_unwrap(L, -1);
            int length = array_length(L, settings);
            if (length > 0) write_array(L, to, settings, depth, length);
            else write_object(L, to, settings, depth);
            return;
        }
        case LUA_TLIGHTUSERDATA:
            if (lua.touserdata(L, -1) == NULL) return buffer_text(to, "null");
            // No other pointer can be written.
        default: refuse(L, -1, "type not supported");
    }
}

static int encode(lua_State *L) {
    lua_argcheck(L, lua.gettop(L) == 1, 1, "expected 1 argument");
    buffer *to = &clua_of(L)->scratch;
    size_t start = to->count;
    write_value(L, to, settings_of(L), 0);
    lua.pushlstring(L, to->bytes + start, to->count - start);
    to->count = start;
    return 1;
}

// MARK: Decoding

typedef enum token_kind {
    object_begin, object_end, array_begin, array_end, string_token, number_token, boolean_token, null_token,
    colon, comma, end_token, failed_token,
} token_kind;

static const char *const kind_names[] = {
    "T_OBJ_BEGIN", "T_OBJ_END", "T_ARR_BEGIN", "T_ARR_END", "T_STRING", "T_NUMBER", "T_BOOLEAN", "T_NULL",
    "T_COLON", "T_COMMA", "T_END",
};

typedef struct token {
    token_kind kind;
    int place;
    /// Of a string, in the scratch of the interpreter.
    size_t start;
    size_t length;
    double number;
    bool boolean;
    const char *failure;
} token;

typedef struct parser {
    lua_State *L;
    const settings *settings;
    const char *text;
    const char *next;
    buffer *scratch;
    int depth;
} parser;

static void set_failure(parser *from, token *token, const char *failure) {
    token->kind = failed_token;
    token->place = (int)(from->next - from->text);
    token->failure = failure;
}

static int hexadecimal(const char *digits) {
    int value = 0;
    for (int index = 0; index < 4; index++) {
        char digit = digits[index];
        int part;
        if ('0' <= digit && digit <= '9') part = digit - '0';
        else if ('a' <= (digit | 0x20) && (digit | 0x20) <= 'f') part = (digit | 0x20) - 'a' + 10;
        else return -1;
        value = value << 4 | part;
    }
    return value;
}

static void write_code_point(buffer *to, int code) {
    if (code <= 0x7F) return buffer_byte(to, (char)code);
    if (code <= 0x7FF) {
        buffer_byte(to, (char)(0xC0 | code >> 6));
    } else {
        if (code <= 0xFFFF) {
            buffer_byte(to, (char)(0xE0 | code >> 12));
        } else {
            buffer_byte(to, (char)(0xF0 | code >> 18));
            buffer_byte(to, (char)(0x80 | (code >> 12 & 0x3F)));
        }
        buffer_byte(to, (char)(0x80 | (code >> 6 & 0x3F)));
    }
    buffer_byte(to, (char)(0x80 | (code & 0x3F)));
}

/// An escape of four digits, or two of them that are one character.
static bool take_unicode(parser *from) {
    int code = hexadecimal(from->next + 2);
    if (code < 0) return false;
    int length = 6;
    if ((code & 0xF800) == 0xD800) {
        if (code & 0x400 || from->next[6] != '\\' || from->next[7] != 'u') return false;
        int low = hexadecimal(from->next + 8);
        if (low < 0 || (low & 0xFC00) != 0xDC00) return false;
        code = ((code & 0x3FF) << 10 | (low & 0x3FF)) + 0x10000;
        length = 12;
    }
    write_code_point(from->scratch, code);
    from->next += length;
    return true;
}

static char escaped(char letter) {
    switch (letter) {
        case '"': case '\\': case '/': return letter;
        case 'b': return '\b';
        case 't': return '\t';
        case 'n': return '\n';
        case 'f': return '\f';
        case 'r': return '\r';
        default: return 0;
    }
}

static void take_string(parser *from, token *token) {
    size_t start = from->scratch->count;
    from->next++;
    while (*from->next != '"') {
        char byte = *from->next;
        if (byte == 0) return set_failure(from, token, "unexpected end of string");
        if (byte == '\\') {
            if (from->next[1] == 'u') {
                if (!take_unicode(from)) return set_failure(from, token, "invalid unicode escape code");
                continue;
            }
            byte = escaped(from->next[1]);
            if (byte == 0) return set_failure(from, token, "invalid escape code");
            from->next++;
        }
        buffer_byte(from->scratch, byte);
        from->next++;
    }
    from->next++;
    token->kind = string_token;
    token->start = start;
    token->length = from->scratch->count - start;
}

/// Whether it is a number for C only: infinity, hexadecimal digits, zeros in front.
static bool is_invalid_number(const char *text) {
    if (*text == '+') return true;
    if (*text == '-') text++;
    if (*text == '0') return (text[1] | 0x20) == 'x' || ('0' <= text[1] && text[1] <= '9');
    if (*text <= '9') return false;
    return strncasecmp(text, "inf", 3) == 0 || strncasecmp(text, "nan", 3) == 0;
}

static void take_number(parser *from, token *token) {
    char *end;
    token->kind = number_token;
    token->number = strtod(from->next, &end);
    if (end == from->next) return set_failure(from, token, "invalid number");
    from->next = end;
}

static bool take_word(parser *from, const char *word) {
    size_t length = strlen(word);
    if (strncmp(from->next, word, length) != 0) return false;
    from->next += length;
    return true;
}

static void take_sign(parser *from, token *token, token_kind kind) {
    token->kind = kind;
    from->next++;
}

static void take_token(parser *from, token *token) {
    while (*from->next == ' ' || *from->next == '\t' || *from->next == '\n' || *from->next == '\r') {
        from->next++;
    }
    token->place = (int)(from->next - from->text);
    switch (*from->next) {
        case '{': return take_sign(from, token, object_begin);
        case '}': return take_sign(from, token, object_end);
        case '[': return take_sign(from, token, array_begin);
        case ']': return take_sign(from, token, array_end);
        case ',': return take_sign(from, token, comma);
        case ':': return take_sign(from, token, colon);
        case 0: token->kind = end_token; return;
        case '"': return take_string(from, token);
        case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8':
        case '9':
            if (!from->settings->decode_invalid && is_invalid_number(from->next)) {
                return set_failure(from, token, "invalid number");
            }
            return take_number(from, token);
        default: break;
    }
    token->boolean = *from->next == 't';
    if (take_word(from, "true") || take_word(from, "false")) {
        token->kind = boolean_token;
    } else if (take_word(from, "null")) {
        token->kind = null_token;
    } else if (from->settings->decode_invalid && strchr("iInN+", *from->next) != NULL
               && is_invalid_number(from->next)) {
        take_number(from, token);
    } else {
        set_failure(from, token, "invalid token");
    }
}

static void refuse_token(parser *from, const char *expected, const token *token) {
    const char *found = token->kind == failed_token ? token->failure : kind_names[token->kind];
    lua.fail(from->L, "Expected %s but found %s at character %d", expected, found, token->place + 1);
}

static void push_string(parser *from, const token *token) {
    lua.pushlstring(
        from->L, token->length == 0 ? "" : from->scratch->bytes + token->start, token->length);
    from->scratch->count = token->start;
}

static void descend(parser *from, int slots) {
    from->depth++;
    if (from->depth <= from->settings->decode_depth && lua.checkstack(from->L, slots)) return;
    lua.fail(
        from->L, "Found too many nested data structures (%d) at character %d", from->depth,
        (int)(from->next - from->text));
}

static void push_value(parser *from, token *token);

static void push_object(parser *from) {
    token token;
    descend(from, 3);
    lua.createtable(from->L, 0, 0);
    take_token(from, &token);
    if (token.kind != object_end) {
        while (true) {
            if (token.kind != string_token) refuse_token(from, "object key string", &token);
            push_string(from, &token);
            take_token(from, &token);
            if (token.kind != colon) refuse_token(from, "colon", &token);
            take_token(from, &token);
            push_value(from, &token);
            lua.rawset(from->L, -3);
            take_token(from, &token);
            if (token.kind == object_end) break;
            if (token.kind != comma) refuse_token(from, "comma or object end", &token);
            take_token(from, &token);
        }
    }
    from->depth--;
}

static void push_array(parser *from) {
    token token;
    descend(from, 2);
    lua.createtable(from->L, 0, 0);
    take_token(from, &token);
    if (token.kind != array_end) {
        for (int index = 1;; index++) {
            push_value(from, &token);
            lua.rawseti(from->L, -2, index);
            take_token(from, &token);
            if (token.kind == array_end) break;
            if (token.kind != comma) refuse_token(from, "comma or array end", &token);
            take_token(from, &token);
        }
    }
    from->depth--;
}

static void push_value(parser *from, token *token) {
    switch (token->kind) {
        case string_token: return push_string(from, token);
        case number_token: return lua.pushnumber(from->L, token->number);
        case boolean_token: return lua.pushboolean(from->L, token->boolean);
        case object_begin: return push_object(from);
        case array_begin: return push_array(from);
        // A nil would take the key from its table.
        case null_token: return lua.pushlightuserdata(from->L, NULL);
        default: refuse_token(from, "value", token);
    }
}

static int decode(lua_State *L) {
    lua_argcheck(L, lua.gettop(L) == 1, 1, "expected 1 argument");
    size_t length;
    const char *text = lua.checklstring(L, 1, &length);
    if (length >= 2 && (text[0] == 0 || text[1] == 0)) {
        lua.fail(L, "JSON parser does not support UTF-16 or UTF-32");
    }
    buffer *scratch = &clua_of(L)->scratch;
    size_t start = scratch->count;
    parser from = {.L = L, .settings = settings_of(L), .text = text, .next = text, .scratch = scratch};
    token token;
    take_token(&from, &token);
    push_value(&from, &token);
    take_token(&from, &token);
    if (token.kind != end_token) refuse_token(&from, "the end", &token);
    scratch->count = start;
    return 1;
}

// MARK: The table

static int new(lua_State *L) {
    json_open(L);
    return 1;
}

void json_open(lua_State *L) {
    static const lua_function functions[] = {
        {"encode", encode},
        {"decode", decode},
        {"encode_sparse_array", encode_sparse_array},
        {"encode_max_depth", encode_max_depth},
        {"decode_max_depth", decode_max_depth},
        {"encode_number_precision", encode_number_precision},
        {"encode_keep_buffer", encode_keep_buffer},
        {"encode_invalid_numbers", encode_invalid_numbers},
        {"decode_invalid_numbers", decode_invalid_numbers},
        {"new", new},
    };
    lua.createtable(L, 0, COUNT(functions) + 3);
    settings *settings = lua.newuserdata(L, sizeof *settings);
    *settings = (struct settings){
        .sparse_ratio = 2, .sparse_safe = 10, .encode_depth = 1000, .decode_depth = 1000,
        .decode_invalid = 1, .keeps_buffer = 1, .precision = 14,
    };
    for (size_t index = 0; index < COUNT(functions); index++) {
        lua.pushvalue(L, -1);
        lua.pushcclosure(L, functions[index].function, 1);
        lua.setfield(L, -3, functions[index].name);
    }
    lua_drop(L, 1);
    lua.pushlightuserdata(L, NULL);
    lua.setfield(L, -2, "null");
    lua.pushstring(L, "cjson");
    lua.setfield(L, -2, "_NAME");
    lua.pushstring(L, "2.1.0");
    lua.setfield(L, -2, "_VERSION");
}
