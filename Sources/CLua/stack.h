#ifndef STACK_H
#define STACK_H

#include <stdbool.h>

/// A stack of its own for scripts, so that one can be left in the middle of whatever it does: Lua itself cannot pause
/// within a pcall, a metamethod or a comparison.
typedef struct script_stack script_stack;

/// NULL without memory.
script_stack *stack_new(void);
void stack_free(script_stack *stack);

/// Runs a function on the stack until it ends or pauses.
/// - Returns: whether it has ended.
bool stack_run(script_stack *stack, void (*body)(void *), void *argument);
/// Goes on with it.
bool stack_resume(script_stack *stack);
/// Leaves the stack until `stack_resume`.
void stack_pause(script_stack *stack);

#endif
