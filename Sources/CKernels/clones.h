#pragma once

// One binary for every x86-64: loops are compiled for several generations of processors, and the loader picks.
#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define HAS_WIDE_REGISTERS __builtin_cpu_supports("avx512vl")
#else
#define CLONES
#define HAS_WIDE_REGISTERS 0
#endif
