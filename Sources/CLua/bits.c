#include "interpreter.h"

// bit: operations on numbers of 32 bits, as those of Lua BitOp.

static uint32_t bits(lua_State *L, int index) {
    double number = lua.tonumber(L, index);
    if (number == 0 && !lua.isnumber(L, index)) lua.typerror(L, index, "number");
    // Adding 2^52 + 2^51 rounds to a whole number, whose lowest 32 bits are then the lowest of the double.
    union {
        double number;
        uint64_t bits;
    } rounded = {.number = number + 6755399441055744.0};
    return (uint32_t)rounded.bits;
}

static int answer(lua_State *L, uint32_t value) {
    lua.pushnumber(L, (int32_t)value);
    return 1;
}

static int tobit(lua_State *L) { return answer(L, bits(L, 1)); }

static int bnot(lua_State *L) { return answer(L, ~bits(L, 1)); }

static int band(lua_State *L) {
    uint32_t value = bits(L, 1);
    for (int index = lua.gettop(L); index > 1; index--) value &= bits(L, index);
    return answer(L, value);
}

static int bor(lua_State *L) {
    uint32_t value = bits(L, 1);
    for (int index = lua.gettop(L); index > 1; index--) value |= bits(L, index);
    return answer(L, value);
}

static int bxor(lua_State *L) {
    uint32_t value = bits(L, 1);
    for (int index = lua.gettop(L); index > 1; index--) value ^= bits(L, index);
    return answer(L, value);
}

static unsigned distance(lua_State *L) { return bits(L, 2) & 31; }

static int lshift(lua_State *L) {
    uint32_t value = bits(L, 1);
    return answer(L, value << distance(L));
}

static int rshift(lua_State *L) {
    uint32_t value = bits(L, 1);
    return answer(L, value >> distance(L));
}

static int arshift(lua_State *L) {
    uint32_t value = bits(L, 1);
    return answer(L, (uint32_t)((int32_t)value >> distance(L)));
}

static uint32_t rotated(uint32_t value, unsigned left) {
    return left == 0 ? value : value << left | value >> (32 - left);
}

static int rol(lua_State *L) {
    uint32_t value = bits(L, 1);
    return answer(L, rotated(value, distance(L)));
}

static int ror(lua_State *L) {
    uint32_t value = bits(L, 1);
    return answer(L, rotated(value, (32 - distance(L)) & 31));
}

static int bswap(lua_State *L) { return answer(L, __builtin_bswap32(bits(L, 1))); }

static int tohex(lua_State *L) {
    uint32_t value = bits(L, 1);
    int32_t count = lua.type(L, 2) == LUA_TNONE ? 8 : (int32_t)bits(L, 2);
    const char *digits = "0123456789abcdef";
    if (count < 0) {
        // The most negative number has no positive one.
        count = count == INT32_MIN ? 8 : -count;
        digits = "0123456789ABCDEF";
    }
    if (count > 8) count = 8;
    char text[8];
    for (int index = count - 1; index >= 0; index--) {
        text[index] = digits[value & 15];
        value >>= 4;
    }
    lua.pushlstring(L, text, (size_t)count);
    return 1;
}

void bits_open(lua_State *L) {
    static const lua_function functions[] = {
        {"tobit", tobit},   {"bnot", bnot},     {"band", band},       {"bor", bor},
        {"bxor", bxor},     {"lshift", lshift}, {"rshift", rshift},   {"arshift", arshift},
        {"rol", rol},       {"ror", ror},       {"bswap", bswap},     {"tohex", tohex},
    };
    lua.createtable(L, 0, COUNT(functions));
    lua_add_functions(L, functions, COUNT(functions));
}
