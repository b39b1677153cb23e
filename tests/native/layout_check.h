// NCHW to NHWC and back, and bytes to floats, against plain loops.
#pragma once

#include "image.h"

namespace of_layout {

inline void to_and_fro(int64_t n, int64_t c, int64_t h, int64_t w, int64_t pitch, Guard side) {
  Guarded<float> planar(n * c * h * w, side), back(n * c * h * w, side);
  Random random(static_cast<uint64_t>(c));
  for (float& v : planar) v = random.real();
  Image last(n, h, w, c, pitch, side);
  CHECK_OK(quern_nchw_to_nhwc(QUERN_F32, n, c, h, w, planar.data(), last.data(), pitch));
  for (int64_t p = 0; p < last.pixels(); p++) {
    for (int64_t i = 0; i < c; i++) CHECK(last.at(p, i) == planar[(p / (h * w) * c + i) * h * w + p % (h * w)]);
  }
  CHECK(last.gaps_untouched());
  CHECK_OK(quern_nhwc_to_nchw(QUERN_F32, n, c, h, w, last.data(), pitch, back.data()));
  CHECK(std::memcmp(back.data(), planar.data(), sizeof(float) * planar.size()) == 0);
}

inline void bytes_to_floats(int64_t n, int64_t c, int64_t h, int64_t w, int64_t pitch, Guard side) {
  Guarded<unsigned char> bytes(n * c * h * w, side);
  Guarded<float> scale(c, side), shift(c, side);
  Random random(static_cast<uint64_t>(c));
  for (unsigned char& b : bytes) b = static_cast<unsigned char>(random.between(0, 255));
  for (float& s : scale) s = random.real();
  for (float& s : shift) s = random.real();
  Image dst(n, h, w, c, pitch, side);
  CHECK_OK(quern_images(QUERN_F32, n, c, h, w, bytes.data(), nullptr, scale.data(), shift.data(), dst.data(), pitch));
  CHECK(ran("images"));
  Guarded<float> planes(n * c * h * w, side);
  CHECK_OK(quern_images(QUERN_F32, n, c, h, w, bytes.data(), nullptr, scale.data(), shift.data(), planes.data(), 0));
  for (int64_t p = 0; p < dst.pixels(); p++) {
    for (int64_t i = 0; i < c; i++) {
      const float byte = bytes[(p / (h * w) * c + i) * h * w + p % (h * w)];
      const float scaled = byte * scale[i];  // rounded, and rounded again: bit-identical everywhere
      CHECK(dst.at(p, i) == scaled + shift[i]);
      CHECK(planes[(p / (h * w) * c + i) * h * w + p % (h * w)] == scaled + shift[i]);
    }
  }
  CHECK(dst.gaps_untouched());
}

// Of coordinate t of an axis that is reflected at its ends, step by step.
inline int64_t reflected(int64_t t, int64_t length) {
  if (length == 1) return 0;
  t %= 2 * (length - 1);
  while (t < 0 || t >= length) t = t < 0 ? -t : 2 * (length - 1) - t;
  return t;
}

// Moved and mirrored, from just within the image to far beyond it.
inline void moved(int64_t n, int64_t c, int64_t h, int64_t w, int64_t pitch, Guard side) {
  Guarded<unsigned char> bytes(n * c * h * w, side);
  Guarded<int32_t> moves(3 * n, side);
  Guarded<float> scale(c, side), shift(c, side), planes(n * c * h * w, side);
  Random random(static_cast<uint64_t>(n + c));
  for (unsigned char& b : bytes) b = static_cast<unsigned char>(random.between(1, 255));
  for (float& s : scale) s = random.real();
  for (float& s : shift) s = random.real();
  for (int64_t i = 0; i < n; i++) {
    moves[3 * i] = static_cast<int32_t>(random.between(-h - 1, h + 1));
    moves[3 * i + 1] =
        static_cast<int32_t>(i % 7 == 6 ? (i % 2 ? INT32_MAX : INT32_MIN) : random.between(-w - 1, w + 1));
    moves[3 * i + 2] = static_cast<int32_t>(random.between(0, 7));
  }
  Image dst(n, h, w, c, pitch, side);
  CHECK_OK(
      quern_images(QUERN_F32, n, c, h, w, bytes.data(), moves.data(), scale.data(), shift.data(), dst.data(), pitch));
  CHECK_OK(
      quern_images(QUERN_F32, n, c, h, w, bytes.data(), moves.data(), scale.data(), shift.data(), planes.data(), 0));
  for (int64_t p = 0; p < dst.pixels(); p++) {
    const int64_t image = p / (h * w), y = p / w % h, x = p % w;
    const int32_t how = moves[3 * image + 2];
    int64_t from_y = (how & QUERN_MOVE_UPSIDE_DOWN ? h - 1 - y : y) + moves[3 * image];
    int64_t from_x = (how & QUERN_MOVE_MIRRORED ? w - 1 - x : x) + moves[3 * image + 1];
    if (how & QUERN_MOVE_REFLECT) from_y = reflected(from_y, h), from_x = reflected(from_x, w);
    const bool inside = from_y >= 0 && from_y < h && from_x >= 0 && from_x < w;
    for (int64_t i = 0; i < c; i++) {
      const float byte = inside ? bytes[((image * c + i) * h + from_y) * w + from_x] : 0;
      const float scaled = byte * scale[i];
      CHECK(dst.at(p, i) == scaled + shift[i]);
      CHECK(planes[(image * c + i) * h * w + p % (h * w)] == scaled + shift[i]);
    }
  }
  CHECK(dst.gaps_untouched());
}

}  // namespace of_layout
