/* Status codes, types, errors, memory, and the thread pool. See quern.h for the common rules. */
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
  QUERN_UNSUPPORTED = 3,     /* no implementation supports the type or order, or the forced implementation rejects it */
  QUERN_OUT_OF_MEMORY = 4,   /* the system did not provide the memory */
  QUERN_WORKSPACE = 5,       /* the workspace is smaller than the queried size */
  QUERN_NOT_INITIALIZED = 6, /* quern_init has not succeeded yet */
  QUERN_LIBRARY = 7          /* OpenBLAS cannot be loaded or is not the expected one */
};

/* ---- types ---- */

/* Element types, named as in safetensors. Zero is float32, so that a zeroed descriptor means float32. */
enum quern_type {
  QUERN_F32 = 0,  /* float32 */
  QUERN_U8 = 1,   /* uint8: q represents (q - zero) * scale; zero and scale are arguments of the functions */
  QUERN_S8 = 2,   /* int8 weights from -127 to 127 */
  QUERN_BF16 = 3, /* bfloat16: packed weights, and copies that training keeps for the backward pass */
  QUERN_F16 = 4,  /* IEEE 754 half precision, packed weights only */
  QUERN_S16 = 5   /* int16 weights from -254 to 254, each the sum of two QUERN_S8 */
};

/* The memory order of an image. */
enum quern_order {
  QUERN_NHWC = 0, /* channels last */
  QUERN_NCHW = 1  /* channels first: one plane per channel */
};

/* ---- errors ---- */

/* The reason why the calling thread's last call failed; valid until its next call. */
QUERN_API const char* quern_error_message(void) QUERN_NOEXCEPT;

/* The implementation that the calling thread's last compute call ran, for example "conv2d:im2col:avx512". */
QUERN_API const char* quern_last_implementation(void) QUERN_NOEXCEPT;

/* ---- runtime ---- */

/*
 * Loads OpenBLAS from the given file only, rejects a build with 64-bit integers or without threads, limits it to one
 * thread and to the kernels of the instruction set, and selects Quern's kernels. OpenBLAS then stays loaded until the
 * process ends. isa is NULL for the best instruction set that CPU and operating system support, or one of "baseline",
 * "avx2", "avx_vnni", "avx512", "avx512_vnni", "avx512_bf16", "amx", "neon", "neon_dot", "neon_bf16". Later calls
 * return the result of the first call.
 */
QUERN_API int quern_init(const char* openblas_path, const char* isa) QUERN_NOEXCEPT;

QUERN_API const char* quern_version(void) QUERN_NOEXCEPT;
QUERN_API const char* quern_isa(void) QUERN_NOEXCEPT;
QUERN_API const char* quern_isa_reason(void) QUERN_NOEXCEPT;
QUERN_API const char* quern_openblas_config(void) QUERN_NOEXCEPT;
QUERN_API const char* quern_openblas_core(void) QUERN_NOEXCEPT;

/* The C library that this process runs on, for example "glibc 2.36". */
QUERN_API const char* quern_libc(void) QUERN_NOEXCEPT;

/* Sets the number of threads that a compute call may use, including the calling thread: 1 to 64. Results do not depend
 * on it. */
QUERN_API int quern_set_threads(int threads) QUERN_NOEXCEPT;
QUERN_API int quern_threads(void) QUERN_NOEXCEPT;

/*
 * Between begin and end, the compute calls of the calling thread share the thread pool with other threads between begin
 * and end: each of n such threads uses 1/n of the pool, and at least itself. Pairs may be nested.
 */
QUERN_API void quern_share_begin(void) QUERN_NOEXCEPT;
QUERN_API void quern_share_end(void) QUERN_NOEXCEPT;

/* Measures the operations per second of fused multiply-adds in registers on the calling thread. Takes about 10 ms. */
QUERN_API int quern_fma_peak(double* result) QUERN_NOEXCEPT;

/*
 * Measures the peak of all threads together: the operations per second of fused multiply-adds in registers, and the
 * bytes per second that a copy of memory larger than a core's caches reads and writes. Takes about 100 ms.
 */
QUERN_API int quern_speed(double* operations, double* bytes) QUERN_NOEXCEPT;

/*
 * Until quern_trace_end, the calling thread runs its parallel work alone and records the durations of the pieces, from
 * which a simulation of more threads can be computed. The record of a parallel loop contains its begin, the number of
 * pieces, the largest number of threads that it can use, the duration of each piece, and its end, in nanoseconds since
 * quern_trace_begin. The capacity is a number of int64 values, at most 2^27; records beyond it are dropped, and used[0]
 * receives the number of values including the dropped ones.
 */
QUERN_API int quern_trace_begin(int64_t capacity) QUERN_NOEXCEPT;
QUERN_API int quern_trace_end(int64_t* records, int64_t capacity, int64_t* used) QUERN_NOEXCEPT;

/* Allocates zeroed memory, aligned to 64 bytes; address[0] receives its address. */
QUERN_API int quern_alloc(int64_t bytes, int64_t* address) QUERN_NOEXCEPT;
QUERN_API void quern_free(int64_t address) QUERN_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
