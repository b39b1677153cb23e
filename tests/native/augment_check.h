// Steps of augmentation: memory that is guarded, wild parameters, and every way to ask for the same. What a step
// computes is held against plain Java and torchvision in AugmentTest.
#pragma once

#include "image.h"

namespace of_augment {

inline void put(int32_t* word, float value) { std::memcpy(word, &value, sizeof value); }

// A step of any kind; half of them with numbers that nobody would draw, or with any bits.
inline void any_step(Random* r, int64_t h, int64_t w, int32_t* words) {
  for (int i = 1; i < QUERN_AUGMENT_WORDS; i++) put(words + i, r->real());
  words[0] = static_cast<int32_t>(r->between(QUERN_AUGMENT_MOVE, QUERN_AUGMENT_INVERT));
  const bool wild = r->between(0, 1) == 1;
  const float odd[] = {NAN, INFINITY, -INFINITY, 1e38f, -3, 0};
  const auto any_bits = [r] { return static_cast<int32_t>(r->next()); };
  const auto whole = [&](int at, int64_t low, int64_t high) {
    const int64_t kind = wild ? r->between(0, 3) : 3;
    words[at] = kind == 0   ? INT32_MAX
                : kind == 1 ? INT32_MIN
                : kind == 2 ? any_bits()
                            : static_cast<int32_t>(r->between(low, high));
  };
  for (int i = 1; wild && i < QUERN_AUGMENT_WORDS; i++) {
    r->between(0, 3) == 0 ? static_cast<void>(words[i] = any_bits()) : put(words + i, odd[r->between(0, 5)]);
  }
  switch (words[0]) {
    case QUERN_AUGMENT_MOVE:
      whole(1, -h, h), whole(2, -w, w), whole(3, 0, 7);
      break;
    case QUERN_AUGMENT_WARP:
      whole(10, 0, w - 1), whole(11, 0, h - 1), whole(12, 0, w - 1), whole(13, 0, h - 1), whole(14, 0, 1);
      break;
    case QUERN_AUGMENT_ERASE:
      whole(1, -h, h), whole(2, -w, w), whole(3, 0, h), whole(4, 0, w);
      words[5] = static_cast<int32_t>(r->between(QUERN_ERASE_VALUE, QUERN_ERASE_NOISE));
      break;
    case QUERN_AUGMENT_GAUSSIAN_BLUR:
      words[1] = static_cast<int32_t>(2 * r->between(0, w - 1) + 1);
      words[2] = static_cast<int32_t>(2 * r->between(0, h - 1) + 1);
      put(words + 3, wild ? 1e-30f : 1.5f), put(words + 4, wild ? 1e30f : 0.3f);
      break;
    case QUERN_AUGMENT_POSTERIZE:
      whole(1, 0, 8);
      break;
    default:
      break;
  }
}

inline void any(int64_t n, int64_t c, int64_t h, int64_t w, int64_t pitch, int64_t steps, Guard side, Random* r) {
  Guarded<unsigned char> bytes(n * c * h * w, side);
  Guarded<int32_t> words(n * steps * QUERN_AUGMENT_WORDS, side);
  Guarded<float> scale(c, side), shift(c, side), planes(n * c * h * w, side), place(n * c * h * w, side);
  for (unsigned char& b : bytes) b = static_cast<unsigned char>(r->between(0, 255));
  for (float& s : scale) s = 0.01f;
  for (float& s : shift) s = -1;
  for (int64_t i = 0; i < n * steps; i++) any_step(r, h, w, words.data() + i * QUERN_AUGMENT_WORDS);
  for (int64_t i = 0; i < place.size(); i++) place[i] = static_cast<float>(bytes[i]) / 255;
  const quern_augment d{n, c, h, w, steps, QUERN_F32};
  int64_t size;
  CHECK_OK(quern_augment_workspace(&d, &size));
  const int64_t slot = (2 * c * h * w + 2 * (h + w) + 15) / 16 * 64;  // one thread's
  const int64_t some_bytes = r->between(slot, size + slot);
  Guarded<float> all(size / 4, side), one(slot / 4, side), some(some_bytes / 4, side);
  Image last(n, h, w, c, pitch, side);
  CHECK_OK(quern_augment_apply(&d, bytes.data(), words.data(), scale.data(), shift.data(), planes.data(), 0, all.data(),
                               size));
  CHECK(ran("augment"));
  CHECK_OK(quern_augment_apply(&d, bytes.data(), words.data(), scale.data(), shift.data(), last.data(), pitch,
                               one.data(), slot));
  CHECK_OK(quern_augment_apply(&d, nullptr, words.data(), scale.data(), shift.data(), place.data(), 0, some.data(),
                               some_bytes / 4 * 4));
  const auto same = [](const float& a, const float& b) { return std::memcmp(&a, &b, sizeof a) == 0; };
  for (int64_t p = 0; p < last.pixels(); p++) {
    for (int64_t i = 0; i < c; i++) {
      const int64_t at = (p / (h * w) * c + i) * h * w + p % (h * w);
      CHECK(same(last.at(p, i), planes[at]));
      CHECK(same(place[at], planes[at]));
    }
  }
  CHECK(last.gaps_untouched());
}

}  // namespace of_augment
