/* Status codes, types, errors, memory, and the pool of threads. A part of quern.h, which has the rules of all. */
#ifndef QUERN_BASE_H
#define QUERN_BASE_H

#include <stdint.h>

#include "quern_export.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- status ---- */

enum quern_status {
  QUERN_OK = 0,
  QUERN_INVALID_ARGUMENT = 1, /* a null pointer, or a number outside its range */
  QUERN_INVALID_SHAPE = 2,    /* shapes that do not fit together, or whose size overflows */
  QUERN_UNSUPPORTED = 3,      /* nothing computes that: a type, an order, or what a forced implementation refuses */
  QUERN_OUT_OF_MEMORY = 4,    /* the system granted no memory */
  QUERN_WORKSPACE = 5,        /* the workspace is smaller than the query said */
  QUERN_NOT_INITIALIZED = 6,  /* quern_init has not succeeded yet */
  QUERN_LIBRARY = 7           /* OpenBLAS cannot be loaded or is not the expected one */
};

/* ---- types ---- */

/* Of elements; names are safetensors'. Zero, as in a descriptor that says nothing, is float32. */
enum quern_type {
  QUERN_F32 = 0,  /* float32 */
  QUERN_U8 = 1,   /* unsigned bytes: q stands for (q - zero) * scale, of which whoever reads it knows zero and scale */
  QUERN_S8 = 2,   /* signed bytes from -127 to 127, of weights */
  QUERN_BF16 = 3, /* bfloat16, of packed weights */
  QUERN_F16 = 4,  /* IEEE 754 half precision, of packed weights */
  QUERN_S16 = 5   /* 16 bits from -254 to 254, of weights that are two bytes of QUERN_S8 */
};

/* Of an image in memory. */
enum quern_order {
  QUERN_NHWC = 0, /* channels last */
  QUERN_NCHW = 1  /* planes, one behind the other */
};

/* ---- errors ---- */

/* Why the calling thread's last call failed; valid until its next call. */
QUERN_API const char* quern_error_message(void) QUERN_NOEXCEPT;

/* The implementation that the calling thread's last compute call ran, for example "conv2d:im2col:avx512". */
QUERN_API const char* quern_last_implementation(void) QUERN_NOEXCEPT;

/* ---- runtime ---- */

/*
 * Loads OpenBLAS from the given file (never from anywhere else), refuses one with 64-bit integers or without threads,
 * pins it to one thread and to the kernels of the instruction set, and picks our own kernels. The library then stays
 * loaded to the end of the process. isa is NULL for the best that CPU and operating system support, or one of
 * "baseline", "avx2", "avx_vnni", "avx512", "avx512_vnni", "amx", "neon", "neon_dot". Later calls return the first
 * one's result.
 */
QUERN_API int quern_init(const char* openblas_path, const char* isa) QUERN_NOEXCEPT;

QUERN_API const char* quern_version(void) QUERN_NOEXCEPT;
QUERN_API const char* quern_isa(void) QUERN_NOEXCEPT;
QUERN_API const char* quern_isa_reason(void) QUERN_NOEXCEPT;
QUERN_API const char* quern_openblas_config(void) QUERN_NOEXCEPT;
QUERN_API const char* quern_openblas_core(void) QUERN_NOEXCEPT;

/* The C library that this process runs on, for example "glibc 2.36". */
QUERN_API const char* quern_libc(void) QUERN_NOEXCEPT;

/* Threads that a compute call may use, the calling one included: 1 to 64. Results do not depend on it. */
QUERN_API int quern_set_threads(int threads) QUERN_NOEXCEPT;
QUERN_API int quern_threads(void) QUERN_NOEXCEPT;

/*
 * From begin to end, compute calls of the calling thread share the threads with those of other threads that are between
 * them, too: of n such threads each has an nth, its own at least. Pairs may nest.
 */
QUERN_API void quern_share_begin(void) QUERN_NOEXCEPT;
QUERN_API void quern_share_end(void) QUERN_NOEXCEPT;

/* Operations a second of fused multiply-adds in registers, of the calling thread: measured now, for some 10 ms. */
QUERN_API int quern_fma_peak(double* result) QUERN_NOEXCEPT;

/*
 * The peak of all threads together, measured now, for some 100 ms: operations a second of fused multiply-adds in
 * registers, and bytes a second that a copy of memory larger than the caches of a core reads and writes.
 */
QUERN_API int quern_speed(double* operations, double* bytes) QUERN_NOEXCEPT;

/*
 * Until quern_trace_end, the calling thread does its parallel work alone and notes how long the pieces take: what a
 * simulation of more threads starts from. For each call of parallel work there are when it begins, the number of its
 * pieces, the most threads that it has places for, each piece's duration, and when it ends, in nanoseconds since the
 * beginning. What exceeds the capacity, in int64 and at most 2^27, is lost; used[0] says how much there would be.
 */
QUERN_API int quern_trace_begin(int64_t capacity) QUERN_NOEXCEPT;
QUERN_API int quern_trace_end(int64_t* records, int64_t capacity, int64_t* used) QUERN_NOEXCEPT;

/* Zeroed memory, aligned to 64 bytes; its address comes back through address[0]. */
QUERN_API int quern_alloc(int64_t bytes, int64_t* address) QUERN_NOEXCEPT;
QUERN_API void quern_free(int64_t address) QUERN_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
