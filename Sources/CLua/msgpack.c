#include "interpreter.h"

#include <limits.h>
#include <math.h>

// cmsgpack: MessagePack, with the choices of the library of that name.

/// What lies deeper is nil: tables may contain themselves.
enum { deepest = 16 };

/// Writes a mark and a number of so many bytes, the highest first.
static void write_number(buffer *to, unsigned char mark, uint64_t value, int size) {
    buffer_byte(to, (char)mark);
    for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) buffer_byte(to, (char)(value >> shift));
}

static void write_string(buffer *to, const char *text, size_t length) {
    if (length < 32) {
        buffer_byte(to, (char)(0xA0 | length));
    } else if (length <= 0xFF) {
        write_number(to, 0xD9, length, 1);
    } else if (length <= 0xFFFF) {
        write_number(to, 0xDA, length, 2);
    } else {
        write_number(to, 0xDB, length, 4);
    }
    buffer_append(to, text, length);
}

static void write_integer(buffer *to, int64_t value) {
    if (value >= 0) {
        if (value <= 127) buffer_byte(to, (char)value);
        else if (value <= 0xFF) write_number(to, 0xCC, (uint64_t)value, 1);
        else if (value <= 0xFFFF) write_number(to, 0xCD, (uint64_t)value, 2);
        else if (value <= 0xFFFFFFFFLL) write_number(to, 0xCE, (uint64_t)value, 4);
        else write_number(to, 0xCF, (uint64_t)value, 8);
    } else {
        if (value >= -32) buffer_byte(to, (char)value);
        else if (value >= INT8_MIN) write_number(to, 0xD0, (uint64_t)value, 1);
        else if (value >= INT16_MIN) write_number(to, 0xD1, (uint64_t)value, 2);
        else if (value >= INT32_MIN) write_number(to, 0xD2, (uint64_t)value, 4);
        else write_number(to, 0xD3, (uint64_t)value, 8);
    }
}

static bool is_integer(double number) {
    return number >= -9223372036854775808.0 && number < 9223372036854775808.0 && number == trunc(number);
}

static void write_double(buffer *to, double number) {
    // Whole numbers go as such, others as the shorter float where that has all of them.
    if (is_integer(number)) return write_integer(to, (int64_t)number);
    float narrow = (float)number;
    if (number == (double)narrow) {
        uint32_t bits;
        memcpy(&bits, &narrow, sizeof bits);
        write_number(to, 0xCA, bits, 4);
    } else {
        uint64_t bits;
        memcpy(&bits, &number, sizeof bits);
        write_number(to, 0xCB, bits, 8);
    }
}

static void write_count(buffer *to, size_t count, unsigned char few, unsigned char many) {
    if (count <= 15) buffer_byte(to, (char)(few | count));
    else if (count <= 0xFFFF) write_number(to, many, count, 2);
    else write_number(to, many + 1, count, 4);
}

static void write_value(lua_State *L, buffer *to, int level);

/// Whether the keys of the table on the top are the numbers from 1 to their count.
static bool is_array(lua_State *L) {
    double largest = 0;
    double count = 0;
    lua.needstack(L, 2, "in function table_is_an_array");
    lua.pushnil(L);
    while (lua.next(L, -2)) {
        lua_drop(L, 1);
        double key = lua.type(L, -1) == LUA_TNUMBER ? lua.tonumber(L, -1) : 0;
        if (key <= 0 || key != trunc(key) || key > INT_MAX) {
            lua_drop(L, 1);
            return false;
        }
        if (key > largest) largest = key;
        count++;
    }
    return largest == count;
}

static void write_array(lua_State *L, buffer *to, int level) {
    size_t count = lua.objlen(L, -1);
    write_count(to, count, 0x90, 0xDC);
    lua.needstack(L, 1, "in function mp_encode_lua_table_as_array");
    for (size_t index = 1; index <= count; index++) {
        size_t written = to->count;
        lua.pushnumber(L, (double)index);
        lua.gettable(L, -2);
        // Whatever a metamethod has left there.
        to->count = written;
        write_value(L, to, level + 1);
    }
}

static void write_map(lua_State *L, buffer *to, int level) {
    size_t count = 0;
    lua.needstack(L, 3, "in function mp_encode_lua_table_as_map");
    lua.pushnil(L);
    while (lua.next(L, -2)) {
        lua_drop(L, 1);
        count++;
    }
    write_count(to, count, 0x80, 0xDE);
    lua.pushnil(L);
    while (lua.next(L, -2)) {
        lua.pushvalue(L, -2);
        write_value(L, to, level + 1);
        write_value(L, to, level + 1);
    }
}

/// Writes the value on the top, and takes it.
static void write_value(lua_State *L, buffer *to, int level) {
    int type = lua.type(L, -1);
    if (type == LUA_TTABLE && level == deepest) type = LUA_TNIL;
    switch (type) {
        case LUA_TSTRING: {
            size_t length;
            const char *text = lua.tolstring(L, -1, &length);
            write_string(to, text, length);
            break;
        }
        case LUA_TBOOLEAN: buffer_byte(to, (char)(lua.toboolean(L, -1) ? 0xC3 : 0xC2)); break;
        case LUA_TNUMBER: write_double(to, lua.tonumber(L, -1)); break;
        case LUA_TTABLE:
            sandbox_unwrap(L, -1);
            if (is_array(L)) write_array(L, to, level);
            else write_map(L, to, level);
            break;
        default: buffer_byte(to, (char)0xC0);
    }
    lua_drop(L, 1);
}

static int pack(lua_State *L) {
    int count = lua.gettop(L);
    if (count == 0) return lua.argerror(L, 0, "MessagePack pack needs input.");
    if (!lua.checkstack(L, 1)) return lua.argerror(L, 0, "Too many arguments for MessagePack pack.");
    buffer *to = &clua_of(L)->scratch;
    size_t start = to->count;
    for (int index = 1; index <= count; index++) {
        lua.needstack(L, 1, "in function mp_check");
        lua.pushvalue(L, index);
        write_value(L, to, 0);
    }
    lua.pushlstring(L, to->bytes + start, to->count - start);
    to->count = start;
    return 1;
}

// MARK: Unpacking

typedef enum failure { none, missing_bytes, bad_format } failure;

typedef struct cursor {
    const unsigned char *next;
    size_t left;
    failure failure;
} cursor;

/// The next so many bytes; NULL, with a failure, where there are fewer.
static const unsigned char *take(cursor *from, size_t count) {
    if (from->left < count) {
        from->failure = missing_bytes;
        return NULL;
    }
    const unsigned char *bytes = from->next;
    from->next += count;
    from->left -= count;
    return bytes;
}

/// A number of so many bytes behind the mark.
static bool take_number(cursor *from, int size, uint64_t *value) {
    const unsigned char *bytes = take(from, (size_t)size);
    if (bytes == NULL) return false;
    *value = 0;
    for (int index = 0; index < size; index++) *value = *value << 8 | bytes[index];
    return true;
}

static void read_value(lua_State *L, cursor *from);

static void read_unsigned(lua_State *L, cursor *from, int size) {
    uint64_t value;
    if (take_number(from, size, &value)) lua.pushnumber(L, (double)value);
}

static void read_signed(lua_State *L, cursor *from, int size) {
    uint64_t value;
    if (!take_number(from, size, &value)) return;
    int unused = 64 - size * 8;
    lua.pushnumber(L, (double)((int64_t)(value << unused) >> unused));
}

static void read_float(lua_State *L, cursor *from) {
    uint64_t value;
    if (!take_number(from, 4, &value)) return;
    uint32_t bits = (uint32_t)value;
    float number;
    memcpy(&number, &bits, sizeof number);
    lua.pushnumber(L, number);
}

static void read_double(lua_State *L, cursor *from) {
    uint64_t value;
    if (!take_number(from, 8, &value)) return;
    double number;
    memcpy(&number, &value, sizeof number);
    lua.pushnumber(L, number);
}

static void read_bytes(lua_State *L, cursor *from, size_t length) {
    const unsigned char *bytes = take(from, length);
    if (bytes != NULL) lua.pushlstring(L, (const char *)bytes, length);
}

static void read_string(lua_State *L, cursor *from, int size) {
    uint64_t length;
    if (take_number(from, size, &length)) read_bytes(L, from, length);
}

static void read_elements(lua_State *L, cursor *from, size_t count) {
    lua.createtable(L, 0, 0);
    lua.needstack(L, 1, "in function mp_decode_to_lua_array");
    for (size_t index = 1; index <= count; index++) {
        lua.pushnumber(L, (double)index);
        read_value(L, from);
        if (from->failure != none) return;
        lua.settable(L, -3);
    }
}

static void read_pairs(lua_State *L, cursor *from, size_t count) {
    lua.createtable(L, 0, 0);
    while (count-- > 0) {
        read_value(L, from);
        if (from->failure != none) return;
        read_value(L, from);
        if (from->failure != none) return;
        lua.settable(L, -3);
    }
}

static void read_array(lua_State *L, cursor *from, int size) {
    uint64_t count;
    if (take_number(from, size, &count)) read_elements(L, from, count);
}

static void read_map(lua_State *L, cursor *from, int size) {
    uint64_t count;
    if (take_number(from, size, &count)) read_pairs(L, from, count);
}

/// Pushes the next value; nothing where there is a failure.
static void read_value(lua_State *L, cursor *from) {
    const unsigned char *start = take(from, 1);
    if (start == NULL) return;
    lua.needstack(
        L, 1, "too many return values at once; use unpack_one or unpack_limit instead.");
    unsigned char mark = *start;
    switch (mark) {
        case 0xC0: lua.pushnil(L); return;
        case 0xC2: lua.pushboolean(L, 0); return;
        case 0xC3: lua.pushboolean(L, 1); return;
        case 0xCA: return read_float(L, from);
        case 0xCB: return read_double(L, from);
        case 0xCC: return read_unsigned(L, from, 1);
        case 0xCD: return read_unsigned(L, from, 2);
        case 0xCE: return read_unsigned(L, from, 4);
        case 0xCF: return read_unsigned(L, from, 8);
        case 0xD0: return read_signed(L, from, 1);
        case 0xD1: return read_signed(L, from, 2);
        case 0xD2: return read_signed(L, from, 4);
        case 0xD3: return read_signed(L, from, 8);
        case 0xD9: return read_string(L, from, 1);
        case 0xDA: return read_string(L, from, 2);
        case 0xDB: return read_string(L, from, 4);
        case 0xDC: return read_array(L, from, 2);
        case 0xDD: return read_array(L, from, 4);
        case 0xDE: return read_map(L, from, 2);
        case 0xDF: return read_map(L, from, 4);
    }
    if (mark < 0x80) return lua.pushnumber(L, mark);
    if (mark >= 0xE0) return lua.pushnumber(L, (signed char)mark);
    if ((mark & 0xE0) == 0xA0) return read_bytes(L, from, mark & 0x1F);
    if ((mark & 0xF0) == 0x90) return read_elements(L, from, mark & 0x0F);
    if ((mark & 0xF0) == 0x80) return read_pairs(L, from, mark & 0x0F);
    from->failure = bad_format;
}

/// Unpacks up to a limit from an offset; all where both are 0.
static int unpack_some(lua_State *L, ptrdiff_t limit, ptrdiff_t offset) {
    bool takes_all = limit == 0 && offset == 0;
    size_t length;
    const char *bytes = lua.checklstring(L, 1, &length);
    if (offset < 0 || limit < 0) {
        return lua.fail(
            L, "Invalid request to unpack with offset of %d and limit of %d.", (int)offset, (int)length);
    }
    if ((size_t)offset > length) {
        return lua.fail(
            L, "Start offset %d greater than input length %d.", (int)offset, (int)length);
    }
    cursor from = {(const unsigned char *)bytes + offset, length - (size_t)offset, none};
    int count = 0;
    while (from.left > 0 && (takes_all || count < limit)) {
        read_value(L, &from);
        if (from.failure == missing_bytes) return lua.fail(L, "Missing bytes in input.");
        if (from.failure == bad_format) return lua.fail(L, "Bad data format in input.");
        count++;
    }
    if (takes_all) return count;
    lua.needstack(L, 1, "in function mp_unpack_full");
    lua.pushinteger(L, from.left == 0 ? -1 : (ptrdiff_t)(length - from.left));
    lua.insert(L, 2);
    return count + 1;
}

static int unpack(lua_State *L) { return unpack_some(L, 0, 0); }

static int unpack_one(lua_State *L) {
    ptrdiff_t offset = lua.optinteger(L, 2, 0);
    lua.settop(L, 1);
    return unpack_some(L, 1, offset);
}

static int unpack_limit(lua_State *L) {
    ptrdiff_t limit = lua.checkinteger(L, 2);
    ptrdiff_t offset = lua.optinteger(L, 3, 0);
    lua.settop(L, 1);
    return unpack_some(L, limit, offset);
}

void msgpack_open(lua_State *L) {
    static const lua_function functions[] = {
        {"pack", pack}, {"unpack", unpack}, {"unpack_one", unpack_one}, {"unpack_limit", unpack_limit},
    };
    static const char *const facts[][2] = {
        {"_NAME", "cmsgpack"},
        {"_VERSION", "lua-cmsgpack 0.4.0"},
        {"_COPYRIGHT", "Copyright (C) 2012, Salvatore Sanfilippo"},
        {"_DESCRIPTION", "MessagePack C implementation for Lua"},
    };
    lua.createtable(L, 0, COUNT(functions) + COUNT(facts));
    lua_add_functions(L, functions, COUNT(functions));
    for (size_t index = 0; index < COUNT(facts); index++) {
        lua.pushstring(L, facts[index][1]);
        lua.setfield(L, -2, facts[index][0]);
    }
}
