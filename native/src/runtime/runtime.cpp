// Start-up, threads and memory.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "kernels/kernels.h"
#include "runtime/blas.h"
#include "runtime/checks.h"
#include "runtime/isa.h"
#include "runtime/threads.h"

#if defined(_WIN32)
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace quern {
namespace {
std::mutex init_mutex;
Isa isa{"none", "not initialized", nullptr};

// The JVM unloads the library of a class loader that was collected, such as that of a stopped web application. The
// pool's threads still run, so their code must stay loaded.
void stay_loaded() {
#if defined(_WIN32)
  HMODULE self;
  GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                     reinterpret_cast<LPCSTR>(&init_mutex), &self);
#else
  Dl_info self;
  if (dladdr(&init_mutex, &self) != 0) dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD);  // never closed
#endif
}
}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_init(const char* openblas_path, const char* forced_isa) noexcept {
  std::lock_guard<std::mutex> lock(init_mutex);
  if (initialized()) return QUERN_OK;
  QUERN_TRY(check_pointers("init", openblas_path != nullptr));
  const bool forced = forced_isa != nullptr && *forced_isa != 0;
  Isa chosen;
  QUERN_TRY(choose_isa(forced ? forced_isa : nullptr, &chosen));
  QUERN_TRY(load_blas(openblas_path, chosen.openblas_core, forced));
  isa = chosen;
  select_kernels(isa.name);
  stay_loaded();
  return QUERN_OK;
}

extern "C" const char* quern_version(void) noexcept { return QUERN_VERSION; }
extern "C" const char* quern_isa(void) noexcept { return isa.name; }
extern "C" const char* quern_isa_reason(void) noexcept { return isa.reason; }
extern "C" const char* quern_openblas_config(void) noexcept { return blas_config(); }
extern "C" const char* quern_openblas_core(void) noexcept { return blas_core(); }

#if defined(__linux__)
extern "C" const char* gnu_get_libc_version(void) __attribute__((weak));  // musl has none

extern "C" const char* quern_libc(void) noexcept {
  static char text[32];
  static std::once_flag once;
  std::call_once(once, [] {
    const char* version = gnu_get_libc_version == nullptr ? nullptr : gnu_get_libc_version();
    std::snprintf(text, sizeof text, "glibc %s", version == nullptr ? "is not found" : version);
  });
  return text;
}
#else
extern "C" const char* quern_libc(void) noexcept { return "the system's"; }
#endif

extern "C" int quern_set_threads(int count) noexcept {
  if (count < 1 || count > kMaxThreads) {
    return fail(QUERN_INVALID_ARGUMENT, "threads: %d is outside [1, %d]", count, kMaxThreads);
  }
  set_threads(count);
  return QUERN_OK;
}

extern "C" int quern_threads(void) noexcept { return threads(); }

extern "C" void quern_share_begin(void) noexcept { begin_share(); }

extern "C" void quern_share_end(void) noexcept { end_share(); }

extern "C" int quern_alloc(int64_t bytes, int64_t* address) noexcept {
  QUERN_TRY(check_pointers("alloc", address != nullptr));
  if (bytes < 0 || bytes > (int64_t{1} << 55)) {
    return fail(QUERN_INVALID_ARGUMENT, "alloc: %lld bytes is outside [0, 2^55]", static_cast<long long>(bytes));
  }
  const size_t rounded = (static_cast<size_t>(bytes) + 63) / 64 * 64 + (bytes == 0 ? 64 : 0);
#if defined(_WIN32)
  void* p = _aligned_malloc(rounded, 64);
#else
  void* p = std::aligned_alloc(64, rounded);
#endif
  if (p == nullptr) {
    return fail(QUERN_OUT_OF_MEMORY, "alloc: the system could not allocate %lld bytes", static_cast<long long>(bytes));
  }
  std::memset(p, 0, rounded);
  *address = reinterpret_cast<int64_t>(p);
  return QUERN_OK;
}

extern "C" void quern_free(int64_t address) noexcept {
#if defined(_WIN32)
  _aligned_free(reinterpret_cast<void*>(address));
#else
  std::free(reinterpret_cast<void*>(address));
#endif
}
