// The names of the operators on two tensors.
#pragma once

#include "runtime/checks.h"

namespace quern {

// Rejects unknown kinds.
inline int check_binary(int64_t kind, int64_t last, const char** name) noexcept {
  static const char* const names[] = {"add",     "multiply", "subtract", "divide",  "maximum", "minimum", "pow",
                                      "compare", "compare",  "compare",  "compare", "compare", "where",   "where"};
  if (kind < QUERN_ADD || kind > last) {
    return fail(QUERN_INVALID_ARGUMENT, "binary: kind %lld is not one of 0 to %lld", static_cast<long long>(kind),
                static_cast<long long>(last));
  }
  *name = names[kind];
  return QUERN_OK;
}

}  // namespace quern
