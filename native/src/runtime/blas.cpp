#include "runtime/blas.h"

#include <cblas.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <string>
#include <thread>

#include "runtime/status.h"

#if defined(_WIN32)
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace quern {
namespace {

// OpenBLAS maps a buffer for each concurrent caller, up to 128, and keeps it. It terminates the process if the system
// refuses a buffer. Therefore only as many callers may enter as there are buffers, and before another buffer is mapped,
// memory of the same size is allocated and freed as a test.
constexpr int kMaxInside = 48;
constexpr size_t kBufferBytes = size_t{160} << 20;  // 128 MiB, and something for others
constexpr size_t kLoadedBytes = size_t{320} << 20;  // the library, its data and the first buffer

decltype(&cblas_sgemm) sgemm = nullptr;
decltype(&openblas_get_config) get_config = nullptr;
decltype(&openblas_get_corename) get_corename = nullptr;
decltype(&openblas_set_num_threads) set_num_threads = nullptr;
void* (*map_buffer)(int) = nullptr;
void (*return_buffer)(void*) = nullptr;
std::atomic<int> inside{0};
std::atomic<int> buffers{0};
std::mutex growing;

bool grants(size_t bytes) {
  void* volatile p = std::malloc(bytes);  // volatile, else the compiler leaves the pair out
  const bool granted = p != nullptr;
  std::free(p);
  return granted;
}

int refused(size_t bytes) {
  return fail(QUERN_OUT_OF_MEMORY, "openblas: the system could not allocate %lld bytes", static_cast<long long>(bytes));
}

// Makes OpenBLAS map one more buffer while no caller is inside. Returns false if the system refuses it, or another
// thread is doing it.
bool grow() {
  std::unique_lock<std::mutex> lock(growing, std::try_to_lock);
  if (!lock.owns_lock() || buffers.load() > inside.load() || !grants(kBufferBytes)) return false;
  const int before = buffers.exchange(0);  // nobody enters
  while (inside.load() > 0) std::this_thread::yield();
  void* held[kMaxInside];
  for (int i = 0; i <= before; i++) held[i] = map_buffer(0);  // those that there are come first
  for (int i = 0; i <= before; i++) return_buffer(held[i]);
  buffers.store(before + 1);
  return true;
}

// Waits until a buffer is free.
void enter() {
  for (int now = inside.load();; now = inside.load()) {
    const int ready = buffers.load();
    if (now < ready) {
      if (!inside.compare_exchange_weak(now, now + 1)) continue;
      if (now < buffers.load()) return;
      inside.fetch_sub(1);  // one more is being mapped
    } else if (ready == 0 || ready == kMaxInside || !grow()) {
      std::this_thread::yield();
    }
  }
}

// Sets an environment variable while OpenBLAS loads and reads it, and puts the old value back.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    const char* before = std::getenv(name);
    had_ = before != nullptr;
    if (had_) before_ = before;
    set(value);
  }
  ~Environment() { had_ ? set(before_.c_str()) : unset(); }

 private:
#if defined(_WIN32)
  void set(const char* value) { _putenv_s(name_, value); }
  void unset() { _putenv_s(name_, ""); }
#else
  void set(const char* value) { setenv(name_, value, 1); }
  void unset() { unsetenv(name_); }
#endif
  const char* name_;
  bool had_;
  std::string before_;
};

#if defined(_WIN32)
void* open_library(const char* path) {
  return reinterpret_cast<void*>(LoadLibraryExA(path, nullptr, LOAD_WITH_ALTERED_SEARCH_PATH));
}
void* find_symbol(void* library, const char* name) {
  return reinterpret_cast<void*>(GetProcAddress(static_cast<HMODULE>(library), name));
}
std::string load_error() { return "error " + std::to_string(GetLastError()); }
#else
void* open_library(const char* path) { return dlopen(path, RTLD_NOW | RTLD_LOCAL); }
void* find_symbol(void* library, const char* name) { return dlsym(library, name); }
std::string load_error() {
  const char* e = dlerror();
  return e == nullptr ? "unknown error" : e;
}
#endif

template <typename Function>
bool bind(void* library, const char* name, Function* out) {
  *out = reinterpret_cast<Function>(find_symbol(library, name));
  return *out != nullptr;
}

// A library without functions for its buffers maps them on its own.
int first_buffer(void* library) {
  if (!bind(library, "blas_memory_alloc", &map_buffer) || !bind(library, "blas_memory_free", &return_buffer)) {
    buffers.store(kMaxInside);
    return QUERN_OK;
  }
  return grow() ? QUERN_OK : refused(kBufferBytes);
}

int load(const char* path, const char* core, bool core_forced) {
  if (!grants(kLoadedBytes)) return refused(kLoadedBytes);
  Environment one_thread("OPENBLAS_NUM_THREADS", "1");
  void* library;
  const char* user_core = std::getenv("OPENBLAS_CORETYPE");
  if (core != nullptr && (core_forced || user_core == nullptr || *user_core == 0)) {
    Environment pin("OPENBLAS_CORETYPE", core);
    library = open_library(path);
  } else {
    library = open_library(path);  // a core that the user chose stays
  }
  if (library == nullptr) return fail(QUERN_LIBRARY, "openblas: %s cannot be loaded: %s", path, load_error().c_str());
  if (!bind(library, "cblas_sgemm", &sgemm) || !bind(library, "openblas_get_config", &get_config) ||
      !bind(library, "openblas_get_corename", &get_corename) ||
      !bind(library, "openblas_set_num_threads", &set_num_threads)) {
    return fail(QUERN_LIBRARY, "openblas: %s is not an OpenBLAS library", path);
  }
  // any version will do, but not one that takes other integers, or that only one thread may enter
  for (const char* unfit : {"USE64BITINT", "SINGLE_THREADED"}) {
    if (std::strstr(get_config(), unfit) != nullptr) {
      return fail(QUERN_LIBRARY, "openblas: %s is \"%s\": one without %s is needed", path, get_config(), unfit);
    }
  }
  set_num_threads(1);
  return first_buffer(library);
}

}  // namespace

int load_blas(const char* path, const char* core, bool core_forced) noexcept {
  try {
    return load(path, core, core_forced);
  } catch (const std::bad_alloc&) {  // of a text
    return fail(QUERN_OUT_OF_MEMORY, "openblas: out of memory while loading %s", path);
  }
}

const char* blas_config() noexcept { return get_config == nullptr ? "" : get_config(); }
const char* blas_core() noexcept { return get_corename == nullptr ? "" : get_corename(); }

void gemm(Trans ta, Trans tb, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b, int64_t ldb,
          float beta, float* c, int64_t ldc) noexcept {
  enter();
  sgemm(CblasRowMajor, ta == Trans::Yes ? CblasTrans : CblasNoTrans, tb == Trans::Yes ? CblasTrans : CblasNoTrans,
        static_cast<blasint>(m), static_cast<blasint>(n), static_cast<blasint>(k), 1.0f, a, static_cast<blasint>(lda),
        b, static_cast<blasint>(ldb), beta, c, static_cast<blasint>(ldc));
  inside.fetch_sub(1);
}

}  // namespace quern
