#define _GNU_SOURCE
#include "csandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <poll.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

bool csbx_start(const char *path, char *const arguments[], char *const environment[], csbx_child *out) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return false;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    // Above what is closed below, so that the copy to CSBX_SOCKET is never onto itself.
    int end = fcntl(ends[1], F_DUPFD_CLOEXEC, CSBX_SOCKET + 1);
    int failure = end < 0 ? errno : 0;
    for (int stream = 0; stream < 3 && !failure; stream++)
        failure = posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", stream == 0 ? O_RDONLY : O_WRONLY, 0);
    if (!failure) failure = posix_spawn_file_actions_adddup2(&actions, end, CSBX_SOCKET);
    if (!failure) failure = posix_spawn_file_actions_addclosefrom_np(&actions, CSBX_SOCKET + 1);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    if (!failure) failure = posix_spawn(&out->pid, path, &actions, &attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (end >= 0) close(end);
    close(ends[1]);
    out->socket = ends[0];
    if (!failure) return true;
    close(ends[0]);
    errno = failure;
    return false;
}

typedef union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
} control;

bool csbx_send(int socket, const void *bytes, size_t count, int descriptor) {
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    control with = {0};
    if (descriptor >= 0) {
        message.msg_control = with.bytes;
        message.msg_controllen = sizeof with.bytes;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof descriptor);
        memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    }
    ssize_t sent;
    do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)count;
}

ssize_t csbx_receive(int socket, void *bytes, size_t capacity, int *descriptor, int milliseconds) {
    *descriptor = -1;
    struct pollfd waiting = {.fd = socket, .events = POLLIN};
    int ready = poll(&waiting, 1, milliseconds);
    if (ready == 0 || (ready < 0 && errno == EINTR)) return CSBX_TIMED_OUT;
    if (ready < 0) return -1;
    struct iovec part = {.iov_base = bytes, .iov_len = capacity};
    control with = {0};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = with.bytes, .msg_controllen = sizeof with.bytes};
    ssize_t count;
    do count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    while (count < 0 && errno == EINTR);
    // A child that is killed leaves a reset connection: the end as well.
    if (count < 0) return errno == ECONNRESET ? 0 : -1;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(descriptor, CMSG_DATA(header), sizeof(int));
    if (message.msg_flags & MSG_TRUNC) {
        errno = EMSGSIZE;
        return -1;
    }
    return count;
}

int csbx_memory(size_t bytes) {
    int descriptor = memfd_create("shrike-pixels", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0) return -1;
    if (ftruncate(descriptor, (off_t)bytes) == 0 &&
        fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
        return descriptor;
    int failure = errno;
    close(descriptor);
    errno = failure;
    return -1;
}

void *csbx_map(int descriptor, size_t bytes, bool writable) {
    void *base = mmap(NULL, bytes, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, descriptor, 0);
    return base == MAP_FAILED ? NULL : base;
}

void csbx_unmap(void *base, size_t bytes) { munmap(base, bytes); }

static bool limit(int resource, rlim_t value) {
    struct rlimit limits;
    if (getrlimit(resource, &limits) != 0) return false;
    // What is set already may be lower; more than that is not to be had.
    if (limits.rlim_max < value) value = limits.rlim_max;
    limits.rlim_cur = limits.rlim_max = value;
    return setrlimit(resource, &limits) == 0;
}

static bool set_limits(size_t memory) {
    return limit(RLIMIT_AS, memory) & limit(RLIMIT_NOFILE, 256) & limit(RLIMIT_FSIZE, 0) & limit(RLIMIT_CORE, 0) &
           (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0) & (prctl(PR_SET_DUMPABLE, 0) == 0) &
           (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
}

// Bits that the headers of older systems lack.
#define REFER (1ULL << 13)
#define TRUNCATE (1ULL << 14)
#define IOCTL_DEVICE (1ULL << 15)

static bool restrict_files(const char *const readable[], size_t count) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) return false;
    struct landlock_ruleset_attr rules = {.handled_access_fs = REFER - 1};
    if (version >= 2) rules.handled_access_fs |= REFER;
    if (version >= 3) rules.handled_access_fs |= TRUNCATE;
    if (version >= 5) rules.handled_access_fs |= IOCTL_DEVICE;
    int set = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules.handled_access_fs, 0);
    if (set < 0) return false;
    bool done = true;
    for (size_t i = 0; i < count && done; i++) {
        struct stat status;
        int parent = open(readable[i], O_PATH | O_CLOEXEC);
        // What is not there cannot be read.
        if (parent < 0) continue;
        struct landlock_path_beneath_attr rule = {
            .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE, .parent_fd = parent};
        done = fstat(parent, &status) == 0;
        if (done && S_ISDIR(status.st_mode)) rule.allowed_access |= LANDLOCK_ACCESS_FS_READ_DIR;
        done = done && syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
        close(parent);
    }
    done = done && syscall(SYS_landlock_restrict_self, set, 0) == 0;
    close(set);
    return done;
}

// What decoding and its threads need; all else is refused.
static const int allowed[] = {
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64), SCMP_SYS(lseek),
    SCMP_SYS(close), SCMP_SYS(dup), SCMP_SYS(fcntl), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(statx),
    SCMP_SYS(stat), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink),
    SCMP_SYS(readlinkat), SCMP_SYS(getcwd), SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(getdents64),
    SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(recvmsg), SCMP_SYS(sendmsg),
    SCMP_SYS(recvfrom), SCMP_SYS(sendto),
    SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(mprotect), SCMP_SYS(madvise), SCMP_SYS(brk),
    SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(membarrier),
    SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_setaffinity), SCMP_SYS(getcpu),
    SCMP_SYS(sched_getparam), SCMP_SYS(sched_getscheduler),
    SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(tgkill), SCMP_SYS(getpid), SCMP_SYS(getppid),
    SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom), SCMP_SYS(uname), SCMP_SYS(sysinfo),
    SCMP_SYS(getrusage), SCMP_SYS(times), SCMP_SYS(prlimit64), SCMP_SYS(getrlimit), SCMP_SYS(prctl),
    SCMP_SYS(seccomp), SCMP_SYS(landlock_create_ruleset), SCMP_SYS(landlock_restrict_self),
};
static const int networking[] = {
    SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(getsockname),
    SCMP_SYS(getpeername), SCMP_SYS(sendmmsg), SCMP_SYS(recvmmsg), SCMP_SYS(shutdown), SCMP_SYS(ioctl),
};
static const int domains[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
static const int opening[] = {
    SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind),
};

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static bool allow(scmp_filter_ctx filter, const int calls[], size_t count) {
    // A call that this processor does not have needs no rule.
    for (size_t i = 0; i < count; i++)
        if (calls[i] >= 0 && seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) != 0) return false;
    return true;
}

// For all threads: a decoder has started its own by the time it is sealed.
static bool loaded(scmp_filter_ctx filter, bool is_complete) {
    bool done = is_complete && seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return done;
}

static bool restrict_calls(bool network) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter) return false;
    bool done = allow(filter, allowed, COUNT(allowed));
    // Threads yes, processes no; clone3 hides its flags in memory, and the C library falls back to clone where there is none.
    done = done && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                                    SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)) == 0;
    done = done && seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
    if (network) {
        done = done && allow(filter, networking, COUNT(networking));
        for (size_t i = 0; i < COUNT(domains) && done; i++)
            done = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
                                    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)domains[i])) == 0;
    }
    return loaded(filter, done);
}

int csbx_confine(const char *const readable[], size_t count, bool network, size_t memory) {
    int taken = set_limits(memory) ? CSBX_LIMITS : 0;
    if (restrict_files(readable, count)) taken |= CSBX_LANDLOCK;
    if (restrict_calls(network)) taken |= CSBX_SYSCALLS;
    return taken;
}

bool csbx_seal(void) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter) return false;
    bool done = true;
    for (size_t i = 0; i < COUNT(opening) && done; i++)
        done = opening[i] < 0 || seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), opening[i], 0) == 0;
    return loaded(filter, done);
}
