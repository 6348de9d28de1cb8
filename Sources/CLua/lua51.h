#ifndef LUA51_H
#define LUA51_H

// What is used of Lua 5.1. Its binary interface is the same everywhere, so that no headers are needed.

#include <stdbool.h>
#include <stddef.h>

typedef struct lua_State lua_State;
typedef int (*lua_CFunction)(lua_State *);
typedef struct lua_Debug lua_Debug;
typedef void (*lua_Hook)(lua_State *, lua_Debug *);
typedef void *(*lua_Alloc)(void *, void *, size_t, size_t);

struct lua_Debug {
    int event;
    const char *name;
    const char *namewhat;
    const char *what;
    const char *source;
    int currentline;
    int nups;
    int linedefined;
    int lastlinedefined;
    char short_src[60];
    int i_ci;
    // Where a build of Lua has longer names.
    char rest[512];
};

enum { LUA_REGISTRYINDEX = -10000, LUA_GLOBALSINDEX = -10002, LUA_MULTRET = -1 };
enum { LUA_TNONE = -1, LUA_TNIL, LUA_TBOOLEAN, LUA_TLIGHTUSERDATA, LUA_TNUMBER, LUA_TSTRING, LUA_TTABLE,
       LUA_TFUNCTION, LUA_TUSERDATA, LUA_TTHREAD };
enum { LUA_HOOKCOUNT = 3 };
enum { LUA_MASKLINE = 1 << 2, LUA_MASKCOUNT = 1 << 3 };
enum { LUA_GCCOUNT = 3, LUA_GCSTEP = 5 };

// The type of the result, the name here, the symbol, the parameters.
#define LUA_FUNCTIONS(F)                                                                        \
    F(lua_State *, newstate, lua_newstate, (lua_Alloc, void *))                                 \
    F(void, close, lua_close, (lua_State *))                                                    \
    F(lua_Alloc, getallocf, lua_getallocf, (lua_State *, void **))                              \
    F(lua_CFunction, atpanic, lua_atpanic, (lua_State *, lua_CFunction))                        \
    F(int, gettop, lua_gettop, (lua_State *))                                                   \
    F(void, settop, lua_settop, (lua_State *, int))                                             \
    F(void, pushvalue, lua_pushvalue, (lua_State *, int))                                       \
    F(void, removevalue, lua_remove, (lua_State *, int))                                        \
    F(void, insert, lua_insert, (lua_State *, int))                                             \
    F(void, replace, lua_replace, (lua_State *, int))                                           \
    F(int, checkstack, lua_checkstack, (lua_State *, int))                                      \
    F(int, isnumber, lua_isnumber, (lua_State *, int))                                          \
    F(int, isstring, lua_isstring, (lua_State *, int))                                          \
    F(int, type, lua_type, (lua_State *, int))                                                  \
    F(const char *, nameoftype, lua_typename, (lua_State *, int))                               \
    F(double, tonumber, lua_tonumber, (lua_State *, int))                                       \
    F(ptrdiff_t, tointeger, lua_tointeger, (lua_State *, int))                                  \
    F(int, toboolean, lua_toboolean, (lua_State *, int))                                        \
    F(const char *, tolstring, lua_tolstring, (lua_State *, int, size_t *))                     \
    F(size_t, objlen, lua_objlen, (lua_State *, int))                                           \
    F(lua_CFunction, tocfunction, lua_tocfunction, (lua_State *, int))                          \
    F(void *, touserdata, lua_touserdata, (lua_State *, int))                                   \
    F(void, pushnil, lua_pushnil, (lua_State *))                                                \
    F(void, pushnumber, lua_pushnumber, (lua_State *, double))                                  \
    F(void, pushinteger, lua_pushinteger, (lua_State *, ptrdiff_t))                             \
    F(void, pushlstring, lua_pushlstring, (lua_State *, const char *, size_t))                  \
    F(void, pushstring, lua_pushstring, (lua_State *, const char *))                            \
    F(const char *, pushfstring, lua_pushfstring, (lua_State *, const char *, ...))             \
    F(void, pushcclosure, lua_pushcclosure, (lua_State *, lua_CFunction, int))                  \
    F(void, pushboolean, lua_pushboolean, (lua_State *, int))                                   \
    F(void *, newuserdata, lua_newuserdata, (lua_State *, size_t))                              \
    F(void, pushlightuserdata, lua_pushlightuserdata, (lua_State *, void *))                    \
    F(void, gettable, lua_gettable, (lua_State *, int))                                         \
    F(void, getfield, lua_getfield, (lua_State *, int, const char *))                           \
    F(void, rawget, lua_rawget, (lua_State *, int))                                             \
    F(void, rawgeti, lua_rawgeti, (lua_State *, int, int))                                      \
    F(void, createtable, lua_createtable, (lua_State *, int, int))                              \
    F(int, getmetatable, lua_getmetatable, (lua_State *, int))                                  \
    F(void, settable, lua_settable, (lua_State *, int))                                         \
    F(void, setfield, lua_setfield, (lua_State *, int, const char *))                           \
    F(void, rawset, lua_rawset, (lua_State *, int))                                             \
    F(void, rawseti, lua_rawseti, (lua_State *, int, int))                                      \
    F(int, setmetatable, lua_setmetatable, (lua_State *, int))                                  \
    F(void, call, lua_call, (lua_State *, int, int))                                            \
    F(int, pcall, lua_pcall, (lua_State *, int, int, int))                                      \
    F(int, gc, lua_gc, (lua_State *, int, int))                                                 \
    F(int, raise, lua_error, (lua_State *))                                                     \
    F(int, next, lua_next, (lua_State *, int))                                                  \
    F(void, concat, lua_concat, (lua_State *, int))                                             \
    F(const void *, topointer, lua_topointer, (lua_State *, int))                                \
    F(lua_State *, newthread, lua_newthread, (lua_State *))                                     \
    F(const char *, getlocal, lua_getlocal, (lua_State *, const lua_Debug *, int))               \
    F(int, getstack, lua_getstack, (lua_State *, int, lua_Debug *))                             \
    F(int, getinfo, lua_getinfo, (lua_State *, const char *, lua_Debug *))                      \
    F(int, sethook, lua_sethook, (lua_State *, lua_Hook, int, int))                             \
    F(int, fail, luaL_error, (lua_State *, const char *, ...))                                  \
    F(int, argerror, luaL_argerror, (lua_State *, int, const char *))                           \
    F(int, typerror, luaL_typerror, (lua_State *, int, const char *))                           \
    F(const char *, checklstring, luaL_checklstring, (lua_State *, int, size_t *))              \
    F(const char *, optlstring, luaL_optlstring, (lua_State *, int, const char *, size_t *))    \
    F(double, checknumber, luaL_checknumber, (lua_State *, int))                                \
    F(ptrdiff_t, checkinteger, luaL_checkinteger, (lua_State *, int))                           \
    F(ptrdiff_t, optinteger, luaL_optinteger, (lua_State *, int, ptrdiff_t))                    \
    F(void, needstack, luaL_checkstack, (lua_State *, int, const char *))                       \
    F(void, checktype, luaL_checktype, (lua_State *, int, int))                                 \
    F(void, checkany, luaL_checkany, (lua_State *, int))                                        \
    F(int, checkoption, luaL_checkoption, (lua_State *, int, const char *, const char *const *)) \
    F(int, loadbuffer, luaL_loadbuffer, (lua_State *, const char *, size_t, const char *))      \
    F(int, ref, luaL_ref, (lua_State *, int))                                                   \
    F(void, unref, luaL_unref, (lua_State *, int, int))                                         \
    F(int, open_base, luaopen_base, (lua_State *))                                              \
    F(int, open_table, luaopen_table, (lua_State *))                                            \
    F(int, open_string, luaopen_string, (lua_State *))                                          \
    F(int, open_math, luaopen_math, (lua_State *))

struct lua_library {
#define MEMBER(result, name, symbol, parameters) result(*name) parameters;
    LUA_FUNCTIONS(MEMBER)
#undef MEMBER
};

/// The functions of the library, once it is loaded.
extern struct lua_library lua;

static inline void lua_drop(lua_State *L, int count) { lua.settop(L, -count - 1); }

static inline int lua_upvalue(int index) { return LUA_GLOBALSINDEX - index; }

/// Raises an error about an argument unless a condition holds.
static inline void lua_argcheck(lua_State *L, bool holds, int argument, const char *message) {
    if (!holds) lua.argerror(L, argument, message);
}

/// A function with its name.
typedef struct lua_function {
    const char *name;
    lua_CFunction function;
} lua_function;

/// Puts functions into the table on the top, each with the value on the top as its upvalue where there is one.
static inline void lua_add_functions(lua_State *L, const lua_function *functions, size_t count) {
    for (size_t index = 0; index < count; index++) {
        lua.pushcclosure(L, functions[index].function, 0);
        lua.setfield(L, -2, functions[index].name);
    }
}

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

#endif
