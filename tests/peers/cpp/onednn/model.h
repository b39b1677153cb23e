// A network as a list of oneDNN's primitives.
#pragma once

#include <functional>
#include <unordered_map>

#include "onednn/memories.h"

namespace peers {

/**
 * Primitives take the order of axes that they prefer. In whole numbers values are channels last, unsigned bytes behind
 * a ReLU and signed ones elsewhere, with a scale each; weights are signed bytes with a scale for each output channel.
 */
class Model {
 public:
  /** Sees what an operator made, channels first, right after it was made. */
  using Watcher = std::function<void(const float* values, size_t count)>;

  /**
   * @param images [batch, C, H, W]; stay where they are
   * @param bf16 whether values and weights are bfloat16
   * @param ranges how far each operator's values are from 0 at most, for whole numbers; none for floats
   * @param watcher makes each operator run at once; none otherwise
   */
  Model(const std::vector<Operator>& operators, int batch, Floats& images, bool bf16, const Floats& ranges,
        const Watcher& watcher = {});

  void run();
  const float* output() const { return static_cast<const float*>(values.back().memory.get_data_handle()); }

 private:
  using Arguments = std::unordered_map<int, dnnl::memory>;
  struct Value {
    dnnl::memory memory;
    float scale;
    int readers;
  };

  void add(const Operator& o, float range, bool last, Floats& images);
  Value pool(const Operator& o);
  Value weighted(const Operator& o, float scale, bool last);
  void sum(const Operator& o, dnnl::post_ops& post, dnnl::memory::desc& form, dnnl::memory& to);
  dnnl::memory reordered(const dnnl::memory& from, const dnnl::memory::desc& form, float scale);
  dnnl::memory::dims dims(const Operator& o) const;
  dnnl::memory::data_type type(const Operator& o, bool last) const;
  template <class Description>
  void step(const Description& description, const dnnl::memory::dims& dims, const Floats& weight, const Operator& o,
            Arguments arguments, dnnl::memory& to);
  void watch(const Operator& o, size_t begin, const Watcher& watcher);

  const bool int8, bf16;
  const int batch;
  const dnnl::memory::format_tag format;
  std::vector<std::pair<dnnl::primitive, Arguments>> steps;
  std::vector<Value> values;
  Memories memories;
};

}  // namespace peers
