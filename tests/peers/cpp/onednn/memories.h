// oneDNN's processor, and memory for its primitives.
#pragma once

#include <dnnl.hpp>
#include <map>
#include <memory>

#include "network.h"

namespace peers {

inline const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
inline dnnl::stream queue(cpu);

/** A vector of its own memory. */
dnnl::memory vector_of(const Floats& values);

/** Copies into another form. */
void convert(const dnnl::memory& from, const dnnl::memory& to);

/** Memory of values, for others once nobody reads them any more: what was read last is still in the cache. */
class Memories {
 public:
  dnnl::memory take(const dnnl::memory::desc& form);
  void give_back(const dnnl::memory& m);

 private:
  struct Free {
    void operator()(void* block) const { std::free(block); }
  };
  struct Block {
    size_t bytes;
    std::unique_ptr<void, Free> owner;
  };
  std::map<void*, Block> blocks;
  std::vector<void*> unused;  // most recent last
};

}  // namespace peers
