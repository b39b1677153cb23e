// scaled_dot_product_attention: scores of a tile of queries stay in a cache, between two products. Keys and values of a
// head are packed once for a thread's tiles.
#include <algorithm>
#include <cmath>

#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr char kOp[] = "scaled_dot_product_attention";
constexpr int64_t kTileFloats = 24576;  // scores of a tile: with keys and values of a head in L2
constexpr int64_t kTileRows = 48, kLeastRows = 6;
constexpr double kGrain = 1 << 18;  // multiplications of a piece, at least

using Attention = quern_scaled_dot_product_attention;

int prepare(const Attention* d) noexcept {
  QUERN_TRY(check_initialized(kOp));
  QUERN_TRY(check_pointers(kOp, d != nullptr));
  QUERN_TRY(check_elements(kOp, d->batch));
  QUERN_TRY(check_range(kOp, "heads", d->heads, 1));
  QUERN_TRY(check_range(kOp, "queries", d->queries, 1));
  QUERN_TRY(check_range(kOp, "keys", d->keys, 1));
  QUERN_TRY(check_range(kOp, "depth", d->depth, 1));
  QUERN_TRY(check_range(kOp, "value_depth", d->value_depth, 1));
  if (!std::isfinite(static_cast<float>(d->scale))) {
    return fail(QUERN_INVALID_ARGUMENT, "%s: scale %g is not a finite float", kOp, d->scale);
  }
  QUERN_TRY(check_flag(kOp, "causal", d->causal));
  if (d->bias_heads != 0 && d->bias_heads != 1 && d->bias_heads != d->heads) {
    return fail(QUERN_INVALID_ARGUMENT, "%s: bias_heads %lld is not 0, 1 or heads %lld", kOp,
                static_cast<long long>(d->bias_heads), static_cast<long long>(d->heads));
  }
  if (d->bias_heads > 0) {
    QUERN_TRY(check_range(kOp, "bias_samples", d->bias_samples, 1));
    if (d->batch % d->bias_samples != 0) {
      return fail(QUERN_INVALID_ARGUMENT, "%s: bias_samples %lld does not divide batch %lld", kOp,
                  static_cast<long long>(d->bias_samples), static_cast<long long>(d->batch));
    }
  }
  QUERN_TRY(check_type(kOp, "type", d->type));
  const int64_t batch = std::max<int64_t>(d->batch, 1), biases = d->bias_heads > 0 ? d->bias_samples : 1;
  int64_t rows;
  QUERN_TRY(count(kOp, "queries of all heads", batch, d->heads, d->queries, 1, &rows));
  QUERN_TRY(count(kOp, "query", rows, d->depth, 1, 1, &rows));
  QUERN_TRY(count(kOp, "output", batch, d->heads, d->queries, d->value_depth, &rows));
  QUERN_TRY(count(kOp, "key", batch, d->heads, d->keys, d->depth, &rows));
  QUERN_TRY(count(kOp, "value", batch, d->heads, d->keys, d->value_depth, &rows));
  return count(kOp, "bias", biases, std::max<int64_t>(d->bias_heads, 1), d->queries, d->keys, &rows);
}

// The sizes that both passes derive from a descriptor.
struct Plan {
  const Attention& d;
  int64_t keys, value_depth;  // rounded up to whole vectors
  int64_t rows, tiles;        // of a tile of queries, and tiles of all queries

  explicit Plan(const Attention& of)
      : d(of), keys(round_up(of.keys, kMostLanes)), value_depth(round_up(of.value_depth, kMostLanes)) {
    rows = std::min(std::max(kTileFloats / keys / kLeastRows * kLeastRows, kLeastRows), kTileRows);
    tiles = divide_up(d.queries, rows);
  }

  int64_t pitch() const { return d.heads * d.depth; }
  int64_t value_pitch() const { return d.heads * d.value_depth; }
  int64_t forward_floats() const { return d.depth * keys + d.keys * value_depth + rows * keys; }
  int64_t backward_floats() const { return (d.depth + d.value_depth + 3 * rows) * keys; }
  int64_t slot_bytes() const { return std::max(forward_floats(), backward_floats()) * 4; }
  double work() const {
    return static_cast<double>(rows) * static_cast<double>(d.keys) * static_cast<double>(d.depth + d.value_depth);
  }
  // Tiles that share a piece.
  int64_t together() const { return work() < kGrain ? static_cast<int64_t>(kGrain / work()) : 1; }

  // Where a head's features of a token lie.
  int64_t query(int64_t head, int64_t token) const { return at(head, d.queries, token, d.depth); }
  int64_t key(int64_t head, int64_t token) const { return at(head, d.keys, token, d.depth); }
  int64_t value(int64_t head, int64_t token) const { return at(head, d.keys, token, d.value_depth); }
  int64_t out(int64_t head, int64_t token) const { return at(head, d.queries, token, d.value_depth); }

 private:
  // head: of all samples
  int64_t at(int64_t head, int64_t tokens, int64_t token, int64_t depth) const {
    return ((head / d.heads * tokens + token) * d.heads + head % d.heads) * depth;
  }
};

// Some queries of a head, and how many keys the last of them sees.
struct Tile {
  int64_t head, first, rows, keys;

  Tile(const Plan& p, int64_t of_head, int64_t tile) : head(of_head), first(tile * p.rows) {
    rows = std::min(p.rows, p.d.queries - first);
    keys = p.d.causal ? std::min(p.d.keys, first + rows) : p.d.keys;
  }
};

// Rows of a head's tokens become columns, with zeros behind them.
void pack_columns(const Plan& p, int64_t depth, const float* src, int64_t pitch, float* to) noexcept {
  kernels().transpose_rows(p.d.keys, depth, src, pitch, to, p.keys);
  for (int64_t i = 0; i < depth; i++) std::fill(to + i * p.keys + p.d.keys, to + (i + 1) * p.keys, 0.0f);
}

void pack_values(const Plan& p, const float* src, float* to) noexcept {
  for (int64_t i = 0; i < p.d.keys; i++, src += p.value_pitch(), to += p.value_depth) {
    std::copy(src, src + p.d.value_depth, to);
    std::fill(to + p.d.value_depth, to + p.value_depth, 0.0f);
  }
}

// Products of a tile's rows of a by packed columns.
void products(const Plan& p, const Tile& t, int64_t depth, const float* a, int64_t pitch, const float* columns,
              float* to) noexcept {
  kernels().small_product(
      {t.rows, round_up(t.keys, kMostLanes), depth, a, pitch, 1, columns, p.keys, true, to, p.keys, false});
}

AttentionRows rows_of(const Plan& p, const Tile& t, const float* bias, float* scores) noexcept {
  const Attention& d = p.d;
  AttentionRows q{t.rows,  t.keys, d.causal ? t.first + 1 : t.keys, scores, p.keys, static_cast<float>(d.scale),
                  nullptr, d.keys};
  if (d.bias_heads > 0) {
    const int64_t sample = t.head / d.heads % d.bias_samples, head = d.bias_heads == 1 ? 0 : t.head % d.heads;
    q.bias = bias + ((sample * d.bias_heads + head) * d.queries + t.first) * d.keys;
  }
  return q;
}

struct Inputs {
  const float *query, *key, *value, *bias, *saved, *diff_dst;
};

// A thread's memory in the backward pass.
struct Scratch {
  float *keys, *values, *scores, *slopes, *sums;

  Scratch(const Plan& p, float* at) {
    keys = at;
    values = keys + p.d.depth * p.keys;
    scores = values + p.d.value_depth * p.keys;
    slopes = scores + p.rows * p.keys;
    sums = slopes + p.rows * p.keys;
  }
  void pack(const Plan& p, const Inputs& in, int64_t head) const noexcept {
    pack_columns(p, p.d.depth, in.key + p.key(head, 0), p.pitch(), keys);
    pack_columns(p, p.d.value_depth, in.value + p.value(head, 0), p.value_pitch(), values);
  }
};

// A tile's weights, and the gradients of its scores times factor.
void slopes_of(const Plan& p, const Tile& t, const Inputs& in, float factor, const Scratch& s) noexcept {
  products(p, t, p.d.depth, in.query + p.query(t.head, t.first), p.pitch(), s.keys, s.scores);
  products(p, t, p.d.value_depth, in.diff_dst + p.out(t.head, t.first), p.value_pitch(), s.values, s.slopes);
  kernels().attention_slopes(rows_of(p, t, in.bias, s.scores), in.saved + 2 * (t.head * p.d.queries + t.first), factor,
                             s.slopes);
}

// Adds a tile's part to the gradient of a head's tokens: weights or slopes, turned, by rows of queries.
void add_to_keys(const Plan& p, const Tile& t, int64_t depth, const float* tile, const float* rows, int64_t pitch,
                 float* to) noexcept {
  kernels().small_product({t.keys, depth, t.rows, tile, 1, p.keys, rows, pitch, false, to, pitch, true});
}

void zero_rows(int64_t rows, int64_t n, float* to, int64_t pitch) noexcept {
  for (int64_t i = 0; i < rows; i++, to += pitch) std::fill(to, to + n, 0.0f);
}

// A head alone writes its keys' and values' gradients, tile after tile.
void backward_head(const Plan& p, int64_t head, const Inputs& in, float* diff_query, float* diff_key, float* diff_value,
                   const Scratch& s) noexcept {
  const Attention& d = p.d;
  s.pack(p, in, head);
  if (diff_key != nullptr) zero_rows(d.keys, d.depth, diff_key + p.key(head, 0), p.pitch());
  if (diff_value != nullptr) zero_rows(d.keys, d.value_depth, diff_value + p.value(head, 0), p.value_pitch());
  for (int64_t tile = 0; tile < p.tiles; tile++) {
    const Tile t(p, head, tile);
    const int64_t query = p.query(head, t.first);
    slopes_of(p, t, in, static_cast<float>(d.scale), s);
    if (diff_value != nullptr) {
      add_to_keys(p, t, d.value_depth, s.scores, in.diff_dst + p.out(head, t.first), p.value_pitch(),
                  diff_value + p.value(head, 0));
    }
    if (diff_key != nullptr) {
      add_to_keys(p, t, d.depth, s.slopes, in.query + query, p.pitch(), diff_key + p.key(head, 0));
    }
    if (diff_query != nullptr) {
      kernels().small_product({t.rows, d.depth, t.keys, s.slopes, p.keys, 1, in.key + p.key(head, 0), p.pitch(), false,
                               diff_query + query, p.pitch(), false});
    }
  }
}

// A tile of one head's bias: the sum over all samples and heads that add it, in their order.
void backward_bias(const Plan& p, int64_t bias_head, int64_t tile, const Inputs& in, float* diff_bias,
                   const Scratch& s) noexcept {
  const Attention& d = p.d;
  const int64_t sharing = d.bias_heads == 1 ? d.heads : 1, of_sample = bias_head / d.bias_heads;
  zero_rows(p.rows, p.keys, s.sums, p.keys);
  for (int64_t sample = of_sample; sample < d.batch; sample += d.bias_samples) {
    for (int64_t i = 0; i < sharing; i++) {
      const Tile t(p, sample * d.heads + (sharing > 1 ? i : bias_head % d.bias_heads), tile);
      s.pack(p, in, t.head);
      slopes_of(p, t, in, 1.0f, s);
      for (int64_t r = 0; r < t.rows; r++) {
        for (int64_t k = 0; k < t.keys; k++) s.sums[r * p.keys + k] += s.slopes[r * p.keys + k];
      }
    }
  }
  const Tile t(p, 0, tile);
  for (int64_t r = 0; r < t.rows; r++) {
    std::copy(s.sums + r * p.keys, s.sums + r * p.keys + d.keys,
              diff_bias + (bias_head * d.queries + t.first + r) * d.keys);
  }
}

int take(const Plan& p, const void* workspace, int64_t bytes, Slots* slots) noexcept {
  QUERN_TRY(check_workspace(kOp, workspace, bytes, p.slot_bytes()));
  *slots = Slots(bytes, p.slot_bytes());
  return QUERN_OK;
}

float* place(void* workspace, const Slots& slots, int slot) noexcept {
  return reinterpret_cast<float*>(static_cast<char*>(workspace) + slot * slots.bytes);
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_scaled_dot_product_attention_workspace(const quern_scaled_dot_product_attention* attention,
                                                            int64_t* bytes) noexcept {
  QUERN_TRY(prepare(attention));
  QUERN_TRY(check_pointers(kOp, bytes != nullptr));
  *bytes = threads() * round_up(Plan(*attention).slot_bytes(), 64);
  return QUERN_OK;
}

extern "C" int quern_scaled_dot_product_attention_forward(const quern_scaled_dot_product_attention* attention,
                                                          const void* query, const void* key, const void* value,
                                                          const float* bias, void* dst, float* saved, void* workspace,
                                                          int64_t workspace_bytes) noexcept {
  QUERN_TRY(prepare(attention));
  const Attention& d = *attention;
  QUERN_TRY(check_pointers(kOp, query && key && value && dst && saved && (bias || d.bias_heads == 0)));
  const Plan p(d);
  Slots slots{};
  QUERN_TRY(take(p, workspace, workspace_bytes, &slots));
  ran(kOp);
  const int64_t all = d.batch * d.heads * p.tiles, together = p.together();
  Held held;
  parallel_for(divide_up(all, together), slots.count, [&](int64_t piece, int slot) {
    float* keys = place(workspace, slots, slot);
    float *values = keys + d.depth * p.keys, *scores = values + d.keys * p.value_depth;
    for (int64_t i = piece * together; i < std::min(all, (piece + 1) * together); i++) {
      const Tile t(p, i / p.tiles, i % p.tiles);
      if (held.changes(slot, t.head)) {
        pack_columns(p, d.depth, f32(key) + p.key(t.head, 0), p.pitch(), keys);
        pack_values(p, f32(value) + p.value(t.head, 0), values);
      }
      float* kept = saved + 2 * (t.head * d.queries + t.first);
      float* out = f32(dst) + p.out(t.head, t.first);
      products(p, t, d.depth, f32(query) + p.query(t.head, t.first), p.pitch(), keys, scores);
      kernels().attention_weights(rows_of(p, t, bias, scores), kept);
      kernels().small_product(
          {t.rows, d.value_depth, t.keys, scores, p.keys, 1, values, p.value_depth, true, out, p.value_pitch(), false});
      for (int64_t r = 0; r < t.rows; r++) kernels().scale(d.value_depth, kept[2 * r + 1], out + r * p.value_pitch());
    }
  });
  return QUERN_OK;
}

extern "C" int quern_scaled_dot_product_attention_backward(const quern_scaled_dot_product_attention* attention,
                                                           const void* query, const void* key, const void* value,
                                                           const float* bias, const float* saved, const void* diff_dst,
                                                           void* diff_query, void* diff_key, void* diff_value,
                                                           float* diff_bias, void* workspace,
                                                           int64_t workspace_bytes) noexcept {
  QUERN_TRY(prepare(attention));
  const Attention& d = *attention;
  QUERN_TRY(check_pointers(kOp, query && key && value && saved && diff_dst && (bias || d.bias_heads == 0)));
  const Plan p(d);
  Slots slots{};
  QUERN_TRY(take(p, workspace, workspace_bytes, &slots));
  ran(kOp);
  const Inputs in{f32(query), f32(key), f32(value), bias, saved, f32(diff_dst)};
  if (diff_query != nullptr || diff_key != nullptr || diff_value != nullptr) {
    parallel_for(d.batch * d.heads, slots.count, [&](int64_t head, int slot) {
      backward_head(p, head, in, f32(diff_query), f32(diff_key), f32(diff_value),
                    Scratch(p, place(workspace, slots, slot)));
    });
  }
  if (diff_bias != nullptr && d.bias_heads > 0) {
    const int64_t biases = d.bias_samples * d.bias_heads;
    parallel_for(biases * p.tiles, slots.count, [&](int64_t i, int slot) {
      backward_bias(p, i / p.tiles, i % p.tiles, in, diff_bias, Scratch(p, place(workspace, slots, slot)));
    });
  }
  return QUERN_OK;
}
