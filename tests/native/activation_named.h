// Activations by name.
#pragma once

#include "check.h"

inline int64_t activation_kind(const char* name) {
  int64_t kind = -1;
  CHECK_OK(quern_activation_kind(name, &kind));
  return kind;
}

inline quern_activation activation_named(const char* name, double a = 0, double b = 0, double c = 0) {
  return {activation_kind(name), {a, b, c}, QUERN_F32};
}

inline int64_t activation_kinds() {
  int64_t count = 0;
  while (quern_activation_name(count) != nullptr) count++;
  return count;
}

inline int64_t coefficients_of(int64_t kind) {
  int64_t count = -1;
  CHECK_OK(quern_activation_coefficients(kind, &count));
  return count;
}

inline bool is_activation(const quern_activation& a, const char* name) {
  return std::strcmp(quern_activation_name(a.kind), name) == 0;
}

// Whether its coefficients keep their rules.
inline bool is_accepted(const quern_activation& a) {
  int64_t ignored = 0;
  return quern_activation_reads_dst(&a, &ignored) == QUERN_OK;
}
