#ifndef CLUA_H
#define CLUA_H

// The interpreter of scripts: the system's Lua 5.1, loaded when the first script is, with Redis' libraries and rules
// around it. Nothing here keeps time, and nothing is random that is not told.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// One interpreter, with all that its scripts can see. Used by one thread at a time.
typedef struct clua clua;

/// Where an argument lies among the bytes of all of them.
typedef struct clua_range {
    uint32_t offset;
    uint32_t count;
} clua_range;

/// The arguments of a command that a script calls.
typedef struct clua_arguments {
    const uint8_t *bytes;
    const clua_range *ranges;
    size_t count;
} clua_arguments;

/// What the scripts ask of whoever runs them.
typedef struct clua_host {
    /// Runs a command and hands the reply, as RESP, to `clua_set_result`.
    void (*call)(clua *interpreter, void *context, clua_arguments arguments);
    /// Whether the user may run a command: 1 or 0, and -1 where there is no such command.
    int (*permits)(clua *interpreter, void *context, clua_arguments arguments);
    /// redis.log.
    void (*log)(void *context, int level, const uint8_t *text, size_t length);
    /// Hands the name that errors call the script by to `clua_set_name`.
    void (*name)(clua *interpreter, void *context);
    /// 40 hexadecimal digits, and a zero.
    void (*sha1)(const uint8_t *text, size_t length, char *digits);
} clua_host;

/// Whether the library is there; it is looked for once.
bool clua_load(void);
/// Why it is not.
const char *clua_problem(void);

/// What an interpreter is for: scripts of EVAL, or libraries of functions.
typedef enum clua_kind { clua_scripts, clua_functions } clua_kind;

/// A new interpreter; NULL without the library, or without memory.
clua *clua_new(clua_kind kind, clua_host host, const char *version, int version_number);
void clua_free(clua *interpreter);
/// Bytes that it holds.
size_t clua_memory(const clua *interpreter);

/// The state of math.random: 48 bits.
uint64_t clua_random(const clua *interpreter);
void clua_set_random(clua *interpreter, uint64_t state);

// MARK: Scripts

/// Compiles a script and keeps it: what it is called by. Otherwise 0, and the message is in `clua_text`.
int clua_define(clua *interpreter, const uint8_t *body, size_t length);

// MARK: Libraries

/// Runs the code of a library, which registers its functions. Otherwise false, with the message in `clua_text`;
/// nothing of it is kept then. `limit` is the number of instructions after which it is given up; 0 for none.
bool clua_load_library(clua *interpreter, const uint8_t *code, size_t length, uint64_t limit);

/// A function that the last library has registered. It is called by `reference`.
typedef struct clua_function {
    const uint8_t *name;
    size_t name_length;
    const uint8_t *description;
    size_t description_length;
    bool has_description;
    uint32_t flags;
    int reference;
} clua_function;

size_t clua_function_count(const clua *interpreter);
clua_function clua_function_at(const clua *interpreter, size_t index);
void clua_forget_function(clua *interpreter, int reference);

// MARK: Debugging

/// Lets the next script run line by line: it pauses in front of its first one and waits for commands. `source` is all of
/// its text.
void clua_begin_debugging(clua *interpreter, const uint8_t *source, size_t length);
void clua_end_debugging(clua *interpreter);
bool clua_is_debugging(const clua *interpreter);
/// Whether a script that is paused waits for a command, which `clua_set_command` gives and `clua_resume` runs.
bool clua_is_stopped(const clua *interpreter);
/// `command` has a zero behind each argument, and stays until the next one. Without arguments the script fails with
/// the text.
void clua_set_command(clua *interpreter, clua_arguments command, const char *failure);
/// Nobody gives commands any more: the script runs to its end.
void clua_abandon(clua *interpreter);
/// The script has run for too long without a stop: it stops where it is.
void clua_note_overdue(clua *interpreter);
/// What is to be shown: so many simple strings of RESP.
const uint8_t *clua_logs(const clua *interpreter, size_t *length, size_t *count);
void clua_forget_logs(clua *interpreter);

// MARK: Running

typedef enum clua_outcome {
    /// It is over; the reply is in `clua_text`.
    clua_done,
    /// It has used up its instructions, or a command's reply is not there yet, and waits for `clua_resume`.
    clua_paused,
} clua_outcome;

/// What is to be run.
typedef struct clua_run {
    /// The script that is defined, or the function.
    int reference;
    clua_arguments keys;
    clua_arguments arguments;
    /// RESP of the client: 2 or 3.
    int protocol;
    /// Instructions after which it pauses; 0 where it may not.
    uint64_t slice;
} clua_run;

clua_outcome clua_start(clua *interpreter, void *context, clua_run run);
clua_outcome clua_resume(clua *interpreter, void *context);
/// How often a script has begun or gone on: whoever finds another number than when its script paused comes too late.
uint64_t clua_turns(const clua *interpreter);
/// Ends a script that pauses, at its next step.
void clua_kill(clua *interpreter);
/// Instructions since the start of the script, by the hundred thousand.
uint64_t clua_instructions(const clua *interpreter);

/// What redis.setresp and redis.set_repl have said: 2 or 3, and 1 for the file and 2 for replicas.
int clua_protocol(const clua *interpreter);
int clua_replication(const clua *interpreter);

/// The command at hand is not run: the result is why.
void clua_refuse(clua *interpreter);
void clua_set_name(clua *interpreter, const uint8_t *name, size_t length);
/// The command at hand has no reply yet: the script waits for `clua_set_result`, and then for `clua_resume`.
void clua_await_result(clua *interpreter);
/// The reply of a command, or an error.
void clua_set_result(clua *interpreter, const uint8_t *bytes, size_t length);

/// The reply of a script, or the message of what failed; valid until something else is asked.
const uint8_t *clua_text(const clua *interpreter, size_t *length);
/// How many errors there are in the reply that have been counted already, by the commands that gave them.
size_t clua_counted_errors(const clua *interpreter);
/// The others, each with a zero behind it.
const uint8_t *clua_uncounted_errors(const clua *interpreter, size_t *length);

#endif
