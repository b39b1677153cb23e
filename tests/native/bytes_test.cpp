// What is made of bytes besides convolutions: means, sums, tables, copies; and what is refused.
#include "bytes_check.h"

namespace {

Random random_bytes{28};

Guard a_side() { return random_bytes.between(0, 1) == 0 ? Guard::After : Guard::Before; }

void windows(quern_pool2d d, uint64_t seed) {
  for (d.count_include_pad = 0; d.count_include_pad <= 1; d.count_include_pad++) {
    in_pool_case(d, seed);
    of_bytes::check_avg_pool2d(d, &random_bytes, a_side());
  }
}

void means() {
  each_pool_case(windows);
  for (int64_t c : {1, 4, 15, 16, 17, 32, 33, 63, 64, 65, 127, 128, 129, 257}) windows(pool(2, c, 5, 4, 3, 1, 1), 1);
  windows(pitched(pool(1, 130, 7, 7, 7, 1), 5, 3), 1);
  for (int64_t out : {1, 2, 3, 7, 9}) {
    for (int64_t c : {1, 3, 16, 17, 63, 64, 65, 130}) {
      quern_resize2d d = resize(2, c, 7, 5, out, 8 - std::min<int64_t>(out, 7));
      d.src_pitch += c % 3, d.dst_pitch += c % 4;
      in_case("adaptive, %lld channels to %lldx%lld", (long long)c, (long long)d.out_height, (long long)d.out_width);
      of_bytes::check_adaptive_avg_pool2d(d, &random_bytes, a_side());
    }
  }
  of_bytes::check_adaptive_avg_pool2d(resize(5, 17, 40, 40, 7, 7), &random_bytes, Guard::After);
  of_bytes::check_adaptive_avg_pool2d(resize(0, 2, 4, 4, 1, 1), &random_bytes, Guard::After);
}

// All bytes of a large image are 255 steps from zero: nothing overflows.
void largest_sum() {
  in_case("the largest window");
  const quern_pool2d image = pool(1, 1, 4096, 2048, 4096, 1);
  quern_pool2d d = image;
  d.kernel_width = 2048;
  d.src_type = QUERN_U8;
  Guarded<uint8_t> src(4096 * 2048);
  for (uint8_t& b : src) b = 255;
  float mean = 0;
  CHECK_OK(quern_avg_pool2d_bytes(&d, src.data(), 1, 0, &mean, 1, 0, 0, 255));
  CHECK(mean == 255);
  for (uint8_t& b : src) b = 0;
  CHECK_OK(quern_avg_pool2d_bytes(&d, src.data(), 1, 255, &mean, 1, 0, 0, 255));
  CHECK(mean == -255);
  d.in_height = d.kernel_height = 4097;
  CHECK_REFUSED(QUERN_UNSUPPORTED, "4097x2048", quern_avg_pool2d_bytes(&d, src.data(), 1, 0, &mean, 1, 0, 0, 255));
  quern_resize2d r = resize(1, 1, 4097, 2048, 1, 1);
  r.src_type = QUERN_U8;
  CHECK_REFUSED(QUERN_UNSUPPORTED, "4097x2048",
                quern_adaptive_avg_pool2d_bytes(&r, src.data(), 1, 0, &mean, 1, 0, 0, 255));
}

void elements() {
  for (int64_t n = 0; n < 150; n++) {
    in_case("%lld elements", (long long)n);
    of_bytes::check_add(n, &random_bytes, a_side());
    of_bytes::check_lookup(n, &random_bytes, a_side());
  }
  for (int64_t n : {257, 40000}) {
    of_bytes::check_add(n, &random_bytes, a_side());
    of_bytes::check_lookup(n, &random_bytes, a_side());
  }
  for (int64_t c : {1, 3, 15, 16, 17, 33, 64, 130}) {
    for (int64_t pixels : {1, 6, 400}) {
      in_case("products of %lld pixels, %lld channels", (long long)pixels, (long long)c);
      of_bytes::check_multiply(c % 4, pixels, 1, c, &random_bytes, a_side());
      of_bytes::check_multiply(2, pixels, pixels, c, &random_bytes, a_side());
    }
  }
  for (int64_t tall : {1, 2, 3}) {
    quern_resize2d d = resize(2, 5 * tall, 3, 4, 3 * tall, 8);
    d.src_pitch += 2, d.dst_pitch += tall;
    of_bytes::check_upsample_nearest2d(d, &random_bytes, a_side());
  }
  of_bytes::check_upsample_nearest2d(resize(3, 17, 20, 21, 40, 42), &random_bytes, Guard::After);
}

// What no source and no result of bytes may be.
template <typename Call>
void steps_refused(Call&& call) {
  struct Numbers {
    float scale;
    int64_t zero, low, high;
    const char* text;
  };
  static const Numbers bad[] = {{0, 0, 0, 255, "scale"},   {NAN, 0, 0, 255, "scale"},  {INFINITY, 0, 0, 255, "scale"},
                                {1, 0, -1, 255, "low -1"}, {1, 0, 0, 256, "high 256"}, {1, 4, 4, 3, "high 3"},
                                {1, 9, 0, 8, "zero 9"},    {1, -1, 0, 255, "zero -1"}};
  for (const Numbers& n : bad) CHECK_REFUSED(QUERN_INVALID_ARGUMENT, n.text, call(n.scale, n.zero, n.low, n.high));
}

void refusals() {
  in_case("refusals");
  uint8_t* b = untouchable<uint8_t>();
  constexpr int kBad = QUERN_INVALID_ARGUMENT;
  quern_pool2d d = pool(1, 2, 4, 4, 2, 2);
  quern_resize2d a = resize(1, 2, 4, 4, 1, 1), up = resize(1, 2, 4, 4, 8, 8);
  CHECK_REFUSED(QUERN_UNSUPPORTED, "src_type 0", quern_avg_pool2d_bytes(&d, b, 1, 0, b, 1, 0, 0, 255));
  CHECK_REFUSED(QUERN_UNSUPPORTED, "src_type 0", quern_adaptive_avg_pool2d_bytes(&a, b, 1, 0, b, 1, 0, 0, 255));
  d.src_type = a.src_type = up.src_type = QUERN_U8;
  CHECK_REFUSED(QUERN_UNSUPPORTED, "src_type 1", quern_avg_pool2d_forward(&d, b, b));
  CHECK_REFUSED(QUERN_UNSUPPORTED, "src_type 1", quern_adaptive_avg_pool2d_forward(&a, b, b));
  CHECK_REFUSED(QUERN_UNSUPPORTED, "src_type 1", quern_upsample_nearest2d_forward(&up, b, b));
  d.dst_type = a.dst_type = 7;
  CHECK_REFUSED(kBad, "dst_type 7", quern_avg_pool2d_bytes(&d, b, 1, 0, b, 1, 0, 0, 255));
  CHECK_REFUSED(kBad, "dst_type 7", quern_adaptive_avg_pool2d_bytes(&a, b, 1, 0, b, 1, 0, 0, 255));
  d.dst_type = a.dst_type = QUERN_U8;
  const auto pooled = [&](float s, int64_t z, int64_t l, int64_t h) {
    return quern_avg_pool2d_bytes(&d, b, 1, 0, b, s, z, l, h);
  };
  const auto adapted = [&](float s, int64_t z, int64_t l, int64_t h) {
    return quern_adaptive_avg_pool2d_bytes(&a, b, 1, 0, b, s, z, l, h);
  };
  const auto added = [&](float s, int64_t z, int64_t l, int64_t h) {
    return quern_add_bytes(1, b, 1, 0, b, 1, 0, b, s, z, l, h);
  };
  steps_refused(pooled);
  steps_refused(adapted);
  const auto multiplied = [&](float s, int64_t z, int64_t l, int64_t h) {
    return quern_multiply_bytes(1, 1, 1, 1, b, 1, 0, b, 1, 0, b, s, z, l, h);
  };
  steps_refused(added);
  steps_refused(multiplied);
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "other_pixels 2",
                quern_multiply_bytes(1, 3, 2, 1, b, 1, 0, b, 1, 0, b, 1, 0, 0, 255));
  CHECK_REFUSED(kBad, "zero 256", quern_multiply_bytes(1, 3, 3, 1, b, 1, 0, b, 1, 256, b, 1, 0, 0, 255));
  CHECK_REFUSED(kBad, "scale", quern_multiply_bytes(1, 3, 3, 1, b, 0, 0, b, 1, 0, b, 1, 0, 0, 255));
  CHECK_REFUSED(kBad, "2^100", quern_multiply_bytes(1, 3, 3, 1, b, 1e20f, 0, b, 1e20f, 0, b, 1, 0, 0, 255));
  CHECK_REFUSED(kBad, "batch -1", quern_multiply_bytes(-1, 3, 3, 1, b, 1, 0, b, 1, 0, b, 1, 0, 0, 255));
  CHECK_REFUSED(kBad, "zero 256", quern_avg_pool2d_bytes(&d, b, 1, 256, b, 1, 0, 0, 255));
  CHECK_REFUSED(kBad, "scale", quern_adaptive_avg_pool2d_bytes(&a, b, -1, 0, b, 1, 0, 0, 255));
  CHECK_REFUSED(kBad, "2^100", quern_avg_pool2d_bytes(&d, b, 1, 0, b, 1e-35f, 0, 0, 255));
  CHECK_REFUSED(kBad, "zero 256", quern_add_bytes(1, b, 1, 256, b, 1, 0, b, 1, 0, 0, 255));
  CHECK_REFUSED(kBad, "scale", quern_add_bytes(1, b, 1, 0, b, 0, 0, b, 1, 0, 0, 255));
  CHECK_REFUSED(kBad, "2^100", quern_add_bytes(1, b, 1, 0, b, 1e30f, 0, b, 1e-30f, 0, 0, 255));
  CHECK_REFUSED(kBad, "-1", quern_add_bytes(-1, b, 1, 0, b, 1, 0, b, 1, 0, 0, 255));
  CHECK_REFUSED(kBad, "pointer is null", quern_add_bytes(1, b, 1, 0, nullptr, 1, 0, b, 1, 0, 0, 255));
  CHECK_REFUSED(kBad, "pointer is null", quern_avg_pool2d_bytes(&d, b, 1, 0, nullptr, 1, 0, 0, 255));
  CHECK_REFUSED(kBad, "pointer is null", quern_lookup(1, b, nullptr, b));
  CHECK_REFUSED(kBad, "-1", quern_lookup(-1, b, b, b));
  CHECK_OK(quern_lookup(0, b, b, b));
}

}  // namespace

int main() {
  start();
  means();
  largest_sum();
  elements();
  refusals();
  return finish();
}
