#include "onednn/sums.h"

#include <algorithm>

namespace peers {

std::vector<Operator> with_sums(const std::vector<Operator>& operators) {
  std::vector<int> readers(operators.size()), at;  // at: where an operator is in the result
  for (const Operator& o : operators)
    for (int in : o.inputs) readers[in]++;
  std::vector<Operator> joined;
  for (const Operator& o : operators) {
    if (o.type != "add") {
      joined.push_back(o);
      for (int& in : joined.back().inputs) in = at[in];
      at.push_back(static_cast<int>(joined.size()) - 1);
      continue;
    }
    int first = std::min(o.inputs[0], o.inputs[1]), second = std::max(o.inputs[0], o.inputs[1]);
    Operator& conv = joined[at[second]];
    if (operators[second].type != "conv" || conv.relu || readers[second] != 1)
      throw std::runtime_error("a sum does not follow a convolution");
    conv.inputs.push_back(at[first]);
    conv.relu = o.relu;
    at.push_back(at[second]);
  }
  return joined;
}

}  // namespace peers
