// libedit, with what Swift cannot call: its setters take a variable number of arguments.
#ifndef CLIBEDIT_H
#define CLIBEDIT_H

#include <spawn.h>
#include <histedit.h>
#include <stdbool.h>
#include <stdio.h>
#include <wchar.h>

typedef char *(*line_prompt)(EditLine *);
typedef unsigned char (*line_key_function)(EditLine *, int);
typedef int (*line_read_function)(EditLine *, wchar_t *);

/// Emacs keys, ~/.editrc read, window resizing handled. Null when the terminal cannot be used.
EditLine *line_editor_create(const char *program, History *lines, line_prompt prompt, void *context);

/// The `context` given to `line_editor_create`.
void *line_editor_context(EditLine *editor);

/// The next line (`el_gets`). The terminal gives every key from before the prompt is on the screen: what is typed as soon as
/// it is there is a key, and neither echoed nor a signal.
const char *line_editor_read(EditLine *editor, int *count);

/// Binds a key to a function, in the keymap that ~/.editrc has chosen.
void line_editor_bind(EditLine *editor, const char *key, const char *name, line_key_function function);

/// Has keys read by a function. It returns 1 with a character, 0 at the end of the input, -1 when that failed.
void line_editor_set_reader(EditLine *editor, line_read_function function);

/// Asks the terminal to mark what is pasted (bracketed paste), or to do so no more.
void line_editor_mark_pastes(bool wanted);

/// Reads what was pasted, up to the terminal's closing mark. The caller frees it; null without memory.
char *line_editor_take_paste(EditLine *editor);

/// Types a text as if its keys had been pressed when the next line is read.
void line_editor_type(EditLine *editor, const char *text);

/// Reads what waits at the terminal already, at most `size` bytes of it; how many they are.
size_t line_editor_take_waiting(char *bytes, size_t size);

/// Draws the prompt and what is typed again, in the row where the cursor is.
void line_editor_redraw(EditLine *editor);

/// Writes to where the editor writes.
void line_editor_write(const char *text);

/// A history of at most `size` lines, without a line twice in a row.
History *line_history_create(int size);
void line_history_add(History *lines, const char *line);

/// The program that is started gets no descriptor but the three standard ones. Does nothing where the system has
/// other means (POSIX_SPAWN_CLOEXEC_DEFAULT).
void spawn_close_others(posix_spawn_file_actions_t *actions);

/// The program that is started has its terminal from its first moment on, where the system can do that: a Ctrl-C that is
/// typed before its parent has given it the terminal would be the parent's.
void spawn_take_terminal(posix_spawn_file_actions_t *actions);

/// From now on SIGINT ends a blocking call instead of the program.
void catch_interrupts(void);

/// Whether SIGINT came since the last call.
bool take_interrupt(void);

#endif
