#include "operators/activation.h"

#include <cfloat>
#include <cmath>

#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kLastKind = QUERN_SQRT;
constexpr int64_t kGrain = 16384;  // elements, a multiple of the kernels' blocks

// Klambauer et al., "Self-Normalizing Neural Networks", 2017.
constexpr double kSeluAlpha = 1.6732632423543772848170429916717, kSeluScale = 1.0507009873554804934193349852946;

const char* name(int64_t kind) noexcept {
  static const char* const names[] = {"relu6",      "leaky_relu", "elu",           "selu",        "gelu",    "gelu",
                                      "silu",       "mish",       "hardswish",     "hardsigmoid", "sigmoid", "tanh",
                                      "softplus",   "abs",        "affine",        "ceil",        "celu",    "clamp",
                                      "erf",        "exp",        "fake_quantize", "floor",       "log",     "power",
                                      "reciprocal", "round",      "sign",          "softsign",    "sqrt"};
  static_assert(sizeof names / sizeof *names == kLastKind + 1);
  return kind >= QUERN_RELU6 && kind <= kLastKind ? names[kind] : nullptr;
}

// As a float it must still be a number.
int check_number(const char* op, const char* what, double value) noexcept {
  if (std::fabs(value) <= FLT_MAX) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "%s: %s %g is not a finite float", op, what, value);
}

// It must have a reciprocal among floats.
int check_divisor(const char* op, const char* what, double value) noexcept {
  if (value >= FLT_MIN && value <= 1.0 / FLT_MIN) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "%s: %s %g is outside [%g, %g]", op, what, value, FLT_MIN, 1.0 / FLT_MIN);
}

int check_fake_quantize(const double* c) noexcept {
  QUERN_TRY(check_divisor("fake_quantize", "scale", c[0]));
  const double least = c[1], most = c[2];
  if (least <= 0 && most >= 0 && std::floor(least) == least && std::floor(most) == most) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "fake_quantize: steps from %g to %g are not whole numbers around 0", least, most);
}

int check_clamp(const double* c) noexcept {
  if (c[0] <= FLT_MAX && c[1] >= -FLT_MAX) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "clamp: min %g and max %g are no bounds", c[0], c[1]);
}

int check_coefficients(int64_t kind, const char* op, const double* c) noexcept {
  switch (kind) {
    case QUERN_LEAKY_RELU:
      return check_number(op, "negative_slope", c[0]);
    case QUERN_ELU:
      return check_number(op, "alpha", c[0]);
    case QUERN_CELU:
      return check_divisor(op, "alpha", c[0]);
    case QUERN_SOFTPLUS:
      QUERN_TRY(check_divisor(op, "beta", c[0]));
      return check_number(op, "threshold", c[1]);
    case QUERN_AFFINE:
      QUERN_TRY(check_number(op, "scale", c[0]));
      return check_number(op, "shift", c[1]);
    case QUERN_CLAMP:
      return check_clamp(c);
    case QUERN_POWER:
      return check_number(op, "exponent", c[0]);
    case QUERN_FAKE_QUANTIZE:
      return check_fake_quantize(c);
    default:
      return QUERN_OK;
  }
}

}  // namespace

int check_activation(const quern_activation* d) noexcept {
  QUERN_TRY(check_pointers("activation", d != nullptr));
  const char* op = name(d->kind);
  if (op == nullptr) {
    return fail(QUERN_INVALID_ARGUMENT, "activation: kind %lld is not one of 0 to %d", static_cast<long long>(d->kind),
                static_cast<int>(kLastKind));
  }
  QUERN_TRY(check_type(op, "type", d->type));
  return check_coefficients(d->kind, op, d->coefficients);
}

ActivationStep activation_step(const quern_activation& d) noexcept {
  const double* c = d.coefficients;
  const bool selu = d.kind == QUERN_SELU;
  ActivationStep s{};
  s.kind = static_cast<quern_activation_kind>(d.kind);
  s.alpha = static_cast<float>(selu ? kSeluAlpha * kSeluScale : c[0]);
  s.scale = selu ? static_cast<float>(kSeluScale) : 1.0f;
  s.beta = static_cast<float>(c[1]);
  if (d.kind == QUERN_CELU || d.kind == QUERN_SOFTPLUS) s.inverse = static_cast<float>(1 / c[0]);
  s.gamma = static_cast<float>(c[2]);
  return s;
}

bool activation_reads_dst(const quern_activation& d) noexcept {
  switch (d.kind) {
    case QUERN_RELU6:
    case QUERN_SELU:
    case QUERN_SIGMOID:
    case QUERN_TANH:
    case QUERN_AFFINE:
    case QUERN_CEIL:
    case QUERN_CELU:
    case QUERN_EXP:
    case QUERN_FLOOR:
    case QUERN_RECIPROCAL:
    case QUERN_ROUND:
    case QUERN_SIGN:
    case QUERN_SQRT:
      return true;
    case QUERN_LEAKY_RELU:
    case QUERN_ELU:
      return d.coefficients[0] >= 0;
    default:
      return false;
  }
}

namespace {

int prepare(const quern_activation* d, bool pointers, int64_t n) noexcept {
  QUERN_TRY(check_initialized("activation"));
  QUERN_TRY(check_activation(d));
  QUERN_TRY(check_pointers(name(d->kind), pointers));
  QUERN_TRY(check_elements(name(d->kind), n));
  ran(name(d->kind));
  return QUERN_OK;
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_activation_reads_dst(const quern_activation* activation, int64_t* reads_dst) noexcept {
  QUERN_TRY(check_activation(activation));
  QUERN_TRY(check_pointers(name(activation->kind), reads_dst != nullptr));
  *reads_dst = activation_reads_dst(*activation);
  return QUERN_OK;
}

extern "C" int quern_activation_forward(const quern_activation* activation, int64_t n, const void* src,
                                        void* dst) noexcept {
  QUERN_TRY(prepare(activation, src && dst, n));
  const ActivationStep step = activation_step(*activation);
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) {
    kernels().activation_forward(step, end - begin, f32(src) + begin, f32(dst) + begin);
  });
  return QUERN_OK;
}

extern "C" int quern_activation_backward(const quern_activation* activation, int64_t n, const void* saved,
                                         const void* diff_dst, void* diff_src) noexcept {
  QUERN_TRY(prepare(activation, saved && diff_dst && diff_src, n));
  const ActivationStep step = activation_step(*activation);
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) {
    kernels().activation_backward(step, end - begin, f32(saved) + begin, f32(diff_dst) + begin, f32(diff_src) + begin);
  });
  return QUERN_OK;
}
