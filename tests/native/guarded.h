// Memory that ends (or begins) at an unmapped page: one element of over-read or over-write kills the test. What else
// lies in the first and last page is filled with a canary, so that a stray write on the other side is found too.
#pragma once

#if defined(_WIN32)
#if !defined(NOMINMAX)
#define NOMINMAX
#endif
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#undef near
#undef far
#else
#include <sys/mman.h>
#include <unistd.h>
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "check.h"

// Where the unmapped page touches the elements.
enum class Guard { After, Before };

// Where a test does not say.
inline Guard default_side = Guard::After;

// The byte that fresh memory is filled with: four of them are a float NaN, eight a double NaN, so that a value that
// nobody wrote spoils every sum that it gets into.
constexpr unsigned char kCanary = 0xff;

namespace pages {
#if defined(_WIN32)
inline size_t size() {
  SYSTEM_INFO info;
  GetSystemInfo(&info);
  return info.dwPageSize;
}
inline void* reserve(size_t bytes) { return VirtualAlloc(nullptr, bytes, MEM_RESERVE, PAGE_NOACCESS); }
inline bool open(void* at, size_t bytes) { return VirtualAlloc(at, bytes, MEM_COMMIT, PAGE_READWRITE) != nullptr; }
inline void release(void* at, size_t) { VirtualFree(at, 0, MEM_RELEASE); }
#else
inline size_t size() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }
inline void* reserve(size_t bytes) {
  void* at = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return at == MAP_FAILED ? nullptr : at;
}
inline bool open(void* at, size_t bytes) { return mprotect(at, bytes, PROT_READ | PROT_WRITE) == 0; }
inline void release(void* at, size_t bytes) { munmap(at, bytes); }
#endif
}  // namespace pages

template <typename T>
class Guarded {
 public:
  // alignment: of the first element; with more than the element's own, up to alignment - 1 bytes of canary separate the
  // last element from the unmapped page.
  explicit Guarded(int64_t count, Guard side = default_side, size_t alignment = alignof(T))
      : bytes_(static_cast<size_t>(count) * sizeof(T)) {
    const size_t page = pages::size();
    inner_ = (bytes_ + alignment + page - 1) / page * page;
    base_ = static_cast<unsigned char*>(pages::reserve(inner_ + 2 * page));
    if (base_ == nullptr || !pages::open(base_ + page, inner_)) {
      std::printf("guarded: the system granted no %zu bytes\n", inner_);
      std::exit(1);
    }
    inside_ = base_ + page;
    std::memset(inside_, kCanary, inner_);
    offset_ = side == Guard::Before ? 0 : (inner_ - bytes_) / alignment * alignment;
  }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() {
    CHECK(intact());
    pages::release(base_, inner_ + 2 * pages::size());
  }

  T* data() { return reinterpret_cast<T*>(inside_ + offset_); }
  const T* data() const { return reinterpret_cast<const T*>(inside_ + offset_); }
  T& operator[](int64_t i) { return data()[i]; }
  const T& operator[](int64_t i) const { return data()[i]; }
  int64_t size() const { return static_cast<int64_t>(bytes_ / sizeof(T)); }
  T* begin() { return data(); }
  T* end() { return data() + size(); }
  void clear() { std::memset(data(), kCanary, bytes_); }

  // Nobody wrote beside the elements.
  bool intact() const {
    for (size_t i = 0; i < inner_; i++) {
      const bool outside = i < offset_ || i >= offset_ + bytes_;
      if (outside && inside_[i] != kCanary) return false;
    }
    return true;
  }

 private:
  size_t bytes_, inner_, offset_;
  unsigned char *base_, *inside_;
};

// Packed weights: opaque bytes, aligned to 64 of them.
struct Packed : Guarded<char> {
  explicit Packed(int64_t bytes, Guard side = default_side) : Guarded(bytes, side, 64) {}
  // What the passes take: the weights themselves where nothing is packed.
  const void* or_plain(const float* weights) const {
    return size() > 0 ? static_cast<const void*>(data()) : static_cast<const void*>(weights);
  }
};

// An address that may be passed where a call must be refused before it looks: touching it kills the test.
template <typename T>
T* untouchable() {
  static void* const page = pages::reserve(pages::size());
  return static_cast<T*>(page);
}
