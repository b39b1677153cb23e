// linear against plain loops, for plain rows and for flattened NHWC images; and what is refused.
#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace {

// Column of the weights (C, H, W order) that meets float i of an image in NHWC memory.
int64_t column(const quern_linear& d, int64_t i) {
  const int64_t channels = d.in_features / d.pixels;
  return i % channels * d.pixels + i / channels;
}

struct Problem {
  quern_linear d;
  Values kind;
  Guarded<float> src, weights, bias, diff_dst;
  std::vector<Sum> dst, diff_src, diff_weights, diff_bias;

  Problem(const quern_linear& desc, Values values, Guard side)
      : d(desc),
        kind(values),
        src(d.batch * d.in_features, side),
        weights(d.out_features * d.in_features, side),
        bias(d.out_features, side),
        diff_dst(d.batch * d.out_features, side) {
    Random random(static_cast<uint64_t>(d.in_features));
    for (auto* tensor : {&src, &weights, &bias, &diff_dst}) {
      for (float& v : *tensor) v = random.value(kind);
    }
    dst.resize(static_cast<size_t>(diff_dst.size()));
    diff_src.resize(static_cast<size_t>(src.size()));
    diff_weights.resize(static_cast<size_t>(weights.size()));
    diff_bias.resize(static_cast<size_t>(bias.size()));
    for (int64_t row = 0; row < d.batch; row++) {
      for (int64_t o = 0; o < d.out_features; o++) add(row, o);
    }
  }

 private:
  void add(int64_t row, int64_t o) {
    const int64_t to = row * d.out_features + o;
    const double diff = diff_dst[to];
    dst[static_cast<size_t>(to)].add(bias[o]);
    diff_bias[static_cast<size_t>(o)].add(diff);
    for (int64_t i = 0; i < d.in_features; i++) {
      const int64_t from = row * d.in_features + i, weight = o * d.in_features + column(d, i);
      const double x = src[from], w = weights[weight];
      dst[static_cast<size_t>(to)].add(x * w);
      diff_src[static_cast<size_t>(from)].add(diff * w);
      diff_weights[static_cast<size_t>(weight)].add(diff * x);
    }
  }
};

struct Outputs {
  Guarded<float> dst, diff_src, diff_weights, diff_bias;
  Outputs(const Problem& p, Guard side)
      : dst(p.diff_dst.size(), side),
        diff_src(p.src.size(), side),
        diff_weights(p.weights.size(), side),
        diff_bias(p.bias.size(), side) {}
};

void run(const Problem& p, Guard side, Outputs* out) {
  int64_t packed_floats = -1, bytes = -1;
  CHECK_OK(quern_linear_packed_size(&p.d, &packed_floats));
  CHECK(packed_floats == 0 || packed_floats == p.weights.size());
  Guarded<float> packed(packed_floats, side);
  if (packed_floats > 0) CHECK_OK(quern_linear_pack(&p.d, p.weights.data(), packed.data()));
  const float* weights = packed_floats > 0 ? packed.data() : p.weights.data();
  CHECK_OK(quern_linear_forward(&p.d, p.src.data(), weights, p.bias.data(), out->dst.data()));
  CHECK(ran("linear:gemm"));
  CHECK_OK(quern_linear_backward_data(&p.d, p.diff_dst.data(), weights, out->diff_src.data()));
  CHECK_OK(quern_linear_workspace(&p.d, &bytes));
  Guarded<char> workspace(bytes, side, 64);
  CHECK_OK(quern_linear_backward_weights(&p.d, p.src.data(), p.diff_dst.data(), out->diff_weights.data(),
                                         out->diff_bias.data(), workspace.data(), bytes));
  Guarded<float> again(p.weights.size(), side);
  CHECK_OK(quern_linear_backward_weights(&p.d, p.src.data(), p.diff_dst.data(), again.data(), nullptr, workspace.data(),
                                         bytes));
  CHECK(std::memcmp(again.data(), out->diff_weights.data(), sizeof(float) * again.size()) == 0);
}

void compare(const char* what, const Guarded<float>& got, const std::vector<Sum>& wanted, Values kind) {
  for (int64_t i = 0; i < got.size(); i++) {
    const Sum& sum = wanted[static_cast<size_t>(i)];
    if (!close_to(got[i], sum, kind)) {
      failed(__FILE__, __LINE__, "%s %lld: %.9g, not %.9g", what, static_cast<long long>(i), got[i], sum.value);
    }
  }
}

// Forward in inference, with other weights.
void check_inference(const Problem& p, Guard side) {
  quern_linear d = p.d;
  d.inference = 1;
  int64_t floats = 0;
  CHECK_OK(quern_linear_packed_size(&d, &floats));
  Guarded<float> packed(floats, side), one(p.diff_dst.size(), side), three(p.diff_dst.size(), side);
  CHECK_OK(quern_linear_pack(&d, p.weights.data(), packed.data()));
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(quern_linear_forward(&d, p.src.data(), packed.data(), p.bias.data(), one.data()));
  CHECK(ran("linear:direct"));
  compare("inference", one, p.dst, p.kind);
  CHECK_OK(quern_set_threads(3));
  CHECK_OK(quern_linear_forward(&d, p.src.data(), packed.data(), p.bias.data(), three.data()));
  CHECK(std::memcmp(one.data(), three.data(), sizeof(float) * one.size()) == 0);
  CHECK_OK(quern_linear_forward(&d, p.src.data(), packed.data(), nullptr, one.data()));
  for (int64_t i = 0; i < one.size(); i++) {
    Sum plain = p.dst[static_cast<size_t>(i)];
    plain.value -= p.bias[i % d.out_features];
    CHECK(close_to(one[i], plain, p.kind));
  }
}

void without_bias(const Problem& p) {
  if (p.d.pixels > 1) return;
  Guarded<float> dst(p.diff_dst.size());
  CHECK_OK(quern_linear_forward(&p.d, p.src.data(), p.weights.data(), nullptr, dst.data()));
  for (int64_t i = 0; i < dst.size(); i++) {
    Sum plain = p.dst[static_cast<size_t>(i)];
    plain.value -= p.bias[i % p.d.out_features];
    CHECK(close_to(dst[i], plain, p.kind));
  }
}

bool same_bits(const Guarded<float>& a, const Guarded<float>& b) {
  return std::memcmp(a.data(), b.data(), sizeof(float) * a.size()) == 0;
}

void check_with(const quern_linear& d, Values kind, Guard side) {
  const Problem p(d, kind, side);
  Outputs one(p, side), three(p, side);
  CHECK_OK(quern_set_threads(1));
  run(p, side, &one);
  compare("dst", one.dst, p.dst, kind);
  compare("diff_src", one.diff_src, p.diff_src, kind);
  compare("diff_weights", one.diff_weights, p.diff_weights, kind);
  compare("diff_bias", one.diff_bias, p.diff_bias, kind);
  without_bias(p);
  CHECK_OK(quern_set_threads(3));
  run(p, side, &three);
  CHECK(same_bits(three.dst, one.dst) && same_bits(three.diff_src, one.diff_src));
  CHECK(same_bits(three.diff_weights, one.diff_weights) && same_bits(three.diff_bias, one.diff_bias));
  check_inference(p, side);
}

void check(int64_t batch, int64_t in, int64_t out, int64_t pixels) {
  in_case("batch %lld, %lld to %lld, %lld pixels", (long long)batch, (long long)in, (long long)out, (long long)pixels);
  check_with({batch, in, out, pixels, 0}, Values::Integers, Guard::After);
  check_with({batch, in, out, pixels, 0}, Values::Integers, Guard::Before);
  check_with({batch, in, out, pixels, 0}, Values::Floats, Guard::After);
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
