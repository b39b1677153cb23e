// OpenBLAS, loaded from one given file, single-threaded, entered by a bounded number of threads.
#pragma once

#include <cstdint>

namespace quern {

// core: the kernels to pin, or NULL. On failure the error message says what was found.
int load_blas(const char* path, const char* core, bool core_forced) noexcept;
const char* blas_config() noexcept;
const char* blas_core() noexcept;

enum class Trans { No, Yes };

// c [m, n] = alpha * op(a) [m, k] * op(b) [k, n] + beta * c, row-major. Dimensions fit in 32 bits (checked by callers).
void gemm(Trans ta, Trans tb, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b, int64_t ldb,
          float beta, float* c, int64_t ldc) noexcept;

}  // namespace quern
