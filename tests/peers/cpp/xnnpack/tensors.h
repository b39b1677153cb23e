// A subgraph of XNNPACK and the tensors in it, with the data that it points to.
#pragma once

#include <xnnpack.h>

#include <cstdint>
#include <deque>

#include "network.h"

namespace peers {

using Sizes = std::vector<size_t>;

/** Throws unless it is success. */
void require(xnn_status status);

/** [a][b][c] to [a][c][b]. */
Floats transposed(const Floats& x, size_t a, size_t b, size_t c);

class Tensors {
 public:
  explicit Tensors(uint32_t externals) { require(xnn_create_subgraph(externals, 0, &graph)); }
  ~Tensors() { xnn_delete_subgraph(graph); }

  uint32_t floats(const Sizes& dims, uint32_t external = XNN_INVALID_VALUE_ID, uint32_t flags = 0);

  /** Signed bytes; positive: those of a value that is not below 0. */
  uint32_t bytes(const Sizes& dims, float scale, bool positive);

  struct Weights {
    uint32_t weight, bias;
  };

  /**
   * Weights and bias, in bytes with a scale for each output channel where values are.
   *
   * @param channel the dimension that has the output channels
   * @param scale of the values that they are multiplied with; 0 of floats
   */
  Weights weights(const Sizes& dims, size_t channel, const Floats& weight, const Floats& bias, float scale);

  xnn_subgraph_t graph = nullptr;

 private:
  uint32_t kept(const Sizes& dims, const Floats& values);

  std::deque<Floats> float_data;
  std::deque<std::vector<int8_t>> byte_data;
  std::deque<std::vector<int32_t>> int_data;
};

}  // namespace peers
