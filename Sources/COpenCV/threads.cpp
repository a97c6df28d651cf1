#include <sched.h>

#include <atomic>
#include <cstring>

#include "copencv_threads.h"

static_assert(sizeof(cpu_set_t) == sizeof(cocv_cpus), "processor set");

extern "C" {

bool cocv_confine_thread(int32_t count, cocv_cpus *saved) {
    cpu_set_t all, some;
    CPU_ZERO(&some);
    if (count < 1 || sched_getaffinity(0, sizeof all, &all) != 0) return false;
    static std::atomic<uint32_t> turn{0};
    const int usable = CPU_COUNT(&all);
    const int first = usable > 0 ? static_cast<int>(turn++ % static_cast<uint32_t>(usable)) : 0;
    // Twice round, so that a choice that begins late comes back to the first ones.
    int seen = 0;
    for (int step = 0; step < 2 * CPU_SETSIZE && CPU_COUNT(&some) < count; step++) {
        const int cpu = step % CPU_SETSIZE;
        if (CPU_ISSET(cpu, &all) && seen++ >= first) CPU_SET(cpu, &some);
    }
    std::memcpy(saved->mask, &all, sizeof all);
    return sched_setaffinity(0, sizeof some, &some) == 0;
}

void cocv_release_thread(const cocv_cpus *saved) {
    cpu_set_t all;
    std::memcpy(&all, saved->mask, sizeof all);
    sched_setaffinity(0, sizeof all, &all);
}

}  // extern "C"
