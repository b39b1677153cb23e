// Layout: NCHW to NHWC and back, image bytes to floats, as they are or moved, and what is refused.
#include "image.h"

namespace {

void to_and_fro(int64_t n, int64_t c, int64_t h, int64_t w, int64_t pitch, Guard side) {
  Guarded<float> planar(n * c * h * w, side), back(n * c * h * w, side);
  Random random(static_cast<uint64_t>(c));
  for (float& v : planar) v = random.real();
  Image last(n, h, w, c, pitch, side);
  CHECK_OK(quern_nchw_to_nhwc(n, c, h, w, planar.data(), last.data(), pitch));
  for (int64_t p = 0; p < last.pixels(); p++) {
    for (int64_t i = 0; i < c; i++) CHECK(last.at(p, i) == planar[(p / (h * w) * c + i) * h * w + p % (h * w)]);
  }
  CHECK(last.gaps_untouched());
  CHECK_OK(quern_nhwc_to_nchw(n, c, h, w, last.data(), pitch, back.data()));
  CHECK(std::memcmp(back.data(), planar.data(), sizeof(float) * planar.size()) == 0);
}

void bytes_to_floats(int64_t n, int64_t c, int64_t h, int64_t w, int64_t pitch, Guard side) {
  Guarded<unsigned char> bytes(n * c * h * w, side);
  Guarded<float> scale(c, side), shift(c, side);
  Random random(static_cast<uint64_t>(c));
  for (unsigned char& b : bytes) b = static_cast<unsigned char>(random.between(0, 255));
  for (float& s : scale) s = random.real();
  for (float& s : shift) s = random.real();
  Image dst(n, h, w, c, pitch, side);
  CHECK_OK(quern_images(n, c, h, w, bytes.data(), nullptr, scale.data(), shift.data(), dst.data(), pitch));
  CHECK(ran("images"));
  Guarded<float> planes(n * c * h * w, side);
  CHECK_OK(quern_images(n, c, h, w, bytes.data(), nullptr, scale.data(), shift.data(), planes.data(), 0));
  for (int64_t p = 0; p < dst.pixels(); p++) {
    for (int64_t i = 0; i < c; i++) {
      const float byte = bytes[(p / (h * w) * c + i) * h * w + p % (h * w)];
      const float scaled = byte * scale[i];  // rounded, and rounded again: the same bits everywhere
      CHECK(dst.at(p, i) == scaled + shift[i]);
      CHECK(planes[(p / (h * w) * c + i) * h * w + p % (h * w)] == scaled + shift[i]);
    }
  }
  CHECK(dst.gaps_untouched());
}

// Moved and mirrored, from just within the image to far beyond it.
void moved(int64_t n, int64_t c, int64_t h, int64_t w, int64_t pitch, Guard side) {
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
    moves[3 * i + 2] = static_cast<int32_t>(random.between(0, 1));
  }
  Image dst(n, h, w, c, pitch, side);
  CHECK_OK(quern_images(n, c, h, w, bytes.data(), moves.data(), scale.data(), shift.data(), dst.data(), pitch));
  CHECK_OK(quern_images(n, c, h, w, bytes.data(), moves.data(), scale.data(), shift.data(), planes.data(), 0));
  for (int64_t p = 0; p < dst.pixels(); p++) {
    const int64_t image = p / (h * w), y = p / w % h, x = p % w;
    const int64_t from_y = y + moves[3 * image];
    const int64_t from_x = (moves[3 * image + 2] ? w - 1 - x : x) + moves[3 * image + 1];
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

void check(int64_t n, int64_t c, int64_t h, int64_t w) {
  for (int threads : {1, 3}) {
    CHECK_OK(quern_set_threads(threads));
    for (int64_t gap : {0, 1, 5}) {
      in_case("%lldx%lldx%lldx%lld, gap %lld, %d threads", (long long)n, (long long)c, (long long)h, (long long)w,
              (long long)gap, threads);
      for (Guard side : {Guard::After, Guard::Before}) {
        to_and_fro(n, c, h, w, c + gap, side);
        bytes_to_floats(n, c, h, w, c + gap, side);
        moved(n, c, h, w, c + gap, side);
      }
    }
  }
  in_case("%s", "");
}

void cases() {
  for (int64_t c : {1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33}) {
    check(2, c, 3, 5);
    check(1, 3, c, 1);
    check(c, 2, 1, 3);
  }
  check(60, 3, 6, 19);
  check(5, 3, 64, 65);  // a piece each
  check(2, 3, 95, 97);  // several pieces each
  check(1, 40, 31, 33);
  check(0, 3, 4, 4);
}

// All 256 bytes through CIFAR-10's kind of normalisation.
void every_byte() {
  unsigned char bytes[256];
  float dst[256];
  for (int i = 0; i < 256; i++) bytes[i] = static_cast<unsigned char>(i);
  const float scale = 0.5f, shift = -64.0f;
  CHECK_OK(quern_images(1, 1, 16, 16, bytes, nullptr, &scale, &shift, dst, 1));
  for (int i = 0; i < 256; i++) CHECK(dst[i] == static_cast<float>(i) / 2 - 64);
}

void refused(int status, const char* text, int64_t n, int64_t c, int64_t h, int64_t w, int64_t pitch) {
  in_case("refusal \"%s\", %lldx%lldx%lldx%lld", text, (long long)n, (long long)c, (long long)h, (long long)w);
  float* f = untouchable<float>();
  CHECK_REFUSED(status, text, quern_nchw_to_nhwc(n, c, h, w, f, f, pitch));
  CHECK_REFUSED(status, text, quern_nhwc_to_nchw(n, c, h, w, f, pitch, f));
  CHECK_REFUSED(status, text, quern_images(n, c, h, w, untouchable<unsigned char>(), nullptr, f, f, f, pitch));
  in_case("%s", "");
}

void bad_numbers() {
  constexpr int64_t kMost = INT32_MAX;
  for (int64_t bad : {int64_t{-1}, INT64_MIN, kMost + 1, INT64_MAX}) {
    refused(QUERN_INVALID_ARGUMENT, "batch", bad, 1, 1, 1, 1);
    refused(QUERN_INVALID_ARGUMENT, "channels", 1, bad, 1, 1, bad);
    refused(QUERN_INVALID_ARGUMENT, "height", 1, 1, bad, 1, 1);
    refused(QUERN_INVALID_ARGUMENT, "width", 1, 1, 1, bad, 1);
    refused(QUERN_INVALID_ARGUMENT, "pitch", 1, 1, 1, 1, bad);
  }
  refused(QUERN_INVALID_ARGUMENT, "pitch 3", 1, 4, 1, 1, 3);
  for (int64_t n : {int64_t{0}, int64_t{1}, kMost}) {
    refused(QUERN_INVALID_SHAPE, "more than 2^53", n, 3, kMost, kMost, 3);
    refused(QUERN_INVALID_SHAPE, "more than 2^53", n, 1, kMost, 1, kMost);
    refused(QUERN_INVALID_SHAPE, "more than 2^53", n, 5, 1722007169, 2142470067, 5);  // 2^64 - 1 floats an image
  }
}

void null_pointers() {
  float* f = untouchable<float>();
  const auto* b = untouchable<const unsigned char>();
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", quern_nchw_to_nhwc(1, 1, 1, 1, nullptr, f, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", quern_nchw_to_nhwc(1, 1, 1, 1, f, nullptr, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", quern_nhwc_to_nchw(1, 1, 1, 1, nullptr, 1, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", quern_nhwc_to_nchw(1, 1, 1, 1, f, 1, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", quern_images(1, 1, 1, 1, nullptr, nullptr, f, f, f, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", quern_images(1, 1, 1, 1, b, nullptr, nullptr, f, f, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", quern_images(1, 1, 1, 1, b, nullptr, f, nullptr, f, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", quern_images(1, 1, 1, 1, b, nullptr, f, f, nullptr, 1));
}

}  // namespace

int main() {
  start();
  cases();
  every_byte();
  bad_numbers();
  null_pointers();
  return finish();
}
