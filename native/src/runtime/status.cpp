#include "runtime/status.h"

#include <cstdarg>
#include <cstdio>

#include "kernels/kernels.h"

namespace quern {
namespace {
thread_local char message[512];
thread_local char implementation[64];
}  // namespace

int fail(quern_status code, const char* format, ...) noexcept {
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  return code;
}

void ran(const char* op, const char* name) noexcept {
  const char* isa = selected_isa();
  if (name == nullptr) {
    std::snprintf(implementation, sizeof implementation, "%s:%s", op, isa);
  } else {
    std::snprintf(implementation, sizeof implementation, "%s:%s:%s", op, name, isa);
  }
}

}  // namespace quern

extern "C" const char* quern_error_message(void) noexcept { return quern::message; }
extern "C" const char* quern_last_implementation(void) noexcept { return quern::implementation; }
