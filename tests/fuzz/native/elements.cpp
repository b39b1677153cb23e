// Attacks on what works element by element or row by row, activations aside: quantize, add, multiply, copies, bias,
// dropout, uniform, vectors.
#include <string>

#include "attacks.h"
#include "bias_check.h"
#include "binary_check.h"
#include "broadcast_check.h"
#include "bytes_check.h"
#include "cast_check.h"
#include "dropout_check.h"
#include "quantize_check.h"
#include "strided_copy_check.h"
#include "uniform_check.h"
#include "vectors_check.h"

void attack_quantize(Random* r) {
  const int64_t n = any_length(r);
  of_quantize::Steps s = of_quantize::any_steps(r);
  if (one_in(r, 6)) s.scale = std::ldexp(1.0f, static_cast<int>(r->between(-126, 126)));
  in_case("%lld elements, scale %g, zero %lld in [%lld, %lld]", (long long)n, static_cast<double>(s.scale),
          (long long)s.zero, (long long)s.low, (long long)s.high);
  of_quantize::check(s, n, r, any_side(r));
  of_quantize::check_weights(r->between(1, 9), n / 9 + 1, one_in(r, 2), r, any_side(r));
  of_bytes::check_lookup(n, r, any_side(r));
}

void refuse_quantize(Random* r) {
  float* f = untouchable<float>();
  const auto scale = static_cast<float>(bad_number(r));
  const int64_t bad = bad_length(r), zero = one_in(r, 2) ? -1 - r->between(0, 9) : r->between(256, INT64_MAX);
  REFUSED("quantize: ", quern_quantize, bad, f, 1, 0, 0, 255, f);
  REFUSED("quantize: ", quern_quantize, 1, f, scale, 0, 0, 255, f);
  REFUSED("quantize: ", quern_quantize, 1, f, 1, zero, 0, 255, f);
  REFUSED("dequantize: ", quern_dequantize, bad, f, 1, 0, f);
  REFUSED("dequantize: ", quern_dequantize, 1, f, scale, 0, f);
  REFUSED("dequantize: ", quern_dequantize, 1, f, 1, zero, f);
  REFUSED("quantize_weights: ", quern_quantize_weights, bad, 1, f, f, f, f);
  REFUSED("quantize_weights: ", quern_quantize_weights, 1, bad, f, f, f, f);
  REFUSES_NULLS("quantize_weights: ", "..rr..", quern_quantize_weights, 1, 1, f, f, f, f);
  REFUSES_NULLS("quantize: ", ".r....r", quern_quantize, 1, f, 1, 0, 0, 255, f);
  REFUSES_NULLS("dequantize: ", ".r..r", quern_dequantize, 1, f, 1, 0, f);
  REFUSED("lookup: ", quern_lookup, bad, f, f, f);
  REFUSES_NULLS("lookup: ", ".rrr", quern_lookup, 1, f, f, f);
}

void attack_cast(Random* r) {
  const int64_t n = any_length(r);
  in_case("%lld elements", (long long)n);
  of_cast::check(n, r, any_side(r));
}

void refuse_cast(Random* r) {
  float* f = untouchable<float>();
  REFUSED("cast: ", quern_cast, bad_length(r), QUERN_F32, f, QUERN_BF16, f);
  REFUSED("cast: ", quern_cast, 1, QUERN_F32, f, r->between(4, 99), f);
  REFUSED("cast: ", quern_cast, 1, r->between(-9, 2), f, QUERN_F32, f);
  REFUSES_NULLS("cast: ", "..r.r", quern_cast, 1, QUERN_F32, f, QUERN_BF16, f);
}

// dst may be a.
void attack_add(Random* r) {
  const int64_t n = any_length(r);
  in_case("%lld elements", (long long)n);
  Guarded<float> a(n), b(n), dst(n);
  for (float& v : a) v = r->real();
  for (float& v : b) v = r->real();
  CHECK_OK(quern_add(QUERN_F32, n, a.data(), b.data(), dst.data()));
  for (int64_t i = 0; i < n; i++) CHECK(dst[i] == a[i] + b[i]);
  CHECK_OK(quern_add(QUERN_F32, n, a.data(), b.data(), a.data()));
  CHECK(std::memcmp(a.data(), dst.data(), sizeof(float) * static_cast<size_t>(n)) == 0);
  of_bytes::check_add(n, r, any_side(r));
  count_call("quern_add_bytes", QUERN_OK);
}

void refuse_add(Random* r) {
  float* f = untouchable<float>();
  const int64_t bad = bad_length(r);
  REFUSED("add: ", quern_add, QUERN_F32, bad, f, f, f);
  REFUSES_NULLS("add: ", "..rrr", quern_add, QUERN_F32, 1, f, f, f);
  const auto scale = static_cast<float>(bad_number(r));
  REFUSED("add: ", quern_add_bytes, bad, f, 1, 0, f, 1, 0, f, 1, 0, 0, 255);
  REFUSED("add: ", quern_add_bytes, 1, f, scale, 0, f, 1, 0, f, 1, 0, 0, 255);
  REFUSED("add: ", quern_add_bytes, 1, f, 1, 0, f, 1, bad, f, 1, 0, 0, 255);
  REFUSED("add: ", quern_add_bytes, 1, f, 1, 0, f, 1, 0, f, scale, 0, 0, 255);
  REFUSES_NULLS("add: ", ".r..r..r....", quern_add_bytes, 1, f, 1, 0, f, 1, 0, f, 1, 0, 0, 255);
}

static void attack_copy_bytes(Random* r);

void attack_copy_channels(Random* r) {
  if (one_in(r, 2)) return attack_copy_bytes(r);
  const int64_t rows = one_in(r, 20) ? r->between(1000, 3000) : r->between(0, 40);
  const int64_t c = one_in(r, 20) ? 0 : any_channels(r), from = c + any_gap(r), to = c + any_gap(r);
  in_case("%lld rows of %lld, pitch %lld to %lld", (long long)rows, (long long)c, (long long)from, (long long)to);
  Image src(rows, 1, 1, c, from, any_side(r)), dst(rows, 1, 1, c, to, any_side(r));
  src.fill(r, Values::Floats);
  CHECK_OK(quern_copy_channels(QUERN_F32, rows, c, src.data(), from, dst.data(), to));
  for (int64_t e = 0; e < src.elements(); e++) CHECK(dst.at(e / c, e % c) == src.at(e / c, e % c));
  CHECK(dst.gaps_untouched());
}

// The same of bytes.
static void attack_copy_bytes(Random* r) {
  const int64_t c = any_channels(r), rows = any_length(r) / c, from = c + any_gap(r), to = c + any_gap(r);
  Guarded<uint8_t> src(rows == 0 ? 0 : (rows - 1) * from + c), dst(rows == 0 ? 0 : (rows - 1) * to + c);
  for (uint8_t& b : src) b = static_cast<uint8_t>(r->between(0, 255));
  CHECK_OK(quern_copy_channels(QUERN_U8, rows, c, src.data(), from, dst.data(), to));
  for (int64_t i = 0; i < dst.size(); i++) CHECK(dst[i] == (i % to < c ? src[i / to * from + i % to] : kCanary));
}

void refuse_copy_channels(Random* r) {
  float* f = untouchable<float>();
  const int64_t bad = bad_length(r), c = any_channels(r), pitch = one_in(r, 2) ? c - 1 : bad;
  const char* op = "concat: ";
  REFUSED(op, quern_copy_channels, QUERN_F32, bad, c, f, c, f, c);
  REFUSED(op, quern_copy_channels, QUERN_F32, 1, bad, f, c, f, c);
  REFUSED(op, quern_copy_channels, QUERN_F32, 1, c, f, pitch, f, c);
  REFUSED(op, quern_copy_channels, QUERN_F32, 1, c, f, c, f, pitch);
  REFUSES_NULLS(op, "...r.r.", quern_copy_channels, QUERN_F32, 1, c, f, c, f, c);
}

void attack_binary(Random* r) {
  const int64_t pixels = one_in(r, 20) ? r->between(500, 1500) : r->between(1, 40);
  of_binary::check(r->between(QUERN_ADD, QUERN_GREATER_OR_EQUAL), r->between(0, 4), pixels, one_in(r, 2) ? 1 : pixels,
                   any_channels(r), any_side(r));
  of_bytes::check_multiply(r->between(0, 4), pixels, one_in(r, 2) ? 1 : pixels, any_channels(r), r, any_side(r));
  for (const char* f : {"quern_binary_forward", "quern_binary_backward", "quern_multiply_bytes"}) {
    count_call(f, QUERN_OK);
  }
}

void refuse_binary(Random* r) {
  float* f = untouchable<float>();
  const int64_t kind = r->between(QUERN_ADD, QUERN_GREATER_OR_EQUAL), bad = bad_length(r), pixels = r->between(3, 99);
  const std::string name = std::string(of_binary::kNames[kind]) + ": ";
  const char* op = name.c_str();
  const int64_t all[][4] = {{bad, 1, 1, 1},    {1, bad, bad, 1},  {1, 1, 1, bad}, {1, 1, 1, 0},
                            {1, pixels, 2, 1}, {1, 1, pixels, 1}, {1, 0, 1}};
  for (const auto& a : all) {
    REFUSED(op, quern_binary_forward, kind, QUERN_F32, a[0], a[1], a[2], a[3], f, f, f);
    REFUSED(op, quern_binary_backward, kind, QUERN_F32, a[0], a[1], a[2], a[3], f, f, f, f, f);
    REFUSED("multiply: ", quern_multiply_bytes, a[0], a[1], a[2], a[3], f, 1, 0, f, 1, 0, f, 1, 0, 0, 255);
  }
  const auto scale = static_cast<float>(bad_number(r));
  REFUSED("multiply: ", quern_multiply_bytes, 1, 1, 1, 1, f, scale, 0, f, 1, 0, f, 1, 0, 0, 255);
  REFUSED("multiply: ", quern_multiply_bytes, 1, 1, 1, 1, f, 1, 0, f, 1, 0, f, 1, 0, 9, 8);
  REFUSES_NULLS("multiply: ", "....r..r..r....", quern_multiply_bytes, 1, 1, 1, 1, f, 1, 0, f, 1, 0, f, 1, 0, 0, 255);
  REFUSED("binary: ", quern_binary_forward, bad, QUERN_F32, 1, 1, 1, 1, f, f, f);
  REFUSED("binary: ", quern_binary_backward, bad, QUERN_F32, 1, 1, 1, 1, f, f, f, f, f);
  REFUSES_NULLS(op, "......rrr", quern_binary_forward, kind, QUERN_F32, 1, 1, 1, 1, f, f, f);
  REFUSES_NULLS(op, "......rrr..", quern_binary_backward, kind, QUERN_F32, 1, 1, 1, 1, f, f, f, f, f);
}

void attack_broadcast(Random* r) {
  const int64_t axes = r->between(1, 8);
  const of_broadcast::Strides s = of_broadcast::drawn(r, axes, axes < 4 ? 30 : 4, one_in(r, 3));
  of_broadcast::check(r->between(QUERN_ADD, QUERN_UNLESS), s, any_side(r));
  for (const char* f : {"quern_broadcast_forward", "quern_broadcast_backward"}) count_call(f, QUERN_OK);
}

void refuse_broadcast(Random* r) {
  float* f = untouchable<float>();
  const int64_t kind = r->between(QUERN_ADD, QUERN_UNLESS), bad = bad_length(r), negative = -r->between(1, INT64_MAX);
  const std::string name = std::string(of_binary::kNames[kind]) + ": ";
  const char* op = name.c_str();
  const int64_t one = 1, two = 2, *n = &one;
  for (int64_t axes : {int64_t{0}, int64_t{9}, negative, INT64_MAX}) {
    REFUSED(op, quern_broadcast_forward, kind, QUERN_F32, axes, n, n, n, n, f, f, f);
    REFUSED(op, quern_broadcast_backward, kind, QUERN_F32, axes, n, n, n, n, f, f, f, f, f);
  }
  REFUSED(op, quern_broadcast_forward, kind, QUERN_F32, 1, &bad, n, n, n, f, f, f);
  REFUSED(op, quern_broadcast_forward, kind, QUERN_F32, 1, &two, &negative, n, n, f, f, f);
  REFUSED(op, quern_broadcast_forward, kind, QUERN_F32, 1, &two, n, &negative, n, f, f, f);
  REFUSED(op, quern_broadcast_backward, kind, QUERN_F32, 1, &two, n, n, &negative, f, f, f, f, f);
  REFUSED("binary: ", quern_broadcast_forward, 14, QUERN_F32, 1, n, n, n, n, f, f, f);
  REFUSES_NULLS(op, "...rrrrrrr", quern_broadcast_forward, kind, QUERN_F32, 1, n, n, n, n, f, f, f);
  REFUSES_NULLS(op, "...rrrrrrr..", quern_broadcast_backward, kind, QUERN_F32, 1, n, n, n, n, f, f, f, f, f);
}

void attack_strided_copy(Random* r) {
  const int64_t axes = r->between(1, 8);
  const of_strided_copy::Strides s = of_strided_copy::drawn(r, axes, axes < 4 ? 30 : 4, one_in(r, 2));
  in_case("%lld axes, %lld elements", (long long)axes, (long long)s.elements());
  of_strided_copy::check(s, any_side(r));
  count_call("quern_strided_copy", QUERN_OK);
}

// Of no numbers nothing is read or written, whatever the other sizes and strides are.
static void copy_nothing(Random* r) {
  float* f = untouchable<float>();
  int64_t sizes[8], from[8], to[8];
  const int64_t axes = r->between(1, 8), none = r->between(0, axes - 1);
  for (int64_t k = 0; k < axes; k++) {
    sizes[k] = k == none ? 0 : any_extreme(r), from[k] = any_extreme(r), to[k] = any_extreme(r);
  }
  if (quern_strided_copy(QUERN_F32, axes, sizes, from, to, f, f) != QUERN_OK) {
    REFUSED("strided_copy: ", quern_strided_copy, QUERN_F32, axes, sizes, from, to, f, f);
  }
  if (quern_broadcast_forward(QUERN_MULTIPLY, QUERN_F32, axes, sizes, from, from, to, f, f, f) != QUERN_OK) {
    REFUSED("multiply: ", quern_broadcast_forward, QUERN_MULTIPLY, QUERN_F32, axes, sizes, from, from, to, f, f, f);
  }
}

// Sizes and strides that reach beyond 2^53.
static void copy_too_much(Random* r) {
  float* f = untouchable<float>();
  const int64_t far = int64_t{1} << r->between(53, 62), sizes[] = {r->between(2, INT32_MAX), 3}, good[] = {3, 1},
                wide[] = {far, 1}, many[] = {INT32_MAX, INT32_MAX, INT32_MAX}, ones[] = {1, 1, 1};
  REFUSED("strided_copy: ", quern_strided_copy, QUERN_F32, 2, sizes, wide, good, f, f);
  REFUSED("strided_copy: ", quern_strided_copy, QUERN_F32, 2, sizes, good, wide, f, f);
  REFUSED("strided_copy: ", quern_strided_copy, QUERN_F32, 3, many, ones, ones, f, f);
  REFUSED("multiply: ", quern_broadcast_forward, QUERN_MULTIPLY, QUERN_F32, 2, sizes, good, wide, good, f, f, f);
}

void refuse_strided_copy(Random* r) {
  copy_nothing(r);
  copy_too_much(r);
  float* f = untouchable<float>();
  const char* op = "strided_copy: ";
  const int64_t bad = bad_length(r), good[] = {2, 3}, wrong[] = {bad, 3};
  REFUSED(op, quern_strided_copy, QUERN_F32, one_in(r, 2) ? bad : r->between(9, 99), good, good, good, f, f);
  REFUSED(op, quern_strided_copy, QUERN_F32, 2, wrong, good, good, f, f);
  REFUSED(op, quern_strided_copy, QUERN_F32, 2, good, wrong, good, f, f);
  REFUSED(op, quern_strided_copy, QUERN_F32, 2, good, good, wrong, f, f);
  REFUSES_NULLS(op, "..rrrrr", quern_strided_copy, QUERN_F32, 2, good, good, good, f, f);
}

void attack_bias(Random* r) {
  const int64_t rows = one_in(r, 20) ? r->between(1000, 3000) : r->between(0, 60), c = any_channels(r);
  of_bias::check(rows, c, c + any_gap(r), any_side(r));
}

void refuse_bias(Random* r) {
  float* f = untouchable<float>();
  double* d = untouchable<double>();
  const int64_t bad = bad_length(r), c = any_channels(r), rows = r->between(1, 99);
  const char *add = "add_bias: ", *sum = "column_sums: ";
  int64_t bytes = 0;
  CHECK_OK(quern_column_sums_workspace(rows, c, &bytes));
  const int64_t all[][3] = {{bad, c, c}, {rows, bad, c}, {rows, 0, c}, {rows, c, c - 1}, {rows, c, bad}};
  for (const auto& a : all) {
    REFUSED(add, quern_add_bias, QUERN_F32, a[0], a[1], f, f, a[2]);
    REFUSED(sum, quern_column_sums, QUERN_F32, a[0], a[1], f, a[2], f, d, INT64_MAX);
  }
  REFUSED(sum, quern_column_sums_workspace, bad, c, untouchable<int64_t>());
  REFUSED(sum, quern_column_sums_workspace, rows, bad, untouchable<int64_t>());
  REFUSED(sum, quern_column_sums, QUERN_F32, rows, c, f, c, f, d, r->between(0, bytes - 1));
  REFUSES_NULLS(add, "...rr.", quern_add_bias, QUERN_F32, rows, c, f, f, c);
  REFUSES_NULLS(sum, "..r", quern_column_sums_workspace, rows, c, &bytes);
  REFUSES_NULLS(sum, "...r.rr.", quern_column_sums, QUERN_F32, rows, c, f, c, f, d, INT64_MAX);
}

void attack_dropout(Random* r) {
  const double p = one_in(r, 4) ? static_cast<double>(r->between(0, 1)) : std::fabs(r->real());
  const quern_dropout d{r->between(0, 4),
                        one_in(r, 20) ? 0 : any_channels(r),
                        r->between(1, 60),
                        r->between(0, 1),
                        p,
                        static_cast<int64_t>(r->next())};
  in_case("{batch %lld, channels %lld, pixels %lld, whole_channels %lld, p %.17g, key %lld}", (long long)d.batch,
          (long long)d.channels, (long long)d.pixels, (long long)d.whole_channels, d.p, (long long)d.key);
  of_dropout::compare(d, any_side(r));
}

void refuse_dropout(Random* r) {
  float* f = untouchable<float>();
  const quern_dropout good{1, 2, 3, 0, 0.5, 1};
  const int64_t bad = bad_length(r);
  const quern_dropout all[] = {{bad, 2, 3, 0, 0.5, 1},
                               {1, bad, 3, 0, 0.5, 1},
                               {1, 2, bad, 0, 0.5, 1},
                               {1, 2, 3, bad, 0.5, 1},
                               {1, 2, 3, 0, bad_number(r), 1},
                               {1, 2, 3, 0, 1 + 1e-9, 1},
                               {INT32_MAX, INT32_MAX, r->between(1, INT32_MAX), 0, 0.5, 1}};
  for (const quern_dropout& d : all) REFUSED("dropout: ", quern_dropout_apply, &d, f, f);
  REFUSES_NULLS("dropout: ", "rrr", quern_dropout_apply, &good, f, f);
}

void attack_uniform(Random* r) {
  const int64_t n = any_length(r), seed = static_cast<int64_t>(r->next()), part = r->between(0, INT32_MAX);
  in_case("%lld elements, seed %lld, part %lld", (long long)n, (long long)seed, (long long)part);
  of_uniform::compare(n, seed, part, std::fabs(r->real()), any_side(r));
}

void refuse_uniform(Random* r) {
  float* f = untouchable<float>();
  const int64_t bad = bad_length(r);
  const float bound = static_cast<float>(bad_number(r));
  REFUSED("uniform: ", quern_uniform, bad, 1, 1, 1, f);
  REFUSED("uniform: ", quern_uniform, 1, 1, bad, 1, f);
  if (bound != 0) REFUSED("uniform: ", quern_uniform, 1, 1, 1, bound, f);
  REFUSES_NULLS("uniform: ", "....r", quern_uniform, 1, 1, 1, 1.0f, f);
}

void attack_vectors(Random* r) {
  const int64_t n = any_length(r);
  in_case("%lld elements", (long long)n);
  of_vectors::values(n, any_side(r));
}

void refuse_vectors(Random* r) {
  float* f = untouchable<float>();
  double* d = untouchable<double>();
  const int64_t bad = bad_length(r);
  const double number = bad_number(r);
  REFUSED("scale: ", quern_scale, bad, 1, f);
  REFUSED("clip: ", quern_clip, bad, 1, f);
  REFUSED("lerp: ", quern_lerp, bad, 1, f, f);
  REFUSED("sum_squares: ", quern_sum_squares, bad, f, d);
  REFUSED("scale: ", quern_scale, 1, number, f);
  REFUSED("clip: ", quern_clip, 1, number, f);
  REFUSED("lerp: ", quern_lerp, 1, number, f, f);
  REFUSES_NULLS("scale: ", "..r", quern_scale, 1, 1, f);
  REFUSES_NULLS("clip: ", "..r", quern_clip, 1, 1, f);
  REFUSES_NULLS("lerp: ", "..rr", quern_lerp, 1, 1, f, f);
  REFUSES_NULLS("sum_squares: ", ".rr", quern_sum_squares, 1, f, d);
}
