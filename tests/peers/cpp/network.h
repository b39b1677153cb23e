// A network and its batch, as Quern wrote them for the workload: FusedNetwork.java says how.
#pragma once

#include <cmath>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace peers {

using Floats = std::vector<float>;

/** How far values are from 0 at most. */
inline float largest(const float* values, size_t count) {
  float most = 0;
  for (size_t i = 0; i < count; i++) most = std::max(most, std::fabs(values[i]));
  return most;
}

/** One with its ReLU, channels first; shapes are without the batch. */
struct Operator {
  std::string type;  // input conv maxpool mean linear add
  bool relu = false;
  int channels, height, width;  // of the output
  int kernel[2], stride[2], padding[2], groups;
  std::vector<int> inputs;  // operators
  Floats weight, bias;      // [channels, channels in / groups, kernel...], [channels]

  int outputs() const { return channels * height * width; }
  bool weighted() const { return type == "conv" || type == "linear"; }
  /** Values that one output is a sum of. */
  int terms() const { return static_cast<int>(weight.size()) / channels; }
};

struct Network {
  std::vector<Operator> operators;
  Floats images, output;  // of the batch; Quern's of floats

  explicit Network(const std::string& folder)
      : images(floats(folder + "/images.f32")), output(floats(folder + "/output.f32")) {
    const Floats weights = floats(folder + "/weights.f32");
    auto next = weights.begin();
    std::ifstream text(folder + "/network.txt");
    for (std::string line; std::getline(text, line);) {
      Operator o = parse(line);
      if (o.weighted()) {
        const Operator& in = operators.at(o.inputs.at(0));
        int terms = o.type == "linear" ? in.outputs() : in.channels / o.groups * o.kernel[0] * o.kernel[1];
        o.weight.assign(next, next + terms * o.channels);
        o.bias.assign(next + terms * o.channels, next + (terms + 1) * o.channels);
        next += (terms + 1) * o.channels;
      }
      operators.push_back(o);
    }
    if (operators.empty() || next != weights.end()) throw std::runtime_error("the network's files do not fit together");
  }

 private:
  static Operator parse(const std::string& line) {
    std::istringstream words(line);
    Operator o;
    words >> o.type;
    if (o.type == "unsupported") throw std::runtime_error(line.substr(o.type.size() + 1));
    words >> o.relu >> o.channels >> o.height >> o.width;
    for (auto pair : {o.kernel, o.stride, o.padding}) words >> pair[0] >> pair[1];
    words >> o.groups;
    if (!words) throw std::runtime_error("not an operator: " + line);
    for (int in; words >> in;) o.inputs.push_back(in);
    return o;
  }

  static Floats floats(const std::string& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) throw std::runtime_error("cannot read " + path);
    Floats values(static_cast<size_t>(file.tellg()) / sizeof(float));
    file.seekg(0).read(reinterpret_cast<char*>(values.data()), values.size() * sizeof(float));
    return values;
  }
};

}  // namespace peers
