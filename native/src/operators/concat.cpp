#include <cstring>

#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

using namespace quern;

extern "C" int quern_copy_channels(int64_t type, int64_t rows, int64_t c, const void* src, int64_t src_pitch, void* dst,
                                   int64_t dst_pitch) noexcept {
  QUERN_TRY(check_initialized("concat"));
  QUERN_TRY(check_pointers("concat", src && dst));
  if (type != QUERN_U8) QUERN_TRY(check_type("concat", "type", type));
  QUERN_TRY(check_range("concat", "channels", c, 0));
  QUERN_TRY(check_range("concat", "src_pitch", src_pitch, c));
  QUERN_TRY(check_range("concat", "dst_pitch", dst_pitch, c));
  int64_t ignored;
  if (rows < 0) return fail(QUERN_INVALID_ARGUMENT, "concat: %lld rows", static_cast<long long>(rows));
  QUERN_TRY(count("concat", "input", rows, src_pitch, 1, 1, &ignored));
  QUERN_TRY(count("concat", "output", rows, dst_pitch, 1, 1, &ignored));
  ran("concat");
  parallel_ranges(rows, 16384 / (c + 1) + 1, [&](int64_t begin, int64_t end) {
    if (type == QUERN_U8) {
      const auto* from = static_cast<const uint8_t*>(src);
      auto* to = static_cast<uint8_t*>(dst);
      for (int64_t r = begin; r < end; r++)
        std::memcpy(to + r * dst_pitch, from + r * src_pitch, static_cast<size_t>(c));
      return;
    }
    kernels().copy_rows(end - begin, c, f32(src) + begin * src_pitch, src_pitch, f32(dst) + begin * dst_pitch,
                        dst_pitch);
  });
  return QUERN_OK;
}
