// A network as a subgraph of XNNPACK, which is what TensorFlow Lite's delegate makes of one, too.
#pragma once

#include <pthreadpool.h>

#include "xnnpack/tensors.h"

namespace peers {

/**
 * Channels last, ReLU as a bound of the operator before it. In whole numbers values are signed bytes with a scale each,
 * from -128 on behind a ReLU; weights are signed bytes with a scale for each output channel.
 */
class Model {
 public:
  /**
   * @param ranges how far each operator's values are from 0 at most, for whole numbers; none for floats
   * @param all whether the values of all operators are to be seen afterwards, not the last one's alone
   */
  Model(const Network& network, int batch, const Floats& ranges, bool all, pthreadpool_t pool);
  ~Model() { xnn_delete_runtime(runtime); }

  void run() { require(xnn_invoke_runtime(runtime)); }
  const float* output() const { return outputs.back().data(); }

  /** How far values are from 0 at most, of each operator. */
  Floats ranges() const;

 private:
  Sizes dims(const Operator& o) const;
  uint32_t value(size_t i, uint32_t images, bool seen);
  void convert(uint32_t from, uint32_t to);
  void add(size_t i, uint32_t to);
  void conv(const Operator& o, const Operator& in, float scale, uint32_t from, uint32_t to);
  uint32_t external(size_t i);

  const std::vector<Operator>& operators;
  const size_t batch;
  const Floats largest_values;
  Tensors tensors;
  std::vector<uint32_t> values;
  Floats scales;               // 0 of floats
  std::deque<Floats> outputs;  // with room behind them, which XNNPACK may read
  std::vector<xnn_external_value> externals;
  xnn_runtime_t runtime = nullptr;
};

}  // namespace peers
