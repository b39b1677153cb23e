// Steps of augmentation: any of them on guarded memory, and what is refused.
#include "augment_check.h"

namespace {

using namespace of_augment;

void cases() {
  Random r(5);
  const int64_t shapes[][4] = {{0, 3, 4, 4},   {1, 1, 1, 1}, {5, 3, 1, 7}, {4, 3, 6, 1},
                               {9, 3, 13, 17}, {3, 2, 5, 8}, {2, 4, 16, 9}};
  for (int threads : {1, 3}) {
    CHECK_OK(quern_set_threads(threads));
    for (const auto& s : shapes) {
      for (int64_t steps : {0, 1, 7}) {
        for (int again = 0; again < 8; again++) {
          in_case("%lldx%lldx%lldx%lld, %lld steps, %d threads", (long long)s[0], (long long)s[1], (long long)s[2],
                  (long long)s[3], (long long)steps, threads);
          any(s[0], s[1], s[2], s[3], s[1] + again % 3, steps, again % 2 ? Guard::After : Guard::Before, &r);
        }
      }
    }
  }
  in_case("%s", "");
}

void steps_end() {
  const int32_t words[2 * QUERN_AUGMENT_WORDS] = {0};
  int32_t inverted[2 * QUERN_AUGMENT_WORDS] = {QUERN_AUGMENT_INVERT};
  const unsigned char black = 0;
  const float scale = 1, shift = 0;
  float dst = 7, room[64];
  const quern_augment d{1, 1, 1, 1, 2, QUERN_F32};
  CHECK_OK(quern_augment_apply(&d, &black, words, &scale, &shift, &dst, 1, room, sizeof room));
  CHECK(dst == 0);
  CHECK_OK(quern_augment_apply(&d, &black, inverted, &scale, &shift, &dst, 1, room, sizeof room));
  CHECK(dst == 255);
}

void refusals() {
  float* f = untouchable<float>();
  auto* b = untouchable<unsigned char>();
  auto* steps = untouchable<int32_t>();
  int64_t size;
  const quern_augment good{1, 3, 4, 5, 1, QUERN_F32};
  const auto refuse = [&](int status, const char* text, quern_augment d) {
    CHECK_REFUSED(status, text, quern_augment_workspace(&d, &size));
    CHECK_REFUSED(status, text, quern_augment_apply(&d, b, steps, f, f, f, 0, f, 1 << 20));
  };
  refuse(QUERN_INVALID_ARGUMENT, "batch -1", {-1, 3, 4, 5, 1, 0});
  refuse(QUERN_INVALID_ARGUMENT, "channels 0", {1, 0, 4, 5, 1, 0});
  refuse(QUERN_INVALID_ARGUMENT, "height 0", {1, 3, 0, 5, 1, 0});
  refuse(QUERN_INVALID_ARGUMENT, "width 2147483648", {1, 3, 4, int64_t{1} << 31, 1, 0});
  refuse(QUERN_INVALID_ARGUMENT, "steps -1", {1, 3, 4, 5, -1, 0});
  refuse(QUERN_INVALID_ARGUMENT, "steps 4097", {1, 3, 4, 5, 4097, 0});
  refuse(QUERN_INVALID_SHAPE, "more than 2^53", {1, 1 << 30, 1 << 30, 3, 1, 0});
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pitch 2", quern_augment_apply(&good, b, steps, f, f, f, 2, f, 1 << 20));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "in place", quern_augment_apply(&good, nullptr, steps, f, f, f, 4, f, 1 << 20));
  CHECK_REFUSED(QUERN_WORKSPACE, "workspace", quern_augment_apply(&good, b, steps, f, f, f, 0, f, 63));
  int32_t words[QUERN_AUGMENT_WORDS] = {QUERN_AUGMENT_INVERT + 1};
  const auto step = [&](const char* text) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_augment_apply(&good, b, words, f, f, f, 0, f, 1 << 20));
  };
  step("operation 17");
  words[0] = -1;
  step("operation -1");
  words[0] = QUERN_AUGMENT_ERASE, words[5] = 3;
  step("kind 3");
  words[0] = QUERN_AUGMENT_GAUSSIAN_BLUR;
  for (int32_t taps : {0, 2, -1, 11}) {
    words[1] = taps, words[2] = 1, put(words + 3, 1), put(words + 4, 1);
    step("does not fit width 5");
  }
  words[1] = 1, words[2] = 9;
  step("does not fit height 4");
  words[2] = 1;
  for (float sigma : {0.0f, -1.0f, NAN, INFINITY}) {
    put(words + 4, sigma);
    step("does not fit height 4");
  }
}

}  // namespace

int main() {
  start();
  cases();
  steps_end();
  refusals();
  return finish();
}
