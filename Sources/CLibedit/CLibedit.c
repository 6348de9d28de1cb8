#define _GNU_SOURCE
#include "CLibedit.h"

#include <limits.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

// A larger paste ends there.
#define PASTE_LIMIT (1 << 20)
// Milliseconds within which the parts of one paste follow each other.
#define PASTE_PAUSE 20

static volatile sig_atomic_t interrupted;

static unsigned char suspend(EditLine *editor, int key) {
    (void)editor;
    (void)key;
    line_editor_mark_pastes(false);
    raise(SIGTSTP);
    line_editor_mark_pastes(true);
    return CC_REDISPLAY;
}

EditLine *line_editor_create(const char *program, History *lines, line_prompt prompt, void *context) {
    // libedit decodes what is typed by the locale's encoding, and not every machine has a locale set.
    const char *locale = setlocale(LC_CTYPE, "");
    if (!locale || !strcmp(locale, "C") || !strcmp(locale, "POSIX")) setlocale(LC_CTYPE, "C.UTF-8");

    EditLine *editor = el_init(program, stdin, stdout, stderr);
    if (!editor) return NULL;
    el_set(editor, EL_CLIENTDATA, context);
    el_set(editor, EL_PROMPT, prompt);
    el_set(editor, EL_HIST, history, lines);
    el_set(editor, EL_SIGNAL, 1);
    el_set(editor, EL_EDITOR, "emacs");
    el_set(editor, EL_BIND, "^R", "em-inc-search-prev", NULL);
    el_source(editor, NULL);
    // While a line is edited Ctrl-C is a key like any other, so that it can drop the line. Ctrl-Z then
    // is one too, and sends the signal that the terminal no longer sends.
    el_set(editor, EL_SETTY, "-d", "-isig", NULL);
    line_editor_bind(editor, "^Z", "lab-suspend", suspend);
    return editor;
}

const char *line_editor_read(EditLine *editor, int *count) {
    // By itself libedit prints the prompt first.
    el_set(editor, EL_PREP_TERM, 1);
    return el_gets(editor, count);
}

void *line_editor_context(EditLine *editor) {
    void *context = NULL;
    el_get(editor, EL_CLIENTDATA, &context);
    return context;
}

void line_editor_bind(EditLine *editor, const char *key, const char *name, line_key_function function) {
    el_set(editor, EL_ADDFN, name, name, function);
    el_set(editor, EL_BIND, key, name, NULL);
}

void line_editor_set_reader(EditLine *editor, line_read_function function) {
    el_set(editor, EL_GETCFN, function);
}

void line_editor_mark_pastes(bool wanted) {
    const char *type = getenv("TERM");
    if (!type || !strcmp(type, "dumb")) return;
    line_editor_write(wanted ? "\033[?2004h" : "\033[?2004l");
}

char *line_editor_take_paste(EditLine *editor) {
    static const char end[] = "\033[201~";
    const size_t mark = sizeof end - 1;
    size_t room = 4096, length = 0;
    char *text = malloc(room);
    wchar_t letter;
    while (text && length < PASTE_LIMIT && el_wgetc(editor, &letter) == 1) {
        if (length + MB_LEN_MAX + 1 > room) {
            char *larger = realloc(text, room *= 2);
            if (!larger) break;
            text = larger;
        }
        int count = wctomb(text + length, letter);
        length += count > 0 ? (size_t)count : 0;
        if (length >= mark && !memcmp(text + length - mark, end, mark)) {
            length -= mark;
            break;
        }
    }
    if (text) text[length] = 0;
    return text;
}

void line_editor_type(EditLine *editor, const char *text) {
    el_push(editor, text);
}

size_t line_editor_take_waiting(char *bytes, size_t size) {
    size_t length = 0;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    // The first look does not wait: most lines come alone.
    while (length < size && poll(&input, 1, length ? PASTE_PAUSE : 0) > 0) {
        ssize_t count = read(STDIN_FILENO, bytes + length, size - length);
        if (count <= 0) break;
        length += (size_t)count;
    }
    return length;
}

void line_editor_redraw(EditLine *editor) {
    el_set(editor, EL_REFRESH);
}

void line_editor_write(const char *text) {
    fputs(text, stdout);
    fflush(stdout);
}

History *line_history_create(int size) {
    History *lines = history_init();
    HistEvent event;
    history(lines, &event, H_SETSIZE, size);
    history(lines, &event, H_SETUNIQUE, 1);
    return lines;
}

void line_history_add(History *lines, const char *line) {
    HistEvent event;
    history(lines, &event, H_ENTER, line);
}

static void note_interrupt(int signal) {
    (void)signal;
    interrupted = 1;
}

void catch_interrupts(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = note_interrupt;  // no SA_RESTART: the call that waits has to end
    sigaction(SIGINT, &action, NULL);
}

bool take_interrupt(void) {
    bool taken = interrupted;
    interrupted = 0;
    return taken;
}

void spawn_take_terminal(posix_spawn_file_actions_t *actions) {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 35)
    posix_spawn_file_actions_addtcsetpgrp_np(actions, STDIN_FILENO);
#else
    (void)actions;
#endif
}

void spawn_close_others(posix_spawn_file_actions_t *actions) {
#ifdef __GLIBC__
    posix_spawn_file_actions_addclosefrom_np(actions, 3);
#else
    (void)actions;
#endif
}
