// cast: float32 to bfloat16 and back.
#include "cast_check.h"

int main() {
  start();
  Random r{1};
  for (int64_t n = 0; n < 70; n++) of_cast::check(n, &r, n % 2 == 0 ? Guard::After : Guard::Before);
  of_cast::check(70001, &r, Guard::After);
  float* f = untouchable<float>();
  constexpr int kBad = QUERN_INVALID_ARGUMENT, kUnsupported = QUERN_UNSUPPORTED;
  CHECK_REFUSED(kBad, "cast: -1 elements", quern_cast(-1, QUERN_F32, f, QUERN_BF16, f));
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "2^53", quern_cast(INT64_MAX, QUERN_F32, f, QUERN_BF16, f));
  CHECK_REFUSED(kBad, "cast: src_type 99 is not a quern_type", quern_cast(1, 99, f, QUERN_BF16, f));
  CHECK_REFUSED(kBad, "cast: dst_type -1 is not a quern_type", quern_cast(1, QUERN_F32, f, -1, f));
  CHECK_REFUSED(kUnsupported, "from type 0 to 0", quern_cast(1, QUERN_F32, f, QUERN_F32, f));
  CHECK_REFUSED(kUnsupported, "from type 3 to 3", quern_cast(1, QUERN_BF16, f, QUERN_BF16, f));
  CHECK_REFUSED(kUnsupported, "from type 0 to 4", quern_cast(1, QUERN_F32, f, QUERN_F16, f));
  CHECK_REFUSED(kUnsupported, "from type 1 to 0", quern_cast(1, QUERN_U8, f, QUERN_F32, f));
  CHECK_REFUSED(kBad, "null", quern_cast(1, QUERN_F32, nullptr, QUERN_BF16, f));
  CHECK_REFUSED(kBad, "null", quern_cast(1, QUERN_F32, f, QUERN_BF16, nullptr));
  return finish();
}
