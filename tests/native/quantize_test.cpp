// quantize, dequantize and quantize_weights: values, rounding, bounds, NaN; and what is refused.
#include "quantize_check.h"

namespace {

void refusals() {
  float* f = untouchable<float>();
  constexpr int kBad = QUERN_INVALID_ARGUMENT;
  CHECK_REFUSED(kBad, "scale", quern_quantize(1, f, 0, 0, 0, 255, f));
  CHECK_REFUSED(kBad, "scale", quern_quantize(1, f, NAN, 0, 0, 255, f));
  CHECK_REFUSED(kBad, "scale", quern_quantize(1, f, INFINITY, 0, 0, 255, f));
  CHECK_REFUSED(kBad, "low -1", quern_quantize(1, f, 1, 0, -1, 255, f));
  CHECK_REFUSED(kBad, "high 256", quern_quantize(1, f, 1, 0, 0, 256, f));
  CHECK_REFUSED(kBad, "high 3", quern_quantize(1, f, 1, 4, 4, 3, f));
  CHECK_REFUSED(kBad, "zero 9", quern_quantize(1, f, 1, 9, 0, 8, f));
  CHECK_REFUSED(kBad, "zero 256", quern_dequantize(1, f, 1, 256, f));
  CHECK_REFUSED(kBad, "scale", quern_dequantize(1, f, -1, 0, f));
  CHECK_OK(quern_quantize(0, f, 1, 0, 0, 255, f));
  CHECK_REFUSED(kBad, "channels 0", quern_quantize_weights(0, 1, f, f, f, f));
  CHECK_REFUSED(kBad, "n -1", quern_quantize_weights(1, -1, f, f, f, f));
}

}  // namespace

int main() {
  start();
  Random r{1};
  for (int64_t n = 0; n < 70; n++) {
    of_quantize::check(of_quantize::any_steps(&r), n, &r, n % 2 == 0 ? Guard::After : Guard::Before);
  }
  of_quantize::check({0.25f, 128, 0, 255}, 40000, &r, Guard::After);
  for (int64_t n = 1; n < 70; n++) {
    of_quantize::check_weights(1 + n % 5, n, n % 3 != 0, &r, n % 2 == 0 ? Guard::After : Guard::Before);
  }
  of_quantize::check_weights(3, 20000, true, &r, Guard::After);
  of_quantize::check_weights(20000, 3, true, &r, Guard::After);
  refusals();
  return finish();
}
