// adaptive_max_pool2d against plain loops: whole images, windows that share inputs, outputs larger than the input; and
// what is refused.
#include "adaptive_max_pool2d_check.h"

namespace {

using namespace of_adaptive_max_pool2d;

void check(quern_resize2d d) {
  in_case("%lldx%lldx%lldx%lld to %lldx%lld", (long long)d.batch, (long long)d.channels, (long long)d.in_height,
          (long long)d.in_width, (long long)d.out_height, (long long)d.out_width);
  for (int64_t gap : {0, 3}) {
    d.src_pitch = d.channels + gap, d.dst_pitch = d.channels + 2 * gap;
    for (Guard side : {Guard::After, Guard::Before}) {
      for (Values kind : {Values::Integers, Values::Floats}) {  // nine different integers: many ties
        Image src(d.batch, d.in_height, d.in_width, d.channels, d.src_pitch, side);
        Random random(5);
        src.fill(&random, kind);
        check_on(d, src, kind, side);
      }
    }
  }
  in_case("%s", "");
}

void special_values() {
  const quern_resize2d d = resize(1, 3, 6, 7, 3, 2);
  const float values[] = {NAN, INFINITY, -INFINITY, 0.0f, -0.0f, 1.0f, -3e38f, 3e38f};
  Random random(5);
  for (int round = 0; round < 20; round++) {
    in_case("special values, round %d", round);
    Image src(1, 6, 7, 3, 3, Guard::After);
    for (int64_t p = 0; p < src.pixels(); p++) {
      for (int64_t c = 0; c < d.channels; c++) src.at(p, c) = values[random.between(round % 2, 7)];
    }
    check_on(d, src, Values::Integers, Guard::After);
  }
  in_case("%s", "");
}

// As the other operators refuse; indices may be null in the forward pass alone.
void refuses() {
  const auto forward = [](const quern_resize2d* d, const void* src, void* dst) {
    return quern_adaptive_max_pool2d_forward(d, src, dst, nullptr);
  };
  const auto backward = [](const quern_resize2d* d, const void* diff_dst, void* diff_src) {
    return quern_adaptive_max_pool2d_backward(d, diff_dst, untouchable<int32_t>(), diff_src);
  };
  const quern_resize2d good = resize(2, 4, 6, 6, 3, 2);
  refusals(Resize2d{"adaptive_max_pool2d", forward, backward, nullptr}, good);
  float* f = untouchable<float>();
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", quern_adaptive_max_pool2d_backward(&good, f, nullptr, f));
  const quern_resize2d wide = resize(0, 1, 1 << 16, 1 << 16, 1, 1);
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pixels of an image", forward(&wide, f, f));
}

}  // namespace

int main() {
  start();
  for (int64_t h : {1, 2, 5, 7}) {
    for (int64_t out : {1, 2, 3, 5, 8}) check(resize(2, 3, h, 6, out, 9 - out));
  }
  for (int64_t c : {1, 7, 8, 9, 16, 17, 33}) check(resize(1, c, 5, 4, 2, 1));
  check(resize(0, 2, 4, 4, 1, 1));
  check(resize(5, 17, 20, 20, 7, 7));
  special_values();
  refuses();
  return finish();
}
