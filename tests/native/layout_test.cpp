// Layout: NCHW to NHWC and back, image bytes to floats, as they are or moved, and what is refused.
#include "layout_check.h"

namespace {

using namespace of_layout;

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

// All 256 bytes through CIFAR-10's kind of normalization.
void every_byte() {
  unsigned char bytes[256];
  float dst[256];
  for (int i = 0; i < 256; i++) bytes[i] = static_cast<unsigned char>(i);
  const float scale = 0.5f, shift = -64.0f;
  CHECK_OK(quern_images(QUERN_F32, 1, 1, 16, 16, bytes, nullptr, &scale, &shift, dst, 1));
  for (int i = 0; i < 256; i++) CHECK(dst[i] == static_cast<float>(i) / 2 - 64);
}

void refused(int status, const char* text, int64_t n, int64_t c, int64_t h, int64_t w, int64_t pitch) {
  in_case("refusal \"%s\", %lldx%lldx%lldx%lld", text, (long long)n, (long long)c, (long long)h, (long long)w);
  float* f = untouchable<float>();
  CHECK_REFUSED(status, text, quern_nchw_to_nhwc(QUERN_F32, n, c, h, w, f, f, pitch));
  CHECK_REFUSED(status, text, quern_nhwc_to_nchw(QUERN_F32, n, c, h, w, f, pitch, f));
  CHECK_REFUSED(status, text,
                quern_images(QUERN_F32, n, c, h, w, untouchable<unsigned char>(), nullptr, f, f, f, pitch));
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
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", quern_nchw_to_nhwc(QUERN_F32, 1, 1, 1, 1, nullptr, f, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", quern_nchw_to_nhwc(QUERN_F32, 1, 1, 1, 1, f, nullptr, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", quern_nhwc_to_nchw(QUERN_F32, 1, 1, 1, 1, nullptr, 1, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", quern_nhwc_to_nchw(QUERN_F32, 1, 1, 1, 1, f, 1, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null",
                quern_images(QUERN_F32, 1, 1, 1, 1, nullptr, nullptr, f, f, f, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null",
                quern_images(QUERN_F32, 1, 1, 1, 1, b, nullptr, nullptr, f, f, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null",
                quern_images(QUERN_F32, 1, 1, 1, 1, b, nullptr, f, nullptr, f, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null",
                quern_images(QUERN_F32, 1, 1, 1, 1, b, nullptr, f, f, nullptr, 1));
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
