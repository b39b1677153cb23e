// linear against plain loops, for plain rows and for flattened NHWC images; and what is refused.
#include "linear_check.h"

namespace {

using namespace of_linear;

void check(int64_t batch, int64_t in, int64_t out, int64_t pixels) {
  in_case("batch %lld, %lld to %lld, %lld pixels", (long long)batch, (long long)in, (long long)out, (long long)pixels);
  check_with({batch, in, out, pixels, 0}, Values::Integers, Guard::After);
  check_with({batch, in, out, pixels, 0}, Values::Integers, Guard::Before);
  check_with({batch, in, out, pixels, 0}, Values::Floats, Guard::After);
  check_halves(batch, in, out, pixels, Values::Integers, Guard::After);
  check_halves(batch, in, out, pixels, Values::Integers, Guard::Before);
  check_halves(batch, in, out, pixels, Values::Floats, Guard::After);
  in_case("%s", "");
}

void cases() {
  for (int64_t n : {1, 2, 15, 16, 17, 33, 63, 64, 65, 130}) {
    check(n, 7, 3, 1);
    check(3, n, 5, 1);
    check(2, 9, n, 1);
  }
  check(129, 131, 137, 1);  // several pieces, by columns
  check(300, 31, 37, 1);    // by rows
  check(5, 800, 10, 16);    // a flattened 50x4x4
  check(3, 6, 4, 6);        // one channel: the orders are the same
  check(2, 3 * 5 * 7, 65, 35);
  check(0, 6, 4, 1);
  check(0, 12, 70, 4);
}

void refused(int status, const char* text, const quern_linear& d) {
  in_case("refusal \"%s\"", text);
  float* f = untouchable<float>();
  int64_t* size = untouchable<int64_t>();
  CHECK_REFUSED(status, text, quern_linear_packed_size(&d, size));
  CHECK_REFUSED(status, text, quern_linear_pack(&d, f, f));
  CHECK_REFUSED(status, text, quern_linear_workspace(&d, size));
  CHECK_REFUSED(status, text, quern_linear_forward(&d, f, f, f, f));
  CHECK_REFUSED(status, text, quern_linear_backward_data(&d, f, f, f));
  CHECK_REFUSED(status, text, quern_linear_backward_weights(&d, f, f, f, f, f, INT64_MAX));
  in_case("%s", "");
}

const quern_linear kGood{2, 12, 3, 4, 0};

void bad_descriptors() {
  constexpr int64_t kMost = INT32_MAX;
  const struct {
    int64_t quern_linear::*field;
    const char* name;
    int64_t least;
  } fields[] = {{&quern_linear::batch, "batch", 0},
                {&quern_linear::in_features, "in_features", 1},
                {&quern_linear::out_features, "out_features", 1},
                {&quern_linear::pixels, "pixels", 1}};
  for (const auto& f : fields) {
    for (int64_t bad : {f.least - 1, INT64_MIN, kMost + 1, INT64_MAX}) {
      quern_linear d = kGood;
      d.*f.field = bad;
      refused(QUERN_INVALID_ARGUMENT, f.name, d);
    }
  }
  refused(QUERN_INVALID_ARGUMENT, "inference", {2, 12, 3, 4, 2});
  refused(QUERN_INVALID_ARGUMENT, "inference", {2, 12, 3, 4, -1});
  refused(QUERN_UNSUPPORTED, "weights_type 3 in training", {2, 12, 3, 4, 0, QUERN_F32, QUERN_BF16, QUERN_F32});
  refused(QUERN_UNSUPPORTED, "weights_type 4 in training", {2, 12, 3, 4, 0, QUERN_F32, QUERN_F16, QUERN_F32});
  refused(QUERN_UNSUPPORTED, "weights_type 2 is not", {2, 12, 3, 4, 1, QUERN_F32, QUERN_S8, QUERN_F32});
  refused(QUERN_INVALID_ARGUMENT, "weights_type 6", {2, 12, 3, 4, 1, QUERN_F32, 6, QUERN_F32});
  refused(QUERN_INVALID_SHAPE, "multiple of pixels 5", {2, 12, 3, 5, 0});
  refused(QUERN_INVALID_SHAPE, "multiple of pixels 24", {2, 12, 3, 24, 0});
  refused(QUERN_INVALID_SHAPE, "more than 2^53", {1, kMost, kMost, 1, 0});
  refused(QUERN_INVALID_SHAPE, "more than 2^53", {kMost, kMost, 1, 1, 0});
  refused(QUERN_INVALID_SHAPE, "more than 2^53", {kMost, 1, kMost, 1, 0});
}

void inference_has_no_backward() {
  float* f = untouchable<float>();
  const quern_linear d{2, 12, 3, 4, 1};
  const char* text = "linear: inference has no backward pass";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_linear_backward_data(&d, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_linear_backward_weights(&d, f, f, f, f, f, INT64_MAX));
}

void null_pointers() {
  float* f = untouchable<float>();
  const char* text = "linear: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_linear_packed_size(nullptr, untouchable<int64_t>()));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_linear_packed_size(&kGood, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_linear_workspace(nullptr, untouchable<int64_t>()));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_linear_workspace(&kGood, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_linear_pack(nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_linear_pack(&kGood, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_linear_pack(&kGood, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "are not aligned to 64 bytes", quern_linear_pack(&kGood, f, f + 8));
  for (int missing = 0; missing < 4; missing++) {
    const quern_linear* d = missing == 0 ? nullptr : &kGood;
    float *a = missing == 1 ? nullptr : f, *b = missing == 2 ? nullptr : f, *c = missing == 3 ? nullptr : f;
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_linear_forward(d, a, b, f, c));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_linear_backward_data(d, a, b, c));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_linear_backward_weights(d, a, b, c, f, f, INT64_MAX));
  }
}

void small_workspaces() {
  float* f = untouchable<float>();
  for (int64_t pixels : {1, 4}) {
    const quern_linear d{2, 12, 3, pixels, 0};
    int64_t bytes = 0;
    CHECK_OK(quern_linear_workspace(&d, &bytes));
    CHECK(bytes > 0);
    for (int64_t given : {bytes - 1, int64_t{0}, int64_t{-1}, INT64_MIN}) {
      CHECK_REFUSED(QUERN_WORKSPACE, "workspace of", quern_linear_backward_weights(&d, f, f, f, f, f, given));
    }
    CHECK_REFUSED(QUERN_WORKSPACE, "workspace of", quern_linear_backward_weights(&d, f, f, f, f, nullptr, bytes));
  }
}

}  // namespace

int main() {
  start();
  cases();
  bad_descriptors();
  inference_has_no_backward();
  null_pointers();
  small_workspaces();
  return finish();
}
