// scaled_dot_product_attention against plain loops in double.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace of_attention {

using Attention = quern_scaled_dot_product_attention;

// A result and how far float arithmetic may miss it: the size of its terms times a number of roundings.
struct Bounded {
  std::vector<double> value, size;
  explicit Bounded(int64_t n) : value(static_cast<size_t>(n)), size(static_cast<size_t>(n)) {}
  void add(int64_t i, double term, double magnitude) {
    value[static_cast<size_t>(i)] += term;
    size[static_cast<size_t>(i)] += magnitude;
  }
};

struct Sizes {
  int64_t query, key, value, out, bias, saved;
  explicit Sizes(const Attention& d) {
    const int64_t heads = d.batch * d.heads, samples = d.bias_samples;
    query = heads * d.queries * d.depth, key = heads * d.keys * d.depth, value = heads * d.keys * d.value_depth;
    out = heads * d.queries * d.value_depth, bias = samples * d.bias_heads * d.queries * d.keys;
    saved = 2 * heads * d.queries;
  }
};

struct Yardstick {
  Bounded out, query, key, value, bias;
  double roundings = 0;
  explicit Yardstick(const Sizes& s) : out(s.out), query(s.query), key(s.key), value(s.value), bias(s.bias) {}
};

// One query of one head.
struct Row {
  const Attention& d;
  int64_t sample, head, token;
  int64_t query(int64_t i) const { return ((sample * d.queries + token) * d.heads + head) * d.depth + i; }
  int64_t key(int64_t k, int64_t i) const { return ((sample * d.keys + k) * d.heads + head) * d.depth + i; }
  int64_t value(int64_t k, int64_t i) const { return ((sample * d.keys + k) * d.heads + head) * d.value_depth + i; }
  int64_t out(int64_t i) const { return ((sample * d.queries + token) * d.heads + head) * d.value_depth + i; }
  int64_t bias(int64_t k) const {
    const int64_t of = sample % d.bias_samples * d.bias_heads + (d.bias_heads == 1 ? 0 : head);
    return (of * d.queries + token) * d.keys + k;
  }
};

template <typename Body>
void each_row(const Attention& d, Body&& body) {
  for (int64_t i = 0; i < d.batch * d.heads * d.queries; i++) {
    body(Row{d, i / (d.heads * d.queries), i / d.queries % d.heads, i % d.queries});
  }
}

struct Memory {
  Guarded<float> query, key, value, bias, diff, out, saved, diff_query, diff_key, diff_value, diff_bias;
  Memory(const Sizes& s, Guard side)
      : query(s.query, side),
        key(s.key, side),
        value(s.value, side),
        bias(s.bias, side),
        diff(s.out, side),
        out(s.out, side),
        saved(s.saved, side),
        diff_query(s.query, side),
        diff_key(s.key, side),
        diff_value(s.value, side),
        diff_bias(s.bias, side) {}

  void run(const Attention& d) {
    int64_t bytes = -1;
    CHECK_OK(quern_scaled_dot_product_attention_workspace(&d, &bytes));
    Guarded<char> workspace(bytes, Guard::After, 8);
    const float* added = d.bias_heads == 0 ? nullptr : bias.data();
    CHECK_OK(quern_scaled_dot_product_attention_forward(&d, query.data(), key.data(), value.data(), added, out.data(),
                                                        saved.data(), workspace.data(), bytes));
    CHECK(ran("scaled_dot_product_attention"));
    workspace.clear();
    CHECK_OK(quern_scaled_dot_product_attention_backward(
        &d, query.data(), key.data(), value.data(), added, saved.data(), diff.data(), diff_query.data(),
        diff_key.data(), diff_value.data(), d.bias_heads == 0 ? nullptr : diff_bias.data(), workspace.data(), bytes));
  }
};

inline void measure(const Attention& d, const Row& r, const Memory& m, Yardstick* y) {
  const size_t n = static_cast<size_t>(d.keys);
  std::vector<double> weights(n), sizes(n), slopes(n), reach(n);
  double most = -INFINITY, sum = 0, largest = 0;
  for (size_t k = 0; k < n; k++) {
    const int64_t key = static_cast<int64_t>(k);
    for (int64_t i = 0; i < d.depth; i++) {
      const double term = d.scale * m.query[r.query(i)] * m.key[r.key(key, i)];
      weights[k] += term;
      sizes[k] += std::fabs(term);
    }
    if (d.bias_heads > 0) {
      const double bias = m.bias[r.bias(key)];
      weights[k] += bias;
      sizes[k] += std::isinf(bias) ? 0 : std::fabs(bias);
    }
    if (d.causal && key > r.token) weights[k] = -INFINITY;
    most = std::max(most, weights[k]);
    if (!std::isinf(weights[k])) largest = std::max(largest, sizes[k]);
  }
  for (size_t k = 0; k < n; k++) sum += weights[k] = std::isinf(most) ? 0 : std::exp(weights[k] - most);
  for (size_t k = 0; k < n && sum > 0; k++) weights[k] /= sum;
  // each score is off by its own roundings, and so are all weights
  y->roundings = std::max(y->roundings, 4 * static_cast<double>(d.depth + 4) * largest);
  double mean = 0, bound = 0;
  for (size_t k = 0; k < n; k++) {
    for (int64_t i = 0; i < d.value_depth; i++) {
      const double value = m.value[r.value(static_cast<int64_t>(k), i)], diff = m.diff[r.out(i)];
      y->out.add(r.out(i), weights[k] * value, weights[k] * std::fabs(value));
      y->value.add(r.value(static_cast<int64_t>(k), i), weights[k] * diff, weights[k] * std::fabs(diff));
      slopes[k] += value * diff;
      reach[k] += std::fabs(value * diff);
    }
    mean += weights[k] * slopes[k];
    bound += weights[k] * reach[k];
  }
  for (size_t k = 0; k < n; k++) {
    const int64_t key = static_cast<int64_t>(k);
    const double slope = weights[k] * (slopes[k] - mean), size = weights[k] * (reach[k] + bound);
    if (d.bias_heads > 0) y->bias.add(r.bias(key), slope, size);
    for (int64_t i = 0; i < d.depth; i++) {
      const double by = d.scale * m.key[r.key(key, i)], of = d.scale * m.query[r.query(i)];
      y->query.add(r.query(i), slope * by, size * std::fabs(by));
      y->key.add(r.key(key, i), slope * of, size * std::fabs(of));
    }
  }
}

inline void compare(const char* what, const Guarded<float>& got, const Bounded& wanted, double roundings) {
  for (int64_t i = 0; i < got.size(); i++) {
    const double value = wanted.value[static_cast<size_t>(i)], size = wanted.size[static_cast<size_t>(i)];
    if (!close_to(got[i], value, roundings * size * 0x1p-24 + 1e-37)) {
      failed(__FILE__, __LINE__, "%s [%lld] is %.9g, not %.9g", what, (long long)i, got[i], value);
      return;
    }
  }
}

inline bool same_bits(const Guarded<float>& a, const Guarded<float>& b) {
  return std::memcmp(a.data(), b.data(), static_cast<size_t>(a.size()) * sizeof(float)) == 0;
}

inline bool same_bits(const Memory& a, const Memory& b) {
  return same_bits(a.out, b.out) && same_bits(a.saved, b.saved) && same_bits(a.diff_query, b.diff_query) &&
         same_bits(a.diff_key, b.diff_key) && same_bits(a.diff_value, b.diff_value) &&
         same_bits(a.diff_bias, b.diff_bias);
}

inline void name_case(const Attention& d) {
  in_case(
      "batch %lld, %lld heads, %lld queries, %lld keys, depth %lld, %lld of values, scale %g, causal %lld, bias of "
      "%lld heads and %lld samples",
      (long long)d.batch, (long long)d.heads, (long long)d.queries, (long long)d.keys, (long long)d.depth,
      (long long)d.value_depth, d.scale, (long long)d.causal, (long long)d.bias_heads, (long long)d.bias_samples);
}

inline void fill(const Attention& d, Memory* m, Values kind) {
  Random random(static_cast<uint64_t>(d.queries + 7 * d.keys + 31 * d.depth + 101 * d.heads));
  for (Guarded<float>* x : {&m->query, &m->key, &m->value, &m->bias, &m->diff}) {
    for (float& v : *x) v = random.value(kind);
  }
}

// hide: whether some entries of the bias are -infinity, all of one query among them
inline void check(const Attention& d, Values kind, Guard side, bool hide = false) {
  name_case(d);
  const Sizes sizes(d);
  Memory m(sizes, side), threads2(sizes, side), threads3(sizes, side);
  for (Memory* of : {&m, &threads2, &threads3}) {
    fill(d, of, kind);
    for (int64_t i = 0; hide && i < sizes.bias; i++) {
      if (i % 3 == 0 || i / d.keys % d.queries == 1) of->bias[i] = -INFINITY;
    }
  }
  CHECK_OK(quern_set_threads(1));
  m.run(d);
  Yardstick y(sizes);
  each_row(d, [&](const Row& r) { measure(d, r, m, &y); });
  const double terms = static_cast<double>(d.keys + d.queries + d.value_depth + 32) + y.roundings;
  const double shared = static_cast<double>(d.batch * d.heads);
  compare("output", m.out, y.out, terms);
  compare("diff_query", m.diff_query, y.query, terms);
  compare("diff_key", m.diff_key, y.key, terms);
  compare("diff_value", m.diff_value, y.value, terms);
  compare("diff_bias", m.diff_bias, y.bias, terms + shared);
  CHECK_OK(quern_set_threads(2));
  threads2.run(d);
  CHECK(same_bits(m, threads2));
  CHECK_OK(quern_set_threads(many_threads));
  threads3.run(d);
  CHECK(same_bits(m, threads3));
}

}  // namespace of_attention
