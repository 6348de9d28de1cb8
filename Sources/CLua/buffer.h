#ifndef BUFFER_H
#define BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/// Bytes that become more. Without memory there is nothing that could be done; the process ends, as Redis does.
typedef struct buffer {
    char *bytes;
    size_t count;
    size_t capacity;
} buffer;

static inline char *buffer_reserve(buffer *to, size_t more) {
    if (to->capacity - to->count < more) {
        size_t capacity = to->capacity * 2 > to->count + more ? to->capacity * 2 : to->count + more + 64;
        char *bytes = realloc(to->bytes, capacity);
        if (bytes == NULL) abort();
        to->bytes = bytes;
        to->capacity = capacity;
    }
    return to->bytes + to->count;
}

static inline void buffer_append(buffer *to, const void *bytes, size_t count) {
    if (count == 0) return;
    memcpy(buffer_reserve(to, count), bytes, count);
    to->count += count;
}

static inline void buffer_text(buffer *to, const char *text) { buffer_append(to, text, strlen(text)); }

static inline void buffer_byte(buffer *to, char byte) {
    *buffer_reserve(to, 1) = byte;
    to->count += 1;
}

/// Puts bytes in front of those that begin at a place.
static inline void buffer_insert(buffer *to, size_t place, const void *bytes, size_t count) {
    buffer_reserve(to, count);
    memmove(to->bytes + place + count, to->bytes + place, to->count - place);
    memcpy(to->bytes + place, bytes, count);
    to->count += count;
}

static inline void buffer_free(buffer *to) {
    free(to->bytes);
    *to = (buffer){0};
}

#endif
