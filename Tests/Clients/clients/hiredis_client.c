/* hiredis, the C library under many clients: `hiredis_client PORT`. It knows one connection; redirects are the
   program's to follow, which this one does. */
#include <hiredis/hiredis.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

static void tell(const char *step, int passed, const char *note) {
    printf("{\"step\": \"%s\", \"outcome\": \"%s\", \"note\": \"%s\"}\n", step, passed ? "passed" : "failed", note);
    fflush(stdout);
    failures += !passed;
}

/* Sends a command, and follows MOVED and ASK as far as five hops. */
static redisReply *ask(int port, const char *format, ...) {
    int asking = 0;
    for (int hop = 0; hop < 5; hop++) {
        redisContext *context = redisConnect("127.0.0.1", port);
        if (context->err) return NULL;
        if (asking) freeReplyObject(redisCommand(context, "ASKING"));
        va_list arguments;
        va_start(arguments, format);
        redisReply *reply = redisvCommand(context, format, arguments);
        va_end(arguments);
        redisFree(context);
        asking = reply && reply->type == REDIS_REPLY_ERROR && !strncmp(reply->str, "ASK ", 4);
        int moved = reply && reply->type == REDIS_REPLY_ERROR && !strncmp(reply->str, "MOVED ", 6);
        if (!asking && !moved) return reply;
        port = atoi(strrchr(reply->str, ':') + 1);
        freeReplyObject(reply);
    }
    return NULL;
}

static int is(redisReply *reply, int type, const char *text) {
    int right = reply && reply->type == type && (!text || !strcmp(reply->str, text));
    if (reply) freeReplyObject(reply);
    return right;
}

static int pipeline(int port) {
    redisContext *context = redisConnect("127.0.0.1", port);
    int right = 0;
    for (int i = 0; i < 1000; i++) redisAppendCommand(context, "PING %d", i);
    for (int i = 0; i < 1000; i++) {
        redisReply *reply;
        char wanted[16];
        snprintf(wanted, sizeof wanted, "%d", i);
        if (redisGetReply(context, (void **)&reply) != REDIS_OK) break;
        right += is(reply, REDIS_REPLY_STRING, wanted);
    }
    redisFree(context);
    return right == 1000;
}

int main(int count, char **arguments) {
    int port = count > 1 ? atoi(arguments[1]) : 7000;
    char version[32], bytes[256];
    snprintf(version, sizeof version, "%d.%d.%d", HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH);
    tell("version", 1, version);
    tell("connect", is(ask(port, "PING"), REDIS_REPLY_STATUS, "PONG"), "");
    redisReply *slots = ask(port, "CLUSTER SLOTS");
    tell("discovery", slots && slots->type == REDIS_REPLY_ARRAY && slots->elements == 3, "");
    int right = 1;
    for (int i = 0; i < 100; i++) {
        right &= is(ask(port, "SET key:%d %d", i, i), REDIS_REPLY_STATUS, "OK");
        right &= is(ask(port, "GET key:%d", i), REDIS_REPLY_STRING, NULL);
    }
    for (int i = 0; i < 256; i++) bytes[i] = (char)i;
    right &= is(ask(port, "SET bytes %b", bytes, sizeof bytes), REDIS_REPLY_STATUS, "OK");
    redisReply *reply = ask(port, "GET bytes");
    right &= reply && reply->len == sizeof bytes && !memcmp(reply->str, bytes, sizeof bytes);
    tell("strings", right, "");
    tell("pipeline", pipeline(port), "1000 PINGs");
    tell("multislot", is(ask(port, "MSET a 1 b 2"), REDIS_REPLY_ERROR,
        "CROSSSLOT Keys in request don't hash to the same slot"), "CROSSSLOT");
    return failures != 0;
}
