#include "runtime/checks.h"

#include <cfloat>

#include "kernels/kernels.h"

namespace quern {

int check_initialized(const char* op) noexcept {
  return initialized() ? QUERN_OK : fail(QUERN_NOT_INITIALIZED, "%s: quern_init has not been called or has failed", op);
}

int check_pointers(const char* op, bool all_present) noexcept {
  return all_present ? QUERN_OK : fail(QUERN_INVALID_ARGUMENT, "%s: a required pointer is null", op);
}

int check_range(const char* op, const char* what, int64_t value, int64_t least) noexcept {
  if (value >= least && value <= INT32_MAX) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "%s: %s %lld is outside [%lld, 2^31 - 1]", op, what,
              static_cast<long long>(value), static_cast<long long>(least));
}

int check_not_negative(const char* op, const char* what, double value) noexcept {
  if (value >= 0 && value <= DBL_MAX) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "%s: %s %g is not a number of at least 0", op, what, value);
}

int check_rate(const char* op, const char* what, double value) noexcept {
  if (value >= 0 && value < 1) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "%s: %s %g is outside [0, 1)", op, what, value);
}

int check_elements(const char* op, int64_t n) noexcept {
  if (n < 0) return fail(QUERN_INVALID_ARGUMENT, "%s: %lld elements", op, static_cast<long long>(n));
  int64_t ignored;
  return count(op, "tensor", n, 1, 1, 1, &ignored);
}

int check_flag(const char* op, const char* what, int64_t value) noexcept {
  if (value == 0 || value == 1) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "%s: %s %lld is neither 0 nor 1", op, what, static_cast<long long>(value));
}

int check_workspace(const char* op, const void* workspace, int64_t bytes, int64_t needed) noexcept {
  if (bytes >= needed && (workspace != nullptr || needed == 0)) return QUERN_OK;
  return fail(QUERN_WORKSPACE, "%s: workspace of %lld bytes is %s the %lld that are needed", op,
              static_cast<long long>(bytes), bytes < needed ? "smaller than" : "null in place of",
              static_cast<long long>(needed));
}

int check_packed(const char* op, const void* packed) noexcept {
  const auto address = reinterpret_cast<uintptr_t>(packed);
  return address % 64 == 0
             ? QUERN_OK
             : fail(QUERN_INVALID_ARGUMENT, "%s: packed weights at address %#llx are not aligned to 64 bytes", op,
                    static_cast<unsigned long long>(address));
}

int check_targets(const char* op, int64_t rows, int64_t classes, int64_t ignore_index,
                  const int32_t* targets) noexcept {
  for (int64_t r = 0; r < rows; r++) {
    if (targets[r] != ignore_index && (targets[r] < 0 || targets[r] >= classes)) {
      return fail(QUERN_INVALID_ARGUMENT, "%s: target %d of row %lld is outside [0, %lld)", op, targets[r],
                  static_cast<long long>(r), static_cast<long long>(classes));
    }
  }
  return QUERN_OK;
}

int count(const char* op, const char* tensor, int64_t a, int64_t b, int64_t c, int64_t d, int64_t* out) noexcept {
  int64_t n;
  if (__builtin_mul_overflow(a, b, &n) || __builtin_mul_overflow(n, c, &n) || __builtin_mul_overflow(n, d, &n) ||
      n < 0 || n > (int64_t{1} << 53)) {
    return fail(QUERN_INVALID_SHAPE, "%s: %s %lldx%lldx%lldx%lld has more than 2^53 elements", op, tensor,
                static_cast<long long>(a), static_cast<long long>(b), static_cast<long long>(c),
                static_cast<long long>(d));
  }
  *out = n;
  return QUERN_OK;
}

}  // namespace quern
