// Status codes and the thread's error message: operation, offending value, rule.
#pragma once

#include "quern.h"

namespace quern {

// Records the message of the calling thread's failure and returns the code.
int fail(quern_status code, const char* format, ...) noexcept __attribute__((format(printf, 2, 3)));

// Records which implementation the calling thread's compute call runs: "op:name:isa" or "op:isa".
void ran(const char* op, const char* name = nullptr) noexcept;

}  // namespace quern

// Returns from the calling function unless the expression is QUERN_OK.
#define QUERN_TRY(expression)                \
  do {                                       \
    const int status_ = (expression);        \
    if (status_ != QUERN_OK) return status_; \
  } while (0)
