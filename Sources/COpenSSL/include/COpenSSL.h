// The system's OpenSSL (libssl 3 or 1.1), loaded when it is first asked for: whoever uses no TLS neither needs it nor
// pays for it, and it needs no headers to build.
#ifndef COPENSSL_H
#define COPENSSL_H

#include <stdbool.h>
#include <stddef.h>

// A context (SSL_CTX), which threads may share, and one connection (SSL), which they may not.
typedef struct openssl_context openssl_context;
typedef struct openssl_session openssl_session;
// A certificate with its private key.
typedef struct openssl_identity openssl_identity;

/// Loads the library, once. False where there is none.
bool openssl_load(void);

/// Why it could not be loaded.
const char *openssl_load_error(void);

// What the library says of the last failure of this thread.

/// As redis-server logs it, `error:0A000086:SSL routines::certificate verify failed`; forgets it.
void openssl_error_text(char *text, size_t size);
/// As redis-cli says it, `certificate verify failed`; null where there is none.
const char *openssl_error_reason(void);

// Contexts.

/// The versions of the protocol that a context may speak.
enum {
    OPENSSL_TLS1 = 1, OPENSSL_TLS1_1 = 2, OPENSSL_TLS1_2 = 4, OPENSSL_TLS1_3 = 8
};

openssl_context *openssl_context_create(bool is_client_only, int versions);
void openssl_context_free(openssl_context *context);
/// Whether the peer's certificate is verified; with `is_required` there has to be one.
void openssl_context_verify(openssl_context *context, bool is_verified, bool is_required);
bool openssl_context_use_certificate(openssl_context *context, const char *file);
/// The password's memory is only read meanwhile.
bool openssl_context_use_key(openssl_context *context, const char *file, const char *password);
/// Either may be null.
bool openssl_context_trust(openssl_context *context, const char *file, const char *folder);
bool openssl_context_trust_system(openssl_context *context);
bool openssl_context_set_ciphers(openssl_context *context, const char *list);
bool openssl_context_set_suites(openssl_context *context, const char *list);
/// Keeps sessions for clients that come again; no size for none.
void openssl_context_cache(openssl_context *context, bool is_wanted, long size, long seconds);
/// What a server's context has besides; with `chooses_dh` the library has parameters of its own for Diffie-Hellman.
void openssl_context_serve(openssl_context *context, bool prefers_own_ciphers, bool chooses_dh);
typedef enum { OPENSSL_DH_USED, OPENSSL_DH_UNREADABLE, OPENSSL_DH_REFUSED } openssl_dh_outcome;
openssl_dh_outcome openssl_context_use_dh(openssl_context *context, const char *file);

// Connections, whose bytes their owner carries.

openssl_session *openssl_session_create(openssl_context *context, bool is_server);
void openssl_session_free(openssl_session *session);
void openssl_session_verify(openssl_session *session, bool is_verified, bool is_required);
bool openssl_session_set_name(openssl_session *session, const char *name);

/// How a step went.
typedef enum {
    OPENSSL_DONE, OPENSSL_NEEDS_MORE,
    /// The peer has said that it sends no more.
    OPENSSL_CLOSED,
    OPENSSL_FAILED
} openssl_outcome;

openssl_outcome openssl_session_handshake(openssl_session *session);
/// Takes what came over the network; false without memory.
bool openssl_session_receive(openssl_session *session, const void *bytes, size_t count);
/// Nothing more comes over the network.
void openssl_session_end_input(openssl_session *session);
/// What the peer has said, at most `size` bytes; `count` is how many.
openssl_outcome openssl_session_read(
    openssl_session *session, void *bytes, size_t size, size_t *count);
/// Says something to the peer: `openssl_session_take` has it then.
openssl_outcome openssl_session_write(openssl_session *session, const void *bytes, size_t count);
/// Says that nothing more comes.
void openssl_session_shut_down(openssl_session *session);
/// How many bytes wait to be sent, and the first of them.
size_t openssl_session_waiting(openssl_session *session);
size_t openssl_session_take(openssl_session *session, void *bytes, size_t size);

// Certificates.

/// What a certificate is for.
typedef enum { OPENSSL_AUTHORITY, OPENSSL_NODE, OPENSSL_CLIENT } openssl_purpose;

/// Makes a key, and a certificate for it that the issuer signs; null for one that signs itself. The alternative names
/// are as in OpenSSL's configuration (`DNS:localhost,IP:127.0.0.1`), null for none.
openssl_identity *openssl_identity_create(
    openssl_purpose purpose, const char *organization, const char *name,
    const char *alternative_names, const openssl_identity *issuer, long days);
void openssl_identity_free(openssl_identity *identity);
/// The certificate, or the key, as PEM. The caller frees it; null without memory.
char *openssl_identity_text(const openssl_identity *identity, bool is_key, size_t *count);

#endif
