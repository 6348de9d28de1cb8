#include "stack.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// Room for the deepest recursion of Lua's pattern matching; only what is touched costs memory.
static const size_t size = 16 * 1024 * 1024;

#if defined(__GLIBC__) && !defined(CLUA_THREADS)

#include <setjmp.h>
#include <ucontext.h>

// A context makes the stack; from then on jumps go to and fro, as they do not ask the system to keep signals.
struct script_stack {
    ucontext_t start;
    jmp_buf host;
    jmp_buf script;
    void *memory;
    void (*body)(void *);
    void *argument;
    bool has_begun;
    bool has_ended;
};

static void leave(script_stack *stack) {
    if (_setjmp(stack->script) == 0) _longjmp(stack->host, 1);
}

static bool enter(script_stack *stack) {
    if (_setjmp(stack->host) == 0) {
        if (stack->has_begun) _longjmp(stack->script, 1);
        stack->has_begun = true;
        setcontext(&stack->start);
    }
    return stack->has_ended;
}

static void begin(unsigned high, unsigned low) {
    script_stack *stack = (script_stack *)((uintptr_t)high << 32 | (uintptr_t)low);
    while (true) {
        stack->body(stack->argument);
        stack->has_ended = true;
        leave(stack);
    }
}

static void prepare(script_stack *stack) {
    getcontext(&stack->start);
    stack->start.uc_stack.ss_sp = stack->memory;
    stack->start.uc_stack.ss_size = size;
    stack->start.uc_link = NULL;
    uint64_t address = (uint64_t)(uintptr_t)stack;
    makecontext(&stack->start, (void (*)(void))begin, 2, (unsigned)(address >> 32), (unsigned)address);
}

script_stack *stack_new(void) {
    script_stack *stack = calloc(1, sizeof *stack);
    if (stack == NULL) return NULL;
    stack->memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (stack->memory == MAP_FAILED) {
        free(stack);
        return NULL;
    }
    // Whatever runs over the end meets a page that is nobody's.
    mprotect(stack->memory, (size_t)sysconf(_SC_PAGESIZE), PROT_NONE);
    prepare(stack);
    return stack;
}

void stack_free(script_stack *stack) {
    if (stack == NULL) return;
    munmap(stack->memory, size);
    free(stack);
}

bool stack_run(script_stack *stack, void (*body)(void *), void *argument) {
    stack->body = body;
    stack->argument = argument;
    stack->has_ended = false;
    return enter(stack);
}

bool stack_resume(script_stack *stack) { return enter(stack); }

void stack_pause(script_stack *stack) { leave(stack); }

#else

// Elsewhere a thread has the stack; it runs only while its host waits.
struct script_stack {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    enum { idle, running, paused, ending } state;
    void (*body)(void *);
    void *argument;
    bool has_ended;
};

static void *serve(void *argument) {
    script_stack *stack = argument;
    pthread_mutex_lock(&stack->mutex);
    while (true) {
        while (stack->state == idle) pthread_cond_wait(&stack->changed, &stack->mutex);
        if (stack->state == ending) break;
        stack->body(stack->argument);
        stack->has_ended = true;
        stack->state = idle;
        pthread_cond_broadcast(&stack->changed);
    }
    pthread_mutex_unlock(&stack->mutex);
    return NULL;
}

script_stack *stack_new(void) {
    script_stack *stack = calloc(1, sizeof *stack);
    if (stack == NULL) return NULL;
    pthread_mutex_init(&stack->mutex, NULL);
    pthread_cond_init(&stack->changed, NULL);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, size);
    int error = pthread_create(&stack->thread, &attributes, serve, stack);
    pthread_attr_destroy(&attributes);
    if (error == 0) return stack;
    free(stack);
    return NULL;
}

void stack_free(script_stack *stack) {
    if (stack == NULL) return;
    pthread_mutex_lock(&stack->mutex);
    bool is_paused = stack->state == paused;
    stack->state = ending;
    pthread_cond_broadcast(&stack->changed);
    pthread_mutex_unlock(&stack->mutex);
    // A script that pauses never goes on; its thread waits for ever, and keeps what it waits on.
    if (is_paused) {
        pthread_detach(stack->thread);
        return;
    }
    pthread_join(stack->thread, NULL);
    pthread_mutex_destroy(&stack->mutex);
    pthread_cond_destroy(&stack->changed);
    free(stack);
}

static bool hand_over(script_stack *stack) {
    pthread_mutex_lock(&stack->mutex);
    stack->state = running;
    pthread_cond_broadcast(&stack->changed);
    while (stack->state == running) pthread_cond_wait(&stack->changed, &stack->mutex);
    pthread_mutex_unlock(&stack->mutex);
    return stack->has_ended;
}

bool stack_run(script_stack *stack, void (*body)(void *), void *argument) {
    stack->body = body;
    stack->argument = argument;
    stack->has_ended = false;
    return hand_over(stack);
}

bool stack_resume(script_stack *stack) { return hand_over(stack); }

void stack_pause(script_stack *stack) {
    stack->state = paused;
    pthread_cond_broadcast(&stack->changed);
    while (stack->state != running) pthread_cond_wait(&stack->changed, &stack->mutex);
}

#endif
