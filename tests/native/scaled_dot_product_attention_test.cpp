// scaled_dot_product_attention against plain loops: awkward sizes, masks, several tiles; and what is refused.
#include "scaled_dot_product_attention_check.h"

namespace {

using namespace of_attention;

Attention shape(int64_t batch, int64_t heads, int64_t queries, int64_t keys, int64_t depth, int64_t value_depth) {
  return {batch, heads, queries, keys, depth, value_depth, 1 / std::sqrt(static_cast<double>(depth)), 0, 0, 1, 0};
}

void sizes(Guard side) {
  for (int64_t tokens : {1, 5, 17, 197}) {
    for (int64_t depth : {1, 7, 32, 64}) check(shape(1, 2, tokens, tokens, depth, depth), Values::Floats, side);
  }
  for (int64_t keys : {1, 3, 16, 33, 130}) check(shape(2, 3, 50, keys, 5, 9), Values::Floats, side);
  check(shape(0, 2, 3, 4, 5, 6), Values::Floats, side);
  check(shape(40, 1, 3, 4, 5, 6), Values::Integers, side);
  check(shape(1, 1, 7, 4200, 3, 2), Values::Floats, side);  // the smallest tiles
}

void masks(Guard side) {
  for (int64_t causal : {0, 1}) {
    for (int64_t queries : {1, 6, 101}) {
      for (int64_t keys : {1, 9, 101}) {
        Attention d = shape(4, 3, queries, keys, 8, 8);
        d.causal = causal;
        d.scale = -0.7;
        check(d, Values::Floats, side);
        for (int64_t heads : {1, 3}) {
          d.bias_heads = heads;
          for (int64_t samples : {1, 2, 4}) {
            d.bias_samples = samples;
            check(d, Values::Floats, side, samples == 1);
          }
        }
      }
    }
  }
}

// Scores far apart and far from 0 neither overflow nor lose the weights.
void large_scores() {
  in_case("%s", "large scores");
  Attention d = shape(1, 1, 1, 3, 1, 1);
  d.scale = 100;
  d.bias_heads = 1;
  Memory m((Sizes(d)), Guard::After);
  m.query[0] = 10, m.diff[0] = 1;
  for (int i = 0; i < 3; i++) m.key[i] = static_cast<float>(i), m.value[i] = static_cast<float>(i + 1), m.bias[i] = 0;
  m.run(d);
  CHECK(m.out[0] == 3 && m.diff_query[0] == 0);
  m.bias[2] = -1000;
  m.run(d);
  CHECK(m.out[0] == 2.5f);
  m.key[0] = NAN;
  m.run(d);
  CHECK(std::isnan(m.out[0]));
  for (int i = 0; i < 3; i++) m.bias[i] = -INFINITY;
  m.run(d);
  CHECK(std::isnan(m.out[0]));
  m.key[0] = 0;
  m.run(d);
  CHECK(m.out[0] == 0 && m.diff_query[0] == 0 && m.diff_value[1] == 0 && m.diff_bias[1] == 0);
}

// A mask of -100, as in Swin, hides: weights far below the others are 0, not denormal numbers.
void masks_hide() {
  for (float mask : {-81.0f, -100.0f, -104.0f}) {
    in_case("mask %g", static_cast<double>(mask));
    Attention d = shape(1, 1, 1, 40, 1, 1);
    d.bias_heads = 1;
    Memory m((Sizes(d)), Guard::After);
    m.query[0] = m.diff[0] = 1;
    for (int i = 0; i < 40; i++) {
      m.key[i] = 0;
      m.bias[i] = i % 3 == 0 ? 0 : mask;
      m.value[i] = i % 3 == 0 ? 0.0f : 1e30f;
    }
    m.run(d);
    CHECK(m.out[0] == 0);
    for (int i = 0; i < 40; i++) CHECK((m.diff_value[i] == 0) == (i % 3 != 0) && m.diff_bias[i] == 0);
  }
}

void refused(int status, const char* text, const Attention* d) {
  float* f = untouchable<float>();
  CHECK_REFUSED(status, text, quern_scaled_dot_product_attention_workspace(d, untouchable<int64_t>()));
  CHECK_REFUSED(status, text, quern_scaled_dot_product_attention_forward(d, f, f, f, f, f, f, f, int64_t{1} << 40));
  CHECK_REFUSED(status, text,
                quern_scaled_dot_product_attention_backward(d, f, f, f, f, f, f, f, f, f, f, f, int64_t{1} << 40));
}

void refusals() {
  float* f = untouchable<float>();
  const Attention good = shape(1, 2, 3, 4, 5, 6);
  const auto changed = [&](int status, const char* text, auto field, auto value) {
    Attention bad = good;
    bad.*field = value;
    refused(status, text, &bad);
  };
  const char* null = "scaled_dot_product_attention: a required pointer is null";
  refused(QUERN_INVALID_ARGUMENT, null, nullptr);
  changed(QUERN_INVALID_ARGUMENT, "-1 elements", &Attention::batch, -1);
  changed(QUERN_INVALID_ARGUMENT, "heads 0", &Attention::heads, 0);
  changed(QUERN_INVALID_ARGUMENT, "queries 0", &Attention::queries, 0);
  changed(QUERN_INVALID_ARGUMENT, "keys -2", &Attention::keys, -2);
  changed(QUERN_INVALID_ARGUMENT, "depth 0", &Attention::depth, 0);
  changed(QUERN_INVALID_ARGUMENT, "value_depth 0", &Attention::value_depth, 0);
  changed(QUERN_INVALID_ARGUMENT, "scale nan", &Attention::scale, NAN);
  changed(QUERN_INVALID_ARGUMENT, "scale 1e+300", &Attention::scale, 1e300);
  changed(QUERN_INVALID_ARGUMENT, "causal 2", &Attention::causal, 2);
  changed(QUERN_INVALID_ARGUMENT, "bias_heads 3 is not 0, 1 or heads 2", &Attention::bias_heads, 3);
  Attention large = good;
  large.queries = large.keys = INT32_MAX;
  refused(QUERN_INVALID_SHAPE, "more than 2^53", &large);
  Attention biased = good;
  biased.bias_heads = 2;
  biased.bias_samples = 0;
  refused(QUERN_INVALID_ARGUMENT, "bias_samples 0", &biased);
  biased.bias_samples = 2;
  refused(QUERN_INVALID_ARGUMENT, "bias_samples 2 does not divide batch 1", &biased);
  biased.bias_samples = 1;
  const int64_t enough = int64_t{1} << 40;
  const auto forward = [&](const Attention& d, float* q, float* k, float* v, float* b, float* out, float* saved) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, null,
                  quern_scaled_dot_product_attention_forward(&d, q, k, v, b, out, saved, f, enough));
  };
  forward(good, nullptr, f, f, f, f, f);
  forward(good, f, nullptr, f, f, f, f);
  forward(good, f, f, nullptr, f, f, f);
  forward(biased, f, f, f, nullptr, f, f);
  forward(good, f, f, f, f, nullptr, f);
  forward(good, f, f, f, f, f, nullptr);
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, null,
                quern_scaled_dot_product_attention_backward(&good, f, f, f, f, f, nullptr, f, f, f, f, f, enough));
  int64_t bytes = 0;
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(quern_scaled_dot_product_attention_workspace(&good, &bytes));
  CHECK_REFUSED(QUERN_WORKSPACE, "scaled_dot_product_attention: workspace",
                quern_scaled_dot_product_attention_forward(&good, f, f, f, f, f, f, f, bytes / 2));
}

}  // namespace

int main() {
  start();
  for (Guard side : {Guard::After, Guard::Before}) {
    sizes(side);
    masks(side);
  }
  large_scores();
  masks_hide();
  in_case("%s", "");
  refusals();
  return finish();
}
