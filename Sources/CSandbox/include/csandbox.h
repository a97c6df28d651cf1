// A child process that has only what it is handed: started, talked to, and confined by itself. Linux.
#ifndef CSANDBOX_H
#define CSANDBOX_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// The child's end of the socket pair.
#define CSBX_SOCKET 3

typedef struct csbx_child {
    pid_t pid;
    int socket;  // keeps the borders of messages
} csbx_child;

// Starts a program with an empty environment but for `environment`, no standard streams and no other open file, in a process group
// of its own, so that an interrupt at the terminal reaches the parent alone. False with errno where it could not be started.
bool csbx_start(const char *path, char *const arguments[], char *const environment[], csbx_child *out);

// Sends one message, and a descriptor with it where `descriptor` is not negative.
bool csbx_send(int socket, const void *bytes, size_t count, int descriptor);

#define CSBX_TIMED_OUT (-2)
// Waits for one message, for ever where `milliseconds` is negative: its length, 0 at the end of the connection, -1 with errno, or
// CSBX_TIMED_OUT. `descriptor` gets the one that came with it, or -1.
ssize_t csbx_receive(int socket, void *bytes, size_t capacity, int *descriptor, int milliseconds);

// Memory of so many bytes, as a descriptor; it can neither shrink nor grow, so that no other process can take it away. -1 with errno.
int csbx_memory(size_t bytes);
// Maps it; NULL with errno.
void *csbx_map(int descriptor, size_t bytes, bool writable);
void csbx_unmap(void *base, size_t bytes);

enum {
    CSBX_LIMITS = 1,    // memory, files, no core dump, no new privileges
    CSBX_LANDLOCK = 2,  // only `readable` can be opened, for reading
    CSBX_SYSCALLS = 4,  // no new program or process, no socket unless `network`
};

// Confines the calling process, whose only thread calls, for good; from now on it ends with the thread that started it, too, so that a
// decoder that hangs does not outlive its source. Tells which of the above the kernel took; 0 for none.
int csbx_confine(const char *const readable[], size_t count, bool network, size_t memory);

// From now on nothing is opened and no socket is made.
bool csbx_seal(void);

#endif
