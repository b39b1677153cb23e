// Between the callers' NCHW and the kernels' NHWC, and from bytes to floats.
#include <algorithm>

#include "kernels/kernels.h"
#include "operators/reflected.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

int check_images(const char* op, int64_t type, bool pointers, int64_t n, int64_t c, int64_t h, int64_t w,
                 int64_t pitch) noexcept {
  QUERN_TRY(check_initialized(op));
  QUERN_TRY(check_pointers(op, pointers));
  QUERN_TRY(check_type(op, "type", type));
  QUERN_TRY(check_range(op, "batch", n, 0));
  QUERN_TRY(check_range(op, "channels", c, 0));
  QUERN_TRY(check_range(op, "height", h, 0));
  QUERN_TRY(check_range(op, "width", w, 0));
  QUERN_TRY(check_range(op, "pitch", pitch, c));
  int64_t elements;
  return count(op, "tensor", n > 0 ? n : 1, pitch > 0 ? pitch : 1, h, w, &elements);
}

constexpr int64_t kPieceFloats = 16384;

// Images per piece.
int64_t grain(int64_t floats_per_image) noexcept { return kPieceFloats / (floats_per_image + 1) + 1; }

// body(image, first, pixels) for runs of pixels: several small images a piece, or a part of a large one, since a batch
// may be a single image.
template <typename Body>
void each_run(int64_t n, int64_t c, int64_t pixels, Body&& body) noexcept {
  const int64_t parts = c * pixels / kPieceFloats + 1;
  parallel_ranges(n * parts, grain(c * pixels / parts), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const int64_t first = pixels * (i % parts) / parts;
      body(i / parts, first, pixels * (i % parts + 1) / parts - first);
    }
  });
}

// The row that row y of a moved image comes from.
int64_t row_of(const int32_t* move, int64_t y, int64_t h) noexcept {
  return (move[2] & QUERN_MOVE_UPSIDE_DOWN ? h - 1 - y : y) + move[0];
}

// One image, moved: what comes from beyond its border is the image again, reflected.
void reflected_image(ImageRun run, int64_t h, int64_t w, const int32_t* move) noexcept {
  const int64_t right = move[1], direction = move[2] & QUERN_MOVE_MIRRORED ? -1 : 1;
  const unsigned char* src = run.src;
  float* dst = run.dst;
  for (int64_t y = 0; y < h; y++, dst += w * run.pitch) {
    const unsigned char* row = src + Reflected(row_of(move, y, h), 1, h).from * w;
    for (int64_t x = 0; x < w; x += run.pixels) {
      const Reflected at(direction > 0 ? x + right : w - 1 - x + right, direction, w);
      run.pixels = std::min(at.pixels, w - x);
      run.src = row + at.from;
      run.step = at.step;
      run.dst = dst + x * run.pitch;
      kernels().images(run);
    }
  }
}

// One image, moved: what comes from beyond its border is zero bytes.
void moved_image(ImageRun run, int64_t h, int64_t w, const int32_t* move) noexcept {
  static const unsigned char zero = 0;
  const int64_t right = move[1];
  const bool mirrored = move[2] & QUERN_MOVE_MIRRORED;
  // columns [begin, end) come from the image, the first of them from column `from`
  const int64_t begin = std::clamp<int64_t>(mirrored ? right : -right, 0, w);
  const int64_t end = std::clamp<int64_t>(mirrored ? w + right : w - right, begin, w);
  const int64_t from = mirrored ? w - 1 - begin + right : begin + right;
  const unsigned char* src = run.src;
  float* dst = run.dst;
  const auto take = [&](int64_t first, int64_t last, const unsigned char* bytes, int64_t plane, int64_t step) {
    run.pixels = last - first;
    run.src = bytes;
    run.src_plane = plane;
    run.step = step;
    run.dst = dst + first * run.pitch;
    if (last > first) kernels().images(run);
  };
  for (int64_t y = 0; y < h; y++, dst += w * run.pitch) {
    const int64_t row = row_of(move, y, h);
    const bool inside = row >= 0 && row < h && begin < end;
    take(0, inside ? begin : w, &zero, 0, 0);
    if (!inside) continue;
    take(begin, end, src + row * w + from, h * w, mirrored ? -1 : 1);
    take(end, w, &zero, 0, 0);
  }
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_nchw_to_nhwc(int64_t type, int64_t n, int64_t c, int64_t h, int64_t w, const void* src, void* dst,
                                  int64_t dst_pitch) noexcept {
  QUERN_TRY(check_images("nchw_to_nhwc", type, src && dst, n, c, h, w, dst_pitch));
  const Kernels& k = kernels();
  const int64_t plane = h * w;
  each_run(n, c, plane, [&](int64_t image, int64_t first, int64_t pixels) {
    k.transpose_rows(c, pixels, f32(src) + image * c * plane + first, plane,
                     f32(dst) + (image * plane + first) * dst_pitch, dst_pitch);
  });
  return QUERN_OK;
}

extern "C" int quern_nhwc_to_nchw(int64_t type, int64_t n, int64_t c, int64_t h, int64_t w, const void* src,
                                  int64_t src_pitch, void* dst) noexcept {
  QUERN_TRY(check_images("nhwc_to_nchw", type, src && dst, n, c, h, w, src_pitch));
  const Kernels& k = kernels();
  const int64_t plane = h * w;
  each_run(n, c, plane, [&](int64_t image, int64_t first, int64_t pixels) {
    k.transpose_rows(pixels, c, f32(src) + (image * plane + first) * src_pitch, src_pitch,
                     f32(dst) + image * c * plane + first, plane);
  });
  return QUERN_OK;
}

extern "C" int quern_images(int64_t type, int64_t n, int64_t c, int64_t h, int64_t w, const unsigned char* src,
                            const int32_t* moves, const float* scale, const float* shift, void* dst,
                            int64_t dst_pitch) noexcept {
  QUERN_TRY(check_images("images", type, src && scale && shift && dst, n, c, h, w, dst_pitch == 0 ? c : dst_pitch));
  const int64_t pitch = dst_pitch == 0 ? 1 : dst_pitch, plane = dst_pitch == 0 ? h * w : 1;
  const int64_t image = dst_pitch == 0 ? c * h * w : h * w * dst_pitch;
  ran("images");
  parallel_ranges(n, grain(c * h * w), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const ImageRun run{c, h * w, src + i * c * h * w, h * w, 1, scale, shift, f32(dst) + i * image, pitch, plane};
      if (moves == nullptr) {
        kernels().images(run);
      } else {
        (moves[3 * i + 2] & QUERN_MOVE_REFLECT ? reflected_image : moved_image)(run, h, w, moves + 3 * i);
      }
    }
  });
  return QUERN_OK;
}
