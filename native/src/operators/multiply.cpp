// multiply: two tensors of one size, or one and a value for each of its channels (squeeze and excitation).
#include <algorithm>

#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kGrain = 16384, kSums = 64;

struct Product {
  int64_t type, batch, pixels, other_pixels, channels;
  int64_t elements() const { return batch * pixels * channels; }
  bool alike() const { return pixels == other_pixels; }
};

int check(const Product& p, bool pointers) noexcept {
  QUERN_TRY(check_initialized("multiply"));
  QUERN_TRY(check_pointers("multiply", pointers));
  QUERN_TRY(check_type("multiply", "type", p.type));
  QUERN_TRY(check_range("multiply", "batch", p.batch, 0));
  QUERN_TRY(check_range("multiply", "channels", p.channels, 1));
  if (p.pixels < 0) return fail(QUERN_INVALID_ARGUMENT, "multiply: %lld pixels", static_cast<long long>(p.pixels));
  if (p.other_pixels != p.pixels && p.other_pixels != 1) {
    return fail(QUERN_INVALID_SHAPE, "multiply: other_pixels %lld is neither 1 nor pixels %lld",
                static_cast<long long>(p.other_pixels), static_cast<long long>(p.pixels));
  }
  int64_t ignored;
  return count("multiply", "input", std::max<int64_t>(p.batch, 1), p.pixels, p.channels, 1, &ignored);
}

void multiply_alike(int64_t n, const float* a, const float* b, float* dst) noexcept {
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) {
    kernels().multiply(end - begin, a + begin, b + begin, dst + begin);
  });
}

// Each image's pixels by the image's own values.
void multiply_images(const Product& p, const float* src, const float* values, float* dst) noexcept {
  const int64_t step = kGrain / p.channels + 1, steps = (p.pixels + step - 1) / step;
  parallel_for(p.batch * steps, [&](int64_t piece) {
    const int64_t image = piece / steps, begin = piece % steps * step, end = std::min(begin + step, p.pixels);
    const int64_t at = (image * p.pixels + begin) * p.channels;
    kernels().multiply_rows(end - begin, p.channels, src + at, values + image * p.channels, dst + at);
  });
}

// The gradient of each image's values, some channels at a time.
void sum_images(const Product& p, const float* src, const float* diff_dst, float* diff_values) noexcept {
  const int64_t steps = (p.channels + kSums - 1) / kSums;
  parallel_for(p.batch * steps, [&](int64_t piece) {
    const int64_t image = piece / steps, first = piece % steps * kSums;
    const int64_t at = image * p.pixels * p.channels + first;
    kernels().multiply_sums(p.pixels, std::min(kSums, p.channels - first), p.channels, src + at, diff_dst + at,
                            diff_values + image * p.channels + first);
  });
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_multiply_forward(int64_t type, int64_t batch, int64_t pixels, int64_t other_pixels,
                                      int64_t channels, const void* src, const void* other, void* dst) noexcept {
  const Product p{type, batch, pixels, other_pixels, channels};
  QUERN_TRY(check(p, src && other && dst));
  ran("multiply");
  if (p.alike()) {
    multiply_alike(p.elements(), f32(src), f32(other), f32(dst));
  } else {
    multiply_images(p, f32(src), f32(other), f32(dst));
  }
  return QUERN_OK;
}

extern "C" int quern_multiply_backward(int64_t type, int64_t batch, int64_t pixels, int64_t other_pixels,
                                       int64_t channels, const void* src, const void* other, const void* diff_dst,
                                       void* diff_src, void* diff_other) noexcept {
  const Product p{type, batch, pixels, other_pixels, channels};
  QUERN_TRY(check(p, src && other && diff_dst));
  ran("multiply");
  if (diff_src != nullptr) {
    p.alike() ? multiply_alike(p.elements(), f32(other), f32(diff_dst), f32(diff_src))
              : multiply_images(p, f32(diff_dst), f32(other), f32(diff_src));
  }
  if (diff_other != nullptr) {
    p.alike() ? multiply_alike(p.elements(), f32(src), f32(diff_dst), f32(diff_other))
              : sum_images(p, f32(src), f32(diff_dst), f32(diff_other));
  }
  return QUERN_OK;
}
