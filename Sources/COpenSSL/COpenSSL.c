#include "COpenSSL.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Every function of the library that is used, with its type. The two releases that are loaded export all of them, but for
// those that are looked for by themselves.
#define FUNCTIONS(F)                                                                            \
    F(int, OPENSSL_init_crypto, (uint64_t, const void *))                                       \
    F(void *, SSL_CTX_new, (const void *))                                                      \
    F(void, SSL_CTX_free, (void *))                                                             \
    F(const void *, TLS_method, (void))                                                         \
    F(const void *, TLS_client_method, (void))                                                  \
    F(unsigned long, SSL_CTX_set_options, (void *, unsigned long))                              \
    F(long, SSL_CTX_ctrl, (void *, int, long, void *))                                          \
    F(long, SSL_CTX_set_timeout, (void *, long))                                                \
    F(int, SSL_CTX_set_session_id_context, (void *, const unsigned char *, unsigned))           \
    F(void, SSL_CTX_set_verify, (void *, int, void *))                                          \
    F(void, SSL_CTX_set_default_passwd_cb, (void *, int (*)(char *, int, int, void *)))         \
    F(void, SSL_CTX_set_default_passwd_cb_userdata, (void *, void *))                           \
    F(int, SSL_CTX_use_certificate_chain_file, (void *, const char *))                          \
    F(int, SSL_CTX_use_PrivateKey_file, (void *, const char *, int))                            \
    F(int, SSL_CTX_load_verify_locations, (void *, const char *, const char *))                 \
    F(int, SSL_CTX_set_default_verify_paths, (void *))                                          \
    F(int, SSL_CTX_set_cipher_list, (void *, const char *))                                     \
    F(int, SSL_CTX_set_ciphersuites, (void *, const char *))                                    \
    F(void *, SSL_new, (void *))                                                                \
    F(void, SSL_free, (void *))                                                                 \
    F(void, SSL_set_bio, (void *, void *, void *))                                              \
    F(void, SSL_set_verify, (void *, int, void *))                                              \
    F(void, SSL_set_accept_state, (void *))                                                     \
    F(void, SSL_set_connect_state, (void *))                                                    \
    F(long, SSL_ctrl, (void *, int, long, void *))                                              \
    F(int, SSL_do_handshake, (void *))                                                          \
    F(int, SSL_read, (void *, void *, int))                                                     \
    F(int, SSL_write, (void *, const void *, int))                                              \
    F(int, SSL_shutdown, (void *))                                                              \
    F(int, SSL_get_error, (const void *, int))                                                  \
    F(void *, SSL_get_rbio, (const void *))                                                     \
    F(void *, SSL_get_wbio, (const void *))                                                     \
    F(void *, BIO_new, (const void *))                                                          \
    F(int, BIO_free, (void *))                                                                  \
    F(const void *, BIO_s_mem, (void))                                                          \
    F(void *, BIO_new_file, (const char *, const char *))                                       \
    F(int, BIO_read, (void *, void *, int))                                                     \
    F(int, BIO_write, (void *, const void *, int))                                              \
    F(long, BIO_ctrl, (void *, int, long, void *))                                              \
    F(size_t, BIO_ctrl_pending, (void *))                                                       \
    F(unsigned long, ERR_get_error, (void))                                                     \
    F(unsigned long, ERR_peek_last_error, (void))                                               \
    F(void, ERR_clear_error, (void))                                                            \
    F(void, ERR_error_string_n, (unsigned long, char *, size_t))                                \
    F(const char *, ERR_reason_error_string, (unsigned long))                                   \
    F(void *, PEM_read_bio_Parameters, (void *, void **))                                       \
    F(int, PEM_write_bio_X509, (void *, void *))                                                \
    F(int, PEM_write_bio_PrivateKey, (void *, void *, void *, void *, int, void *, void *))     \
    F(void *, EVP_PKEY_CTX_new_id, (int, void *))                                               \
    F(void, EVP_PKEY_CTX_free, (void *))                                                        \
    F(int, EVP_PKEY_CTX_ctrl_str, (void *, const char *, const char *))                         \
    F(int, EVP_PKEY_keygen_init, (void *))                                                      \
    F(int, EVP_PKEY_keygen, (void *, void **))                                                  \
    F(void, EVP_PKEY_free, (void *))                                                            \
    F(const void *, EVP_sha256, (void))                                                         \
    F(int, RAND_bytes, (unsigned char *, int))                                                  \
    F(void *, X509_new, (void))                                                                 \
    F(void, X509_free, (void *))                                                                \
    F(int, X509_set_version, (void *, long))                                                    \
    F(void *, X509_get_serialNumber, (void *))                                                  \
    F(int, ASN1_STRING_set, (void *, const void *, int))                                        \
    F(void *, X509_getm_notBefore, (const void *))                                              \
    F(void *, X509_getm_notAfter, (const void *))                                               \
    F(void *, X509_gmtime_adj, (void *, long))                                                  \
    F(int, X509_set_pubkey, (void *, void *))                                                   \
    F(void *, X509_get_subject_name, (const void *))                                            \
    F(int, X509_set_issuer_name, (void *, void *))                                              \
    F(int, X509_NAME_add_entry_by_txt,                                                          \
      (void *, const char *, int, const unsigned char *, int, int, int))                        \
    F(void, X509V3_set_ctx, (void *, void *, void *, void *, void *, int))                      \
    F(void *, X509V3_EXT_conf_nid, (void *, void *, int, const char *))                         \
    F(int, X509_add_ext, (void *, void *, int))                                                 \
    F(void, X509_EXTENSION_free, (void *))                                                      \
    F(int, X509_sign, (void *, void *, const void *))

#define DECLARE(result, name, arguments) result(*name) arguments;
#define NAME(result, name, arguments) {#name, (void **)&library.name},

static struct {
    FUNCTIONS(DECLARE)
    // Only 3 has it.
    int (*SSL_CTX_set0_tmp_dh_pkey)(void *, void *);
    int (*EVP_PKEY_get_base_id)(const void *);
} library;

static const struct {
    const char *name;
    void **place;
} functions[] = {FUNCTIONS(NAME)};

#ifdef __APPLE__
static const char *const candidates[] = {
    "/opt/homebrew/opt/openssl@3/lib/libssl.3.dylib", "/usr/local/opt/openssl@3/lib/libssl.3.dylib",
    "/opt/local/lib/libssl.3.dylib",
};
#else
static const char *const candidates[] = {"libssl.so.3", "libssl.so.1.1"};
#endif

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool is_loaded;
static char problem[256];

// Takes all functions, or says which one is missing. libssl brings libcrypto along, whose functions are found through it.
static bool take_functions(void *handle) {
    for (size_t index = 0; index < sizeof functions / sizeof *functions; index++) {
        *functions[index].place = dlsym(handle, functions[index].name);
        if (*functions[index].place == NULL) {
            strncpy(problem, dlerror(), sizeof problem - 1);
            return false;
        }
    }
    *(void **)&library.SSL_CTX_set0_tmp_dh_pkey = dlsym(handle, "SSL_CTX_set0_tmp_dh_pkey");
    *(void **)&library.EVP_PKEY_get_base_id = dlsym(handle, "EVP_PKEY_get_base_id");
    // The end of the process must not take the library away from threads that are still at work; openssl.cnf holds.
    const uint64_t no_exit_handler = 0x80000, with_configuration = 0x40;
    library.OPENSSL_init_crypto(no_exit_handler | with_configuration, NULL);
    return true;
}

static void load(void) {
    for (size_t index = 0; index < sizeof candidates / sizeof *candidates; index++) {
        void *handle = dlopen(candidates[index], RTLD_NOW | RTLD_LOCAL);
        if (handle == NULL) {
            // The first one is what should be there.
            if (index == 0) strncpy(problem, dlerror(), sizeof problem - 1);
        } else if (take_functions(handle)) {
            is_loaded = true;
            return;
        }
    }
}

bool openssl_load(void) {
    pthread_once(&once, load);
    return is_loaded;
}

const char *openssl_load_error(void) { return problem; }

// Errors

void openssl_error_text(char *text, size_t size) {
    library.ERR_error_string_n(library.ERR_get_error(), text, size);
    library.ERR_clear_error();
}

const char *openssl_error_reason(void) {
    return library.ERR_reason_error_string(library.ERR_peek_last_error());
}

// Contexts

enum {
    option_no_tls1 = 1UL << 26, option_no_tls1_1 = 1UL << 28, option_no_tls1_2 = 1UL << 27,
    option_no_tls1_3 = 1UL << 29, option_no_ssl3 = 1UL << 25, option_no_compression = 1UL << 17,
    option_server_preference = 1UL << 22, option_no_renegotiation = 1UL << 30,
};

enum {
    command_set_mode = 33, command_cache_size = 42, command_cache_mode = 44, command_name = 55,
    command_dh_auto = 118,
    mode_partial_write = 1, mode_moving_buffer = 2, cache_off = 0, cache_server = 2,
    verify_none = 0, verify_peer = 1, verify_required = 2, file_type_pem = 1,
    error_want_read = 2, error_want_write = 3, error_zero_return = 6, memory_eof = 130,
    key_diffie_hellman = 28,
};

openssl_context *openssl_context_create(bool is_client_only, int versions) {
    library.ERR_clear_error();
    void *context = library.SSL_CTX_new(
        is_client_only ? library.TLS_client_method() : library.TLS_method());
    if (context == NULL) return NULL;
    unsigned long options = option_no_ssl3 | option_no_compression;
    if (!(versions & OPENSSL_TLS1)) options |= option_no_tls1;
    if (!(versions & OPENSSL_TLS1_1)) options |= option_no_tls1_1;
    if (!(versions & OPENSSL_TLS1_2)) options |= option_no_tls1_2;
    if (!(versions & OPENSSL_TLS1_3)) options |= option_no_tls1_3;
    library.SSL_CTX_set_options(context, options);
    library.SSL_CTX_ctrl(context, command_set_mode, mode_partial_write | mode_moving_buffer, NULL);
    return context;
}

void openssl_context_free(openssl_context *context) { library.SSL_CTX_free(context); }

static int verify_mode(bool is_verified, bool is_required) {
    if (!is_verified) return verify_none;
    return is_required ? verify_peer | verify_required : verify_peer;
}

void openssl_context_verify(openssl_context *context, bool is_verified, bool is_required) {
    library.SSL_CTX_set_verify(context, verify_mode(is_verified, is_required), NULL);
}

bool openssl_context_use_certificate(openssl_context *context, const char *file) {
    return library.SSL_CTX_use_certificate_chain_file(context, file) > 0;
}

static int give_password(char *buffer, int size, int purpose, void *password) {
    (void)purpose;
    if (password == NULL) return -1;
    size_t length = strlen(password);
    if (length > (size_t)size) return -1;
    memcpy(buffer, password, length);
    return (int)length;
}

bool openssl_context_use_key(openssl_context *context, const char *file, const char *password) {
    // Without a password nobody is asked for one at the terminal.
    library.SSL_CTX_set_default_passwd_cb(context, give_password);
    library.SSL_CTX_set_default_passwd_cb_userdata(context, (void *)password);
    bool is_used = library.SSL_CTX_use_PrivateKey_file(context, file, file_type_pem) > 0;
    library.SSL_CTX_set_default_passwd_cb_userdata(context, NULL);
    return is_used;
}

bool openssl_context_trust(openssl_context *context, const char *file, const char *folder) {
    return library.SSL_CTX_load_verify_locations(context, file, folder) > 0;
}

bool openssl_context_trust_system(openssl_context *context) {
    return library.SSL_CTX_set_default_verify_paths(context) > 0;
}

bool openssl_context_set_ciphers(openssl_context *context, const char *list) {
    return library.SSL_CTX_set_cipher_list(context, list) > 0;
}

bool openssl_context_set_suites(openssl_context *context, const char *list) {
    return library.SSL_CTX_set_ciphersuites(context, list) > 0;
}

void openssl_context_cache(openssl_context *context, bool is_wanted, long size, long seconds) {
    if (!is_wanted) {
        library.SSL_CTX_ctrl(context, command_cache_mode, cache_off, NULL);
        return;
    }
    library.SSL_CTX_ctrl(context, command_cache_mode, cache_server, NULL);
    library.SSL_CTX_ctrl(context, command_cache_size, size, NULL);
    library.SSL_CTX_set_timeout(context, seconds);
    library.SSL_CTX_set_session_id_context(context, (const unsigned char *)"redis", 5);
}

void openssl_context_serve(openssl_context *context, bool prefers_own_ciphers, bool chooses_dh) {
    unsigned long options = option_no_renegotiation;
    if (prefers_own_ciphers) options |= option_server_preference;
    library.SSL_CTX_set_options(context, options);
    if (chooses_dh) library.SSL_CTX_ctrl(context, command_dh_auto, 1, NULL);
}

openssl_dh_outcome openssl_context_use_dh(openssl_context *context, const char *file) {
    void *source = library.BIO_new_file(file, "r");
    if (source == NULL) return OPENSSL_DH_UNREADABLE;
    void *parameters = library.PEM_read_bio_Parameters(source, NULL);
    library.BIO_free(source);
    if (parameters == NULL) return OPENSSL_DH_UNREADABLE;
    // Redis takes no others, such as those of X9.42.
    if (library.EVP_PKEY_get_base_id != NULL
        && library.EVP_PKEY_get_base_id(parameters) != key_diffie_hellman) {
        library.EVP_PKEY_free(parameters);
        return OPENSSL_DH_UNREADABLE;
    }
    if (library.SSL_CTX_set0_tmp_dh_pkey == NULL
        || library.SSL_CTX_set0_tmp_dh_pkey(context, parameters) <= 0) {
        library.EVP_PKEY_free(parameters);
        return OPENSSL_DH_REFUSED;
    }
    return OPENSSL_DH_USED;
}

// Connections

openssl_session *openssl_session_create(openssl_context *context, bool is_server) {
    library.ERR_clear_error();
    void *session = library.SSL_new(context);
    if (session == NULL) return NULL;
    void *input = library.BIO_new(library.BIO_s_mem());
    void *output = library.BIO_new(library.BIO_s_mem());
    if (input == NULL || output == NULL) {
        library.BIO_free(input);
        library.BIO_free(output);
        library.SSL_free(session);
        return NULL;
    }
    library.SSL_set_bio(session, input, output);
    if (is_server) {
        library.SSL_set_accept_state(session);
    } else {
        library.SSL_set_connect_state(session);
    }
    return session;
}

void openssl_session_free(openssl_session *session) { library.SSL_free(session); }

void openssl_session_verify(openssl_session *session, bool is_verified, bool is_required) {
    library.SSL_set_verify(session, verify_mode(is_verified, is_required), NULL);
}

bool openssl_session_set_name(openssl_session *session, const char *name) {
    return library.SSL_ctrl(session, command_name, 0, (void *)name) > 0;
}

static openssl_outcome outcome(openssl_session *session, int result) {
    if (result > 0) return OPENSSL_DONE;
    switch (library.SSL_get_error(session, result)) {
        case error_want_read:
        case error_want_write: return OPENSSL_NEEDS_MORE;
        case error_zero_return: return OPENSSL_CLOSED;
        default: return OPENSSL_FAILED;
    }
}

openssl_outcome openssl_session_handshake(openssl_session *session) {
    library.ERR_clear_error();
    return outcome(session, library.SSL_do_handshake(session));
}

bool openssl_session_receive(openssl_session *session, const void *bytes, size_t count) {
    return library.BIO_write(library.SSL_get_rbio(session), bytes, (int)count) == (int)count;
}

void openssl_session_end_input(openssl_session *session) {
    library.BIO_ctrl(library.SSL_get_rbio(session), memory_eof, 0, NULL);
}

openssl_outcome openssl_session_read(
    openssl_session *session, void *bytes, size_t size, size_t *count) {
    library.ERR_clear_error();
    int length = library.SSL_read(session, bytes, (int)size);
    *count = length > 0 ? (size_t)length : 0;
    return outcome(session, length);
}

openssl_outcome openssl_session_write(openssl_session *session, const void *bytes, size_t count) {
    library.ERR_clear_error();
    const char *rest = bytes;
    while (count > 0) {
        int part = count < 1 << 30 ? (int)count : 1 << 30;
        int length = library.SSL_write(session, rest, part);
        if (length <= 0) return outcome(session, length);
        rest += length;
        count -= (size_t)length;
    }
    return OPENSSL_DONE;
}

void openssl_session_shut_down(openssl_session *session) {
    library.ERR_clear_error();
    library.SSL_shutdown(session);
    library.ERR_clear_error();
}

size_t openssl_session_waiting(openssl_session *session) {
    return library.BIO_ctrl_pending(library.SSL_get_wbio(session));
}

size_t openssl_session_take(openssl_session *session, void *bytes, size_t size) {
    int count = library.BIO_read(library.SSL_get_wbio(session), bytes, (int)size);
    return count > 0 ? (size_t)count : 0;
}

// Certificates

struct openssl_identity {
    void *certificate;
    void *key;
};

enum {
    key_elliptic = 408, text_utf8 = 0x1000,
    extension_subject_key = 82, extension_usage = 83, extension_names = 85,
    extension_constraints = 87, extension_authority_key = 90, extension_purpose = 126,
    serial_size = 16,
};

static void *make_key(void) {
    void *key = NULL;
    void *context = library.EVP_PKEY_CTX_new_id(key_elliptic, NULL);
    if (context != NULL && library.EVP_PKEY_keygen_init(context) > 0
        && library.EVP_PKEY_CTX_ctrl_str(context, "ec_paramgen_curve", "P-256") > 0) {
        library.EVP_PKEY_keygen(context, &key);
    }
    library.EVP_PKEY_CTX_free(context);
    return key;
}

static bool extend(void *certificate, void *issuer, int kind, const char *value) {
    // The library's own structure is smaller than this.
    uint64_t context[32] = {0};
    library.X509V3_set_ctx(context, issuer, certificate, NULL, NULL, 0);
    void *extension = library.X509V3_EXT_conf_nid(NULL, context, kind, value);
    if (extension == NULL) return false;
    bool is_added = library.X509_add_ext(certificate, extension, -1) > 0;
    library.X509_EXTENSION_free(extension);
    return is_added;
}

static bool extend_for(
    openssl_purpose purpose, void *certificate, void *issuer, const char *alternative_names) {
    bool is_authority = purpose == OPENSSL_AUTHORITY;
    if (!extend(
            certificate, issuer, extension_constraints,
            is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE")
        || !extend(
            certificate, issuer, extension_usage,
            is_authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature")
        || !extend(certificate, issuer, extension_subject_key, "hash")) {
        return false;
    }
    if (!is_authority && !extend(certificate, issuer, extension_authority_key, "keyid")) return false;
    // A node is a server to clients and a client to other nodes.
    if (purpose == OPENSSL_NODE
        && !extend(certificate, issuer, extension_purpose, "serverAuth,clientAuth")) {
        return false;
    }
    if (purpose == OPENSSL_CLIENT
        && !extend(certificate, issuer, extension_purpose, "clientAuth")) {
        return false;
    }
    return alternative_names == NULL
        || extend(certificate, issuer, extension_names, alternative_names);
}

static bool set_serial(void *certificate) {
    unsigned char digits[serial_size];
    if (library.RAND_bytes(digits, sizeof digits) <= 0) return false;
    // Positive, and as long as it is.
    digits[0] = (digits[0] & 0x7F) | 0x40;
    void *serial = library.X509_get_serialNumber(certificate);
    return library.ASN1_STRING_set(serial, digits, sizeof digits) > 0;
}

static bool add_name(void *certificate, const char *field, const char *text) {
    return library.X509_NAME_add_entry_by_txt(
               library.X509_get_subject_name(certificate), field, text_utf8,
               (const unsigned char *)text, -1, -1, 0)
        > 0;
}

openssl_identity *openssl_identity_create(
    openssl_purpose purpose, const char *organization, const char *name,
    const char *alternative_names, const openssl_identity *issuer, long days) {
    library.ERR_clear_error();
    openssl_identity *identity = calloc(1, sizeof *identity);
    if (identity == NULL) return NULL;
    void *certificate = identity->certificate = library.X509_new();
    void *key = identity->key = make_key();
    const long hour = 60 * 60;
    const openssl_identity *signer = issuer == NULL ? identity : issuer;
    if (certificate != NULL && key != NULL && library.X509_set_version(certificate, 2) > 0
        && set_serial(certificate)
        // Clocks of other machines may be a little behind.
        && library.X509_gmtime_adj(library.X509_getm_notBefore(certificate), -hour) != NULL
        && library.X509_gmtime_adj(library.X509_getm_notAfter(certificate), days * 24 * hour) != NULL
        && library.X509_set_pubkey(certificate, key) > 0
        && add_name(certificate, "O", organization) && add_name(certificate, "CN", name)
        && library.X509_set_issuer_name(
               certificate, library.X509_get_subject_name(signer->certificate))
            > 0
        && extend_for(purpose, certificate, signer->certificate, alternative_names)
        && library.X509_sign(certificate, signer->key, library.EVP_sha256()) > 0) {
        return identity;
    }
    openssl_identity_free(identity);
    return NULL;
}

void openssl_identity_free(openssl_identity *identity) {
    library.X509_free(identity->certificate);
    library.EVP_PKEY_free(identity->key);
    free(identity);
}

char *openssl_identity_text(const openssl_identity *identity, bool is_key, size_t *count) {
    void *output = library.BIO_new(library.BIO_s_mem());
    if (output == NULL) return NULL;
    int written = is_key
        ? library.PEM_write_bio_PrivateKey(output, identity->key, NULL, NULL, 0, NULL, NULL)
        : library.PEM_write_bio_X509(output, identity->certificate);
    *count = written > 0 ? library.BIO_ctrl_pending(output) : 0;
    char *text = malloc(*count + 1);
    if (text != NULL) library.BIO_read(output, text, (int)*count);
    library.BIO_free(output);
    return text;
}
