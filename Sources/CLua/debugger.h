#ifndef DEBUGGER_H
#define DEBUGGER_H

#include "buffer.h"
#include "include/CLua.h"
#include "lua51.h"

enum { maximum_breakpoints = 64, default_maximum_length = 256 };

/// The dialogue about a script that runs line by line (Redis' ldb).
typedef struct debugger {
    /// A session is on.
    bool is_active;
    /// The script waits for the next command.
    bool is_stopped;
    /// It stops at the next line, and what redis.call does is shown.
    bool steps;
    /// redis.breakpoint has been called.
    bool breaks;
    /// Nobody is there any more who could say anything: the script runs to its end.
    bool is_abandoned;
    /// It has run for too long without a stop.
    bool is_overdue;
    int current_line;

    int breakpoints[maximum_breakpoints];
    size_t breakpoint_count;
    /// Replies and values are cut to so many bytes; 0 where they are not.
    size_t maximum_length;
    bool has_hinted;

    /// The text of the script, each line with a zero behind it, and where the lines begin.
    buffer source;
    size_t *lines;
    int line_count;

    /// What is to be shown next: simple strings of RESP.
    buffer logs;
    size_t log_count;

    /// The command at hand; without arguments the script fails with `failure`.
    clua_arguments command;
    const char *failure;
} debugger;

/// The hook of a session: called at every line, and now and then in between (`luaLdbLineHook`).
void debugger_hook(lua_State *L, lua_Debug *place);
/// Whether what the script does is shown (`ldbIsEnabled`).
bool debugger_shows(const debugger *session);
/// Shows a command that the script calls.
void debugger_show_command(debugger *session, clua_arguments arguments);
/// Shows its reply.
void debugger_show_reply(debugger *session, const char *reply);
/// Shows an error as it is raised.
void debugger_show_error(debugger *session, const char *text, size_t length);
/// redis.debug.
int debugger_print(lua_State *L);
/// Adds a line to what is shown. Ends of lines within it become blanks.
void debugger_show(debugger *session, const char *text, size_t length);
void debugger_show_text(debugger *session, const char *text);
/// The same for a short line.
void debugger_show_format(debugger *session, const char *format, ...);
/// Shows the value on the top of the stack, which stays there.
void debugger_show_value(debugger *session, lua_State *L, const char *prefix);

/// Ends the session, if there is one, and lets go of what it has.
void debugger_free(debugger *session);

#endif
