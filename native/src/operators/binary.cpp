// Arithmetic and comparisons of two tensors of one size, or of one and a value for each of its channels.
#include <algorithm>

#include "kernels/kernels.h"
#include "operators/binary_names.h"
#include "operators/bytes.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kGrain = 16384, kSums = 64;

struct Binary {
  int64_t kind, type, batch, pixels, other_pixels, channels;
  int64_t elements() const { return batch * pixels * channels; }
  bool alike() const { return pixels == other_pixels; }
};

int prepare(const Binary& d, bool pointers) noexcept {
  QUERN_TRY(check_initialized("binary"));
  const char* op = nullptr;
  QUERN_TRY(check_binary(d.kind, QUERN_GREATER_OR_EQUAL, &op));
  QUERN_TRY(check_pointers(op, pointers));
  QUERN_TRY(check_type(op, "type", d.type));
  QUERN_TRY(check_range(op, "batch", d.batch, 0));
  QUERN_TRY(check_range(op, "channels", d.channels, 1));
  if (d.pixels < 0) return fail(QUERN_INVALID_ARGUMENT, "%s: %lld pixels", op, static_cast<long long>(d.pixels));
  if (d.other_pixels != d.pixels && d.other_pixels != 1) {
    return fail(QUERN_INVALID_SHAPE, "%s: other_pixels %lld is neither 1 nor pixels %lld", op,
                static_cast<long long>(d.other_pixels), static_cast<long long>(d.pixels));
  }
  int64_t ignored;
  QUERN_TRY(count(op, "input", std::max<int64_t>(d.batch, 1), d.pixels, d.channels, 1, &ignored));
  ran(op);
  return QUERN_OK;
}

// body(first element, rows, channels, first element of the other) for pieces of the tensor: all of it is one
// row where both are alike, else an image's pixels meet the image's own values.
template <typename Body>
void each_piece(const Binary& d, Body&& body) noexcept {
  if (d.alike()) {
    parallel_ranges(d.elements(), kGrain, [&](int64_t begin, int64_t end) { body(begin, 1, end - begin, begin); });
    return;
  }
  const int64_t step = kGrain / d.channels + 1, steps = divide_up(d.pixels, step);
  parallel_for(d.batch * steps, [&](int64_t piece) {
    const int64_t image = piece / steps, begin = piece % steps * step, end = std::min(begin + step, d.pixels);
    body((image * d.pixels + begin) * d.channels, end - begin, d.channels, image * d.channels);
  });
}

// The gradient of each image's values, some channels at a time.
void sum_images(const Binary& d, const float* src, const float* other, const float* diff_dst,
                float* diff_other) noexcept {
  const int64_t steps = divide_up(d.channels, kSums);
  parallel_for(d.batch * steps, [&](int64_t piece) {
    const int64_t image = piece / steps, first = piece % steps * kSums;
    const int64_t at = image * d.pixels * d.channels + first, to = image * d.channels + first;
    kernels().binary_sums(d.kind, d.pixels, std::min(kSums, d.channels - first), d.channels, src + at, other + to,
                          diff_dst + at, diff_other + to);
  });
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_binary_forward(int64_t kind, int64_t type, int64_t batch, int64_t pixels, int64_t other_pixels,
                                    int64_t channels, const void* src, const void* other, void* dst) noexcept {
  const Binary d{kind, type, batch, pixels, other_pixels, channels};
  QUERN_TRY(prepare(d, src && other && dst));
  each_piece(d, [&](int64_t at, int64_t rows, int64_t c, int64_t other_at) {
    kernels().binary_forward(kind, rows, c, f32(src) + at, f32(other) + other_at, f32(dst) + at);
  });
  return QUERN_OK;
}

extern "C" int quern_binary_backward(int64_t kind, int64_t type, int64_t batch, int64_t pixels, int64_t other_pixels,
                                     int64_t channels, const void* src, const void* other, const void* diff_dst,
                                     void* diff_src, void* diff_other) noexcept {
  const Binary d{kind, type, batch, pixels, other_pixels, channels};
  QUERN_TRY(prepare(d, src && other && diff_dst));
  if (diff_src != nullptr) {
    each_piece(d, [&](int64_t at, int64_t rows, int64_t c, int64_t other_at) {
      kernels().binary_to_a(kind, rows, c, f32(src) + at, f32(other) + other_at, f32(diff_dst) + at,
                            f32(diff_src) + at);
    });
  }
  if (diff_other == nullptr) return QUERN_OK;
  if (!d.alike()) {
    sum_images(d, f32(src), f32(other), f32(diff_dst), f32(diff_other));
    return QUERN_OK;
  }
  parallel_ranges(d.elements(), kGrain, [&](int64_t begin, int64_t end) {
    kernels().binary_to_b(kind, end - begin, f32(src) + begin, f32(other) + begin, f32(diff_dst) + begin,
                          f32(diff_other) + begin);
  });
  return QUERN_OK;
}

extern "C" int quern_multiply_bytes(int64_t batch, int64_t pixels, int64_t other_pixels, int64_t channels,
                                    const void* src, float src_scale, int64_t src_zero, const void* other,
                                    float other_scale, int64_t other_zero, void* dst, float dst_scale, int64_t dst_zero,
                                    int64_t low, int64_t high) noexcept {
  const Binary d{QUERN_MULTIPLY, QUERN_F32, batch, pixels, other_pixels, channels};
  QUERN_TRY(prepare(d, src && other && dst));
  QUERN_TRY(check_steps("multiply", src_scale, src_zero, 0, 255));
  QUERN_TRY(check_steps("multiply", other_scale, other_zero, 0, 255));
  QUERN_TRY(check_steps("multiply", dst_scale, dst_zero, low, high));
  const double factor =
      static_cast<double>(src_scale) * static_cast<double>(other_scale) / static_cast<double>(dst_scale);
  QUERN_TRY(check_ratio("multiply", factor));
  const Int8Product product{static_cast<float>(src_zero), static_cast<float>(other_zero), static_cast<float>(factor),
                            byte_steps(dst_zero, low, high)};
  each_piece(d, [&](int64_t at, int64_t rows, int64_t c, int64_t other_at) {
    int8_kernels()->product(rows, c, static_cast<const uint8_t*>(src) + at,
                            static_cast<const uint8_t*>(other) + other_at, product, static_cast<uint8_t*>(dst) + at);
  });
  return QUERN_OK;
}
