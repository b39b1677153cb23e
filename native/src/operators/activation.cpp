#include "operators/activation.h"

#include <cfloat>
#include <cmath>
#include <cstring>

#include "kernels/activations.inc"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kGrain = 16384;  // elements, a multiple of the kernels' blocks

enum class Reads { Input, Output, Nothing, OutputUnlessNegative };
enum class Rule { Finite, Divisor, LowerBound, UpperBound, LowStep, HighStep };

struct Coefficient {
  const char* name;
  Rule rule;
};

struct Activation {
  const char* name;
  Reads reads;
  Coefficient coefficients[3];  // those without a name are not there
};

#define QUERN_ACTIVATION(name, Kind, reads, ...) {name, Reads::reads, __VA_ARGS__},
constexpr Activation kActivations[] = {QUERN_ACTIVATIONS(QUERN_ACTIVATION)};
#undef QUERN_ACTIVATION
constexpr int64_t kCount = sizeof kActivations / sizeof *kActivations;

// The function of a checked descriptor, or NULL for an unknown kind.
const Activation* find(int64_t kind) noexcept { return kind >= 0 && kind < kCount ? &kActivations[kind] : nullptr; }

const char* name(const quern_activation& d) noexcept { return kActivations[d.kind].name; }

int fail_kind(int64_t kind) noexcept {
  return fail(QUERN_INVALID_ARGUMENT, "activation: kind %lld is not one of 0 to %lld", static_cast<long long>(kind),
              static_cast<long long>(kCount - 1));
}

// As a float it must still keep its rule.
int check_coefficient(const char* op, const Coefficient& c, double value) noexcept {
  const auto must = [&](bool keeps, const char* rule) {
    return keeps ? QUERN_OK : fail(QUERN_INVALID_ARGUMENT, "%s: %s %g is not %s", op, c.name, value, rule);
  };
  switch (c.rule) {
    case Rule::Finite:
      return must(std::fabs(value) <= FLT_MAX, "a finite float");
    case Rule::Divisor:
      if (value >= FLT_MIN && value <= 1.0 / FLT_MIN) return QUERN_OK;
      return fail(QUERN_INVALID_ARGUMENT, "%s: %s %g is outside [%g, %g]", op, c.name, value, FLT_MIN, 1.0 / FLT_MIN);
    case Rule::LowerBound:
      return must(value <= FLT_MAX, "a lower bound");
    case Rule::UpperBound:
      return must(value >= -FLT_MAX, "an upper bound");
    case Rule::LowStep:
      return must(value <= 0 && std::floor(value) == value, "an integer of at most 0");
    case Rule::HighStep:
      return must(value >= 0 && std::floor(value) == value, "an integer of at least 0");
  }
  return QUERN_OK;
}

}  // namespace

int check_activation(const quern_activation* d) noexcept {
  QUERN_TRY(check_pointers("activation", d != nullptr));
  const Activation* activation = find(d->kind);
  if (activation == nullptr) return fail_kind(d->kind);
  QUERN_TRY(check_type(activation->name, "type", d->type));
  const double* value = d->coefficients;
  for (const Coefficient& c : activation->coefficients) {
    if (c.name != nullptr) QUERN_TRY(check_coefficient(activation->name, c, *value++));
  }
  return QUERN_OK;
}

ActivationStep activation_step(const quern_activation& d) noexcept {
  ActivationStep s{};
  s.kind = d.kind;
  float* const steps[] = {&s.alpha, &s.beta, &s.gamma};
  const Coefficient(&list)[3] = kActivations[d.kind].coefficients;
  for (int i = 0; i < 3 && list[i].name != nullptr; i++) *steps[i] = static_cast<float>(d.coefficients[i]);
  if (list[0].name != nullptr && list[0].rule == Rule::Divisor) s.inverse = static_cast<float>(1 / d.coefficients[0]);
  return s;
}

bool activation_reads_dst(const quern_activation& d) noexcept {
  switch (kActivations[d.kind].reads) {
    case Reads::Output:
    case Reads::Nothing:
      return true;
    case Reads::OutputUnlessNegative:
      return d.coefficients[0] >= 0;
    default:
      return false;
  }
}

namespace {

int prepare(const quern_activation* d, bool pointers, int64_t n) noexcept {
  QUERN_TRY(check_initialized("activation"));
  QUERN_TRY(check_activation(d));
  QUERN_TRY(check_pointers(name(*d), pointers));
  QUERN_TRY(check_elements(name(*d), n));
  ran(name(*d));
  return QUERN_OK;
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_activation_kind(const char* name, int64_t* kind) noexcept {
  QUERN_TRY(check_pointers("activation", name && kind));
  for (int64_t i = 0; i < kCount; i++) {
    if (std::strcmp(name, kActivations[i].name) != 0) continue;
    *kind = i;
    return QUERN_OK;
  }
  return fail(QUERN_INVALID_ARGUMENT, "activation: %.100s is not one of the known functions", name);
}

extern "C" const char* quern_activation_name(int64_t kind) noexcept {
  const Activation* activation = find(kind);
  return activation == nullptr ? nullptr : activation->name;
}

extern "C" int quern_activation_coefficients(int64_t kind, int64_t* count) noexcept {
  QUERN_TRY(check_pointers("activation", count != nullptr));
  const Activation* activation = find(kind);
  if (activation == nullptr) return fail_kind(kind);
  *count = 0;
  for (const Coefficient& c : activation->coefficients) *count += c.name != nullptr;
  return QUERN_OK;
}

extern "C" int quern_activation_reads_dst(const quern_activation* activation, int64_t* reads_dst) noexcept {
  QUERN_TRY(check_activation(activation));
  QUERN_TRY(check_pointers(name(*activation), reads_dst != nullptr));
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
