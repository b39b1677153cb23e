#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

using namespace quern;

extern "C" int quern_add(int64_t type, int64_t n, const void* a, const void* b, void* dst) noexcept {
  QUERN_TRY(check_initialized("add"));
  QUERN_TRY(check_pointers("add", a && b && dst));
  QUERN_TRY(check_type("add", "type", type));
  int64_t ignored;
  if (n < 0) return fail(QUERN_INVALID_ARGUMENT, "add: %lld elements", static_cast<long long>(n));
  QUERN_TRY(count("add", "tensor", n, 1, 1, 1, &ignored));
  ran("add");
  parallel_ranges(n, 16384, [&](int64_t begin, int64_t end) {
    kernels().add(end - begin, f32(a) + begin, f32(b) + begin, f32(dst) + begin);
  });
  return QUERN_OK;
}
