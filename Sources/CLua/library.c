#include "interpreter.h"

#include <dlfcn.h>
#include <pthread.h>

struct lua_library lua;

// Debian's and the rest, Fedora's, Alpine's, Arch's; Homebrew and MacPorts have LuaJIT, which has the same interface.
static const char *const candidates[] = {
    "liblua5.1.so.0", "liblua5.1.so", "liblua-5.1.so", "liblua-5.1.so.0", "liblua.so.5.1", "lua-5.1/liblua.so.5.1",
    "/usr/lib/lua5.1/liblua.so", "libluajit-5.1.so.2",
#ifdef __APPLE__
    "/opt/homebrew/lib/libluajit-5.1.dylib", "/usr/local/lib/libluajit-5.1.dylib",
    "/opt/local/lib/liblua.5.1.dylib", "/opt/local/lib/libluajit-5.1.dylib", "libluajit-5.1.dylib",
#endif
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool is_loaded;
static char problem[256];

static bool take_functions(void *handle) {
#define TAKE(result, name, symbol, parameters)                                                  \
    lua.name = (result(*) parameters)dlsym(handle, #symbol);                                    \
    if (lua.name == NULL) return false;
    LUA_FUNCTIONS(TAKE)
#undef TAKE
    return true;
}

static void load(void) {
    for (size_t index = 0; index < COUNT(candidates); index++) {
        void *handle = dlopen(candidates[index], RTLD_NOW | RTLD_LOCAL);
        if (handle == NULL) {
            // The first one is what should be there.
            if (index == 0) strncpy(problem, dlerror(), sizeof problem - 1);
        } else if (take_functions(handle)) {
            is_loaded = true;
            return;
        } else {
            dlclose(handle);
        }
    }
}

bool clua_load(void) {
    pthread_once(&once, load);
    return is_loaded;
}

const char *clua_problem(void) { return is_loaded ? "" : problem; }
