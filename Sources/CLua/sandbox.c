#include "interpreter.h"

#include <math.h>

// What scripts may do, and what not. Redis has a Lua whose tables can be made readonly. With any other, an empty table
// stands in front of a protected one: reading goes through it, writing is refused, and what looks at tables without
// their metatables (next, rawget, table.insert) is replaced by what knows of it.

static char behind;
static char globals;
static char library_globals;

static const char readonly[] = "Attempt to modify a readonly table";

static void push_kept(lua_State *L, char *key) {
    lua.pushlightuserdata(L, key);
    lua.rawget(L, LUA_REGISTRYINDEX);
}

/// Keeps the value on the top, and takes it.
static void keep(lua_State *L, char *key) {
    lua.pushlightuserdata(L, key);
    lua.insert(L, -2);
    lua.rawset(L, LUA_REGISTRYINDEX);
}

// MARK: Protected tables

bool sandbox_unwrap(lua_State *L, int index) {
    if (lua.type(L, index) != LUA_TTABLE || !lua.getmetatable(L, index)) return false;
    lua.pushlightuserdata(L, &behind);
    lua.rawget(L, -2);
    lua.removevalue(L, -2);
    if (lua.type(L, -1) != LUA_TTABLE) {
        lua_drop(L, 1);
        return false;
    }
    lua.replace(L, index < 0 ? index - 1 : index);
    return true;
}

static bool is_protected(lua_State *L, int index) {
    lua.pushvalue(L, index);
    bool is_protected = sandbox_unwrap(L, -1);
    lua_drop(L, 1);
    return is_protected;
}

static int refuse_assignment(lua_State *L) { return lua.fail(L, readonly); }

/// Raises an error, without a place as C functions do, where a table is protected.
static void require_changeable(lua_State *L, int index) {
    if (lua.type(L, index) != LUA_TTABLE || !is_protected(L, index)) return;
    lua.pushstring(L, readonly);
    lua.raise(L);
}

void sandbox_protect(lua_State *L) {
    lua.createtable(L, 0, 0);
    lua.createtable(L, 0, 3);
    lua.pushvalue(L, -3);
    lua.setfield(L, -2, "__index");
    lua.pushcclosure(L, refuse_assignment, 0);
    lua.setfield(L, -2, "__newindex");
    lua.pushlightuserdata(L, &behind);
    lua.pushvalue(L, -4);
    lua.rawset(L, -3);
    lua.setmetatable(L, -2);
    lua.removevalue(L, -2);
}

static int missing(lua_State *L) {
    if (lua.gettop(L) != 2) lua.fail(L, "Wrong number of arguments to luaProtectedTableError");
    if (!lua.isstring(L, -1)) {
        lua.fail(L, "Second argument to luaProtectedTableError must be a string or number");
    }
    return lua.fail(
        L, "Script attempted to access nonexistent global variable '%s'", lua.tolstring(L, -1, NULL));
}

void sandbox_forbid_missing(lua_State *L) {
    lua.createtable(L, 0, 1);
    lua.pushcclosure(L, missing, 0);
    lua.setfield(L, -2, "__index");
    lua.setmetatable(L, -2);
}

void sandbox_push_globals(lua_State *L) { push_kept(L, &globals); }

void sandbox_use_library_globals(lua_State *L, bool is_loading) {
    lua.getmetatable(L, LUA_GLOBALSINDEX);
    push_kept(L, is_loading ? &library_globals : &globals);
    lua.setfield(L, -2, "__index");
    lua_drop(L, 1);
}

// MARK: Functions of the base library

static int base_next(lua_State *L) {
    lua.checktype(L, 1, LUA_TTABLE);
    lua.settop(L, 2);
    sandbox_unwrap(L, 1);
    if (lua.next(L, 1)) return 2;
    lua.pushnil(L);
    return 1;
}

static int base_pairs(lua_State *L) {
    lua.checktype(L, 1, LUA_TTABLE);
    lua.pushvalue(L, lua_upvalue(1));
    lua.pushvalue(L, 1);
    lua.pushnil(L);
    return 3;
}

static int base_rawget(lua_State *L) {
    lua.checktype(L, 1, LUA_TTABLE);
    lua.checkany(L, 2);
    lua.settop(L, 2);
    sandbox_unwrap(L, 1);
    lua.rawget(L, 1);
    return 1;
}

static int base_rawset(lua_State *L) {
    lua.checktype(L, 1, LUA_TTABLE);
    lua.checkany(L, 2);
    lua.checkany(L, 3);
    lua.settop(L, 3);
    require_changeable(L, 1);
    lua.rawset(L, 1);
    return 1;
}

/// A metatable, in front of it what protects it where its table is protected.
static int base_getmetatable(lua_State *L) {
    lua.checkany(L, 1);
    lua.settop(L, 1);
    bool is_protected = sandbox_unwrap(L, 1);
    if (!lua.getmetatable(L, 1)) {
        lua.pushnil(L);
        return 1;
    }
    lua.pushstring(L, "__metatable");
    lua.rawget(L, -2);
    if (lua.type(L, -1) != LUA_TNIL) return 1;
    lua_drop(L, 1);
    // That of strings is shared by all scripts.
    if (is_protected || lua.type(L, 1) != LUA_TTABLE) sandbox_protect(L);
    return 1;
}

static int base_setmetatable(lua_State *L) {
    require_changeable(L, 1);
    return lua.tocfunction(L, lua_upvalue(1))(L);
}

int sandbox_compile(lua_State *L, const char *text, size_t length, const char *name) {
    if (length == 0 || text[0] != 27) return lua.loadbuffer(L, text, length, name);
    // Behind a blank it is no compiled code any more.
    lua.pushstring(L, " ");
    lua.pushlstring(L, text, length);
    lua.concat(L, 2);
    size_t count;
    const char *source = lua.tolstring(L, -1, &count);
    int status = lua.loadbuffer(L, source, count, name);
    lua.removevalue(L, -2);
    return status;
}

static int compiled(lua_State *L, int status) {
    if (status == 0) return 1;
    lua.pushnil(L);
    lua.insert(L, -2);
    return 2;
}

static int base_loadstring(lua_State *L) {
    size_t length;
    const char *text = lua.checklstring(L, 1, &length);
    const char *name = lua.optlstring(L, 2, text, NULL);
    return compiled(L, sandbox_compile(L, text, length, name));
}

/// Puts the parts together that a function gives; nothing where one is no string.
static int collect(lua_State *L) {
    lua.pushstring(L, "");
    while (true) {
        lua.pushvalue(L, 1);
        lua.call(L, 0, 1);
        if (lua.type(L, -1) == LUA_TNIL) break;
        if (!lua.isstring(L, -1)) return 0;
        if (lua.objlen(L, -1) == 0) break;
        lua.concat(L, 2);
    }
    lua_drop(L, 1);
    return 1;
}

/// Pushes the error of a part that is no string, with the place of whoever loads it.
static void push_unreadable(lua_State *L) {
    lua_Debug place;
    const char *message = "reader function must return a string";
    if (lua.getstack(L, 1, &place) && lua.getinfo(L, "Sl", &place) && place.currentline > 0) {
        message = lua.pushfstring(L, "%s:%d: %s", place.short_src, place.currentline, message);
    }
    redis_push_message(L, message);
}

static int base_load(lua_State *L) {
    lua.checktype(L, 1, LUA_TFUNCTION);
    const char *name = lua.optlstring(L, 2, "=(load)", NULL);
    lua.settop(L, 2);
    lua.pushcclosure(L, sandbox_handler, 0);
    lua.pushcclosure(L, collect, 0);
    lua.pushvalue(L, 1);
    int status = lua.pcall(L, 1, 1, 3);
    if (status != 0) return compiled(L, status);
    size_t length;
    const char *text = lua.tolstring(L, -1, &length);
    if (text == NULL) {
        push_unreadable(L);
        return compiled(L, 1);
    }
    return compiled(L, sandbox_compile(L, text, length, name));
}

/// Errors of commands are tables; scripts that were written before that expect text.
static int base_pcall(lua_State *L) {
    lua.checkany(L, 1);
    if (lua.pcall(L, lua.gettop(L) - 1, LUA_MULTRET, 0) == 0) {
        lua.pushboolean(L, 1);
        lua.insert(L, 1);
        return lua.gettop(L);
    }
    if (lua.type(L, -1) == LUA_TTABLE) {
        lua.getfield(L, -1, "err");
        if (lua.isstring(L, -1)) lua.replace(L, -2);
    }
    lua.pushboolean(L, 0);
    lua.insert(L, 1);
    return lua.gettop(L);
}

// MARK: table

/// Calls the function that was there, unless the table is protected.
static int change_table(lua_State *L) {
    require_changeable(L, 1);
    return lua.tocfunction(L, lua_upvalue(1))(L);
}

/// Calls it with the table behind.
static int read_table(lua_State *L) {
    sandbox_unwrap(L, 1);
    return lua.tocfunction(L, lua_upvalue(1))(L);
}

/// Replaces a function of the table on the top by one that has it as its upvalue.
static void guard(lua_State *L, const char *name, lua_CFunction function) {
    lua.getfield(L, -1, name);
    lua.pushcclosure(L, function, 1);
    lua.setfield(L, -2, name);
}

// MARK: math

static uint64_t next_random(clua *interpreter) {
    interpreter->random = (interpreter->random * 0x5DEECE66DULL + 0xB) & 0xFFFFFFFFFFFFULL;
    return interpreter->random >> 17;
}

static int math_random(lua_State *L) {
    clua *interpreter = clua_of(L);
    if (interpreter->context == NULL) {
        return lua.fail(L, "math.random can only be called inside a script invocation");
    }
    double number = (double)(next_random(interpreter) % 0x7FFFFFFF) / (double)0x7FFFFFFF;
    switch (lua.gettop(L)) {
        case 0: lua.pushnumber(L, number); break;
        case 1: {
            int most = (int)lua.checkinteger(L, 1);
            lua_argcheck(L, 1 <= most, 1, "interval is empty");
            lua.pushnumber(L, floor(number * most) + 1);
            break;
        }
        case 2: {
            int least = (int)lua.checkinteger(L, 1);
            int most = (int)lua.checkinteger(L, 2);
            lua_argcheck(L, least <= most, 2, "interval is empty");
            int width = (int)((unsigned)most - (unsigned)least + 1);
            lua.pushnumber(L, floor(number * width) + least);
            break;
        }
        default: return lua.fail(L, "wrong number of arguments");
    }
    return 1;
}

static int math_randomseed(lua_State *L) {
    clua *interpreter = clua_of(L);
    if (interpreter->context == NULL) {
        return lua.fail(L, "math.randomseed can only be called inside a script invocation");
    }
    uint32_t seed = (uint32_t)lua.checkinteger(L, 1);
    interpreter->random = (uint64_t)seed << 16 | 0x330E;
    return 0;
}

// MARK: Errors

int sandbox_handler(lua_State *L) {
    lua_Debug place;
    bool is_known = lua.getstack(L, 1, &place) && lua.getinfo(L, "nSl", &place);
    // An error of a C function is one of whoever called it.
    if (is_known && strcmp(place.what, "C") == 0) {
        is_known = lua.getstack(L, 2, &place) && lua.getinfo(L, "nSl", &place);
    }
    if (lua.type(L, 1) != LUA_TTABLE) {
        push_kept(L, &globals);
        lua.getfield(L, -1, "tostring");
        lua.removevalue(L, -2);
        lua.pushvalue(L, 1);
        lua.call(L, 1, 1);
        lua.createtable(L, 0, 3);
        lua.pushstring(L, "ERR ");
        lua.pushvalue(L, -3);
        lua.concat(L, 2);
        lua.setfield(L, -2, "err");
        lua.replace(L, 1);
        lua.settop(L, 1);
    }
    if (!is_known) return 1;
    lua.pushstring(L, place.source);
    lua.setfield(L, 1, "source");
    lua.pushinteger(L, place.currentline);
    lua.setfield(L, 1, "line");
    lua.settop(L, 1);
    return 1;
}

// MARK: Opening

static void open_library(lua_State *L, lua_CFunction open, const char *name) {
    lua.pushcclosure(L, open, 0);
    lua.pushstring(L, name);
    lua.call(L, 1, 0);
}

static void set(lua_State *L, const char *name) { lua.setfield(L, LUA_GLOBALSINDEX, name); }

static void remove_global(lua_State *L, const char *name) {
    lua.pushnil(L);
    set(L, name);
}

static void replace_base(lua_State *L) {
    static const lua_function functions[] = {
        {"next", base_next},       {"rawget", base_rawget},         {"rawset", base_rawset},
        {"load", base_load},       {"getmetatable", base_getmetatable}, {"pcall", base_pcall},
        {"loadstring", base_loadstring},
    };
    for (size_t index = 0; index < COUNT(functions); index++) {
        lua.pushcclosure(L, functions[index].function, 0);
        set(L, functions[index].name);
    }
    lua.getfield(L, LUA_GLOBALSINDEX, "next");
    lua.pushcclosure(L, base_pairs, 1);
    set(L, "pairs");
    lua.getfield(L, LUA_GLOBALSINDEX, "setmetatable");
    lua.pushcclosure(L, base_setmetatable, 1);
    set(L, "setmetatable");
    static const char *const unwanted[] = {
        "dofile", "loadfile", "print", "require", "module", "package", "getfenv", "setfenv", "newproxy",
    };
    for (size_t index = 0; index < COUNT(unwanted); index++) remove_global(L, unwanted[index]);
}

static void replace_in_libraries(lua_State *L) {
    lua.getfield(L, LUA_GLOBALSINDEX, "table");
    guard(L, "insert", change_table);
    guard(L, "foreach", read_table);
    guard(L, "maxn", read_table);
    lua_drop(L, 1);
    lua.getfield(L, LUA_GLOBALSINDEX, "math");
    lua.pushcclosure(L, math_random, 0);
    lua.setfield(L, -2, "random");
    lua.pushcclosure(L, math_randomseed, 0);
    lua.setfield(L, -2, "randomseed");
    lua_drop(L, 1);
}

/// Protects every table that is a global.
static void protect_globals(lua_State *L) {
    static const char *const names[] = {
        "string", "table", "math", "coroutine", "redis", "cjson", "cmsgpack", "struct", "bit",
    };
    for (size_t index = 0; index < COUNT(names); index++) {
        lua.getfield(L, LUA_GLOBALSINDEX, names[index]);
        sandbox_protect(L);
        set(L, names[index]);
    }
    // Methods of strings come from the protected table.
    lua.pushstring(L, "");
    lua.getmetatable(L, -1);
    lua.getfield(L, LUA_GLOBALSINDEX, "string");
    lua.setfield(L, -2, "__index");
    lua_drop(L, 2);
}

void sandbox_open(clua *interpreter, const char *version, int version_number) {
    lua_State *L = interpreter->state;
    open_library(L, lua.open_base, "");
    open_library(L, lua.open_table, "table");
    open_library(L, lua.open_string, "string");
    open_library(L, lua.open_math, "math");
    replace_base(L);
    replace_in_libraries(L);
    json_open(L);
    set(L, "cjson");
    msgpack_open(L);
    set(L, "cmsgpack");
    structs_open(L);
    set(L, "struct");
    bits_open(L);
    set(L, "bit");
    redis_open(L, version, version_number);
    set(L, "redis");
    if (interpreter->kind == clua_scripts) {
        lua.pushcclosure(L, sandbox_handler, 0);
        set(L, "__redis__err__handler");
    }
    protect_globals(L);
    lua.pushvalue(L, LUA_GLOBALSINDEX);
    sandbox_forbid_missing(L);
    lua.pushvalue(L, -1);
    keep(L, &globals);
    lua.pushvalue(L, -1);
    sandbox_protect(L);
    lua.pushvalue(L, -1);
    lua.setfield(L, -3, "_G");
    lua.replace(L, LUA_GLOBALSINDEX);
    lua_drop(L, 1);
    if (interpreter->kind != clua_functions) return;
    lua.createtable(L, 0, 1);
    redis_open_for_libraries(L, version, version_number);
    sandbox_forbid_missing(L);
    sandbox_protect(L);
    lua.setfield(L, -2, "redis");
    sandbox_forbid_missing(L);
    keep(L, &library_globals);
}
