// Confines the calling thread to some of its processors for a while.
#ifndef COPENCV_THREADS_H
#define COPENCV_THREADS_H
#include <stdbool.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct cocv_cpus {
    uint8_t mask[128];
} cocv_cpus;

// Keeps `count` of the processors the thread may use, others in turn from call to call; `saved` gets the present set.
// False where nothing was changed.
bool cocv_confine_thread(int32_t count, cocv_cpus *saved);
void cocv_release_thread(const cocv_cpus *saved);

#ifdef __cplusplus
}
#endif
#endif
