#include "interpreter.h"

#include <ctype.h>
#include <limits.h>

// struct: values as bytes laid out by a format, as the library of that name by R. Ierusalimschy has it.

enum { longest_integer = 32, default_alignment = 8 };

typedef struct layout {
    bool is_little;
    size_t alignment;
} layout;

static layout native_layout(void) { return (layout){.is_little = true, .alignment = 1}; }

/// Reads a number of a format; a default where there is none.
static int take_number(lua_State *L, const char **format, int otherwise) {
    if (!isdigit((unsigned char)**format)) return otherwise;
    int number = 0;
    while (isdigit((unsigned char)**format)) {
        int digit = *(*format)++ - '0';
        if (number > INT_MAX / 10 || number * 10 > INT_MAX - digit) lua.fail(L, "integral size overflow");
        number = number * 10 + digit;
    }
    return number;
}

/// Bytes of what an option stands for; 0 for those that have no size of their own.
static size_t size_of(lua_State *L, char option, const char **format) {
    switch (option) {
        case 'B': case 'b': case 'x': return 1;
        case 'H': case 'h': return sizeof(short);
        case 'L': case 'l': return sizeof(long);
        case 'T': return sizeof(size_t);
        case 'f': return sizeof(float);
        case 'd': return sizeof(double);
        case 'c': return (size_t)take_number(L, format, 1);
        case 'i': case 'I': {
            int size = take_number(L, format, sizeof(int));
            if (size > longest_integer) {
                lua.fail(L, "integral size %d is larger than limit of %d", size, longest_integer);
            }
            return (size_t)size;
        }
        default: return 0;
    }
}

/// Bytes in front of a value, so that its place is a multiple of its size.
static size_t padding(size_t position, layout layout, char option, size_t size) {
    if (size == 0 || option == 'c') return 0;
    if (size > layout.alignment) size = layout.alignment;
    return (size - (position & (size - 1))) & (size - 1);
}

/// An option that is about the layout.
static void control(lua_State *L, char option, const char **format, layout *layout) {
    switch (option) {
        case ' ': return;
        case '>': layout->is_little = false; return;
        case '<': layout->is_little = true; return;
        case '!': {
            int alignment = take_number(L, format, default_alignment);
            if (alignment <= 0 || (alignment & (alignment - 1)) != 0) {
                lua.fail(L, "alignment %d is not a power of 2", alignment);
            }
            layout->alignment = (size_t)alignment;
            return;
        }
        default: lua.argerror(L, 1, lua.pushfstring(L, "invalid format option '%c'", option));
    }
}

/// A number as a whole one. What is too great becomes what it is to the processors of most servers.
static uint64_t whole(double number) {
    if (number < -9223372036854775808.0) return (uint64_t)1 << 63;
    if (number < 0) return (uint64_t)(int64_t)number;
    return number < 18446744073709551616.0 ? (uint64_t)number : 0;
}

static void write_integer(lua_State *L, buffer *to, int argument, layout layout, size_t size) {
    uint64_t value = whole(lua.checknumber(L, argument));
    char *bytes = buffer_reserve(to, size);
    for (size_t index = 0; index < size; index++) {
        bytes[layout.is_little ? index : size - 1 - index] = (char)(value & 0xFF);
        value >>= 8;
    }
    to->count += size;
}

/// Bytes in the order of a layout; this machine's is the little one.
static void write_ordered(buffer *to, const void *bytes, size_t size, bool is_little) {
    const char *from = bytes;
    for (size_t index = 0; index < size; index++) buffer_byte(to, from[is_little ? index : size - 1 - index]);
}

static void read_ordered(const char *from, void *bytes, size_t size, bool is_little) {
    char *to = bytes;
    for (size_t index = 0; index < size; index++) to[is_little ? index : size - 1 - index] = from[index];
}

static int pack(lua_State *L) {
    buffer *to = &clua_of(L)->scratch;
    size_t start = to->count;
    const char *format = lua.checklstring(L, 1, NULL);
    layout layout = native_layout();
    int argument = 2;
    // The first argument that is missing is nil, others are nothing.
    lua.pushnil(L);
    while (*format != 0) {
        char option = *format++;
        size_t size = size_of(L, option, &format);
        for (size_t rest = padding(to->count - start, layout, option, size); rest > 0; rest--) buffer_byte(to, 0);
        switch (option) {
            case 'b': case 'B': case 'h': case 'H': case 'l': case 'L': case 'T': case 'i': case 'I':
                write_integer(L, to, argument++, layout, size);
                break;
            case 'x': buffer_byte(to, 0); break;
            case 'f': {
                float number = (float)lua.checknumber(L, argument++);
                write_ordered(to, &number, sizeof number, layout.is_little);
                break;
            }
            case 'd': {
                double number = lua.checknumber(L, argument++);
                write_ordered(to, &number, sizeof number, layout.is_little);
                break;
            }
            case 'c': case 's': {
                size_t length;
                const char *text = lua.checklstring(L, argument++, &length);
                if (size == 0) size = length;
                lua_argcheck(L, length >= size, argument, "string too short");
                buffer_append(to, text, size);
                if (option == 's') buffer_byte(to, 0);
                break;
            }
            default: control(L, option, &format, &layout);
        }
    }
    lua.pushlstring(L, to->bytes == NULL ? "" : to->bytes + start, to->count - start);
    to->count = start;
    return 1;
}

static double read_integer(const char *bytes, layout layout, bool is_signed, size_t size) {
    uint64_t value = 0;
    for (size_t index = 0; index < size; index++) {
        value = value << 8 | (unsigned char)bytes[layout.is_little ? size - 1 - index : index];
    }
    if (!is_signed) return (double)value;
    uint64_t sign = ~(uint64_t)0 << ((size * 8 - 1) & 63);
    return (double)(int64_t)(value & sign ? value | sign : value);
}

static int unpack(lua_State *L) {
    const char *format = lua.checklstring(L, 1, NULL);
    size_t length;
    const char *data = lua.checklstring(L, 2, &length);
    size_t position = (size_t)lua.optinteger(L, 3, 1);
    lua_argcheck(L, position > 0, 3, "offset must be 1 or greater");
    position--;
    layout layout = native_layout();
    int results = 0;
    while (*format != 0) {
        char option = *format++;
        size_t size = size_of(L, option, &format);
        position += padding(position, layout, option, size);
        lua_argcheck(L, size <= length && position <= length - size, 2, "data string too short");
        lua.needstack(L, 2, "too many results");
        switch (option) {
            case 'b': case 'B': case 'h': case 'H': case 'l': case 'L': case 'T': case 'i': case 'I':
                lua.pushnumber(L, read_integer(data + position, layout, islower(option), size));
                results++;
                break;
            case 'x': break;
            case 'f': {
                float number;
                read_ordered(data + position, &number, sizeof number, layout.is_little);
                lua.pushnumber(L, number);
                results++;
                break;
            }
            case 'd': {
                double number;
                read_ordered(data + position, &number, sizeof number, layout.is_little);
                lua.pushnumber(L, number);
                results++;
                break;
            }
            case 'c':
                if (size == 0) {
                    if (results == 0 || !lua.isnumber(L, -1)) {
                        lua.fail(L, "format 'c0' needs a previous size");
                    }
                    size = (size_t)whole(lua.tonumber(L, -1));
                    lua_drop(L, 1);
                    results--;
                    lua_argcheck(
                        L, size <= length && position <= length - size, 2, "data string too short");
                }
                lua.pushlstring(L, data + position, size);
                results++;
                break;
            case 's': {
                const char *end = memchr(data + position, 0, length - position);
                if (end == NULL) lua.fail(L, "unfinished string in data");
                size = (size_t)(end - (data + position)) + 1;
                lua.pushlstring(L, data + position, size - 1);
                results++;
                break;
            }
            default: control(L, option, &format, &layout);
        }
        position += size;
    }
    lua.pushinteger(L, (ptrdiff_t)position + 1);
    return results + 1;
}

static int size(lua_State *L) {
    const char *format = lua.checklstring(L, 1, NULL);
    layout layout = native_layout();
    size_t position = 0;
    while (*format != 0) {
        char option = *format++;
        size_t size = size_of(L, option, &format);
        position += padding(position, layout, option, size);
        if (option == 's') {
            lua.argerror(L, 1, "option 's' has no fixed size");
        } else if (option == 'c' && size == 0) {
            lua.argerror(L, 1, "option 'c0' has no fixed size");
        }
        if (!isalnum((unsigned char)option)) control(L, option, &format, &layout);
        position += size;
    }
    lua.pushinteger(L, (ptrdiff_t)position);
    return 1;
}

void structs_open(lua_State *L) {
    static const lua_function functions[] = {{"pack", pack}, {"unpack", unpack}, {"size", size}};
    lua.createtable(L, 0, COUNT(functions));
    lua_add_functions(L, functions, COUNT(functions));
}
