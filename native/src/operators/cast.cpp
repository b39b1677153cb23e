#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

using namespace quern;

namespace {
constexpr int64_t kGrain = 16384;
}  // namespace

extern "C" int quern_cast(int64_t n, int64_t src_type, const void* src, int64_t dst_type, void* dst) noexcept {
  QUERN_TRY(check_initialized("cast"));
  QUERN_TRY(check_pointers("cast", src && dst));
  QUERN_TRY(check_known_type("cast", "src_type", src_type));
  QUERN_TRY(check_known_type("cast", "dst_type", dst_type));
  const bool narrows = src_type == QUERN_F32 && dst_type == QUERN_BF16;
  if (!narrows && (src_type != QUERN_BF16 || dst_type != QUERN_F32)) {
    return fail(QUERN_UNSUPPORTED, "cast: from type %lld to %lld is not supported, only from %d to %d and back",
                static_cast<long long>(src_type), static_cast<long long>(dst_type), QUERN_F32, QUERN_BF16);
  }
  if (n < 0) return fail(QUERN_INVALID_ARGUMENT, "cast: %lld elements", static_cast<long long>(n));
  int64_t ignored;
  QUERN_TRY(count("cast", "tensor", n, 1, 1, 1, &ignored));
  ran("cast");
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) {
    if (narrows) {
      kernels().to_bf16(end - begin, f32(src) + begin, static_cast<Bf16*>(dst) + begin);
    } else {
      kernels().from_bf16(end - begin, static_cast<const Bf16*>(src) + begin, f32(dst) + begin);
    }
  });
  return QUERN_OK;
}
