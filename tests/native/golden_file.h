// data/golden/torch-ops.safetensors: what PyTorch computed, case by case. A safetensors file is a length, that many
// bytes of JSON, and the tensors; the list of cases is a text of JSON inside. Read by looking for keys: the file is the
// project's own, and any other is no test's business.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "check.h"

struct GoldenTensor {
  std::vector<int64_t> shape;
  std::vector<float> values;

  int64_t dim(size_t axis) const { return shape[axis]; }
};

// The whole numbers behind a key, of an array or alone; true and false are 1 and 0. Empty where the key is missing.
inline std::vector<int64_t> golden_numbers(const std::string& text, const std::string& key) {
  const std::string quoted = "\"" + key + "\": ";
  const size_t at = text.find(quoted);
  if (at == std::string::npos) return {};
  const char* p = text.c_str() + at + quoted.size();
  if (std::strncmp(p, "true", 4) == 0) return {1};
  if (std::strncmp(p, "false", 5) == 0) return {0};
  std::vector<int64_t> numbers;
  const bool array = *p == '[';
  for (p += array ? 1 : 0; *p == '-' || (*p >= '0' && *p <= '9');) {
    char* end = nullptr;
    numbers.push_back(std::strtoll(p, &end, 10));
    p = end;
    while (array && (*p == ',' || *p == ' ')) p++;
    if (!array) break;
  }
  return numbers;
}

// One case: its operator, and the text of its parameters.
struct GoldenCase {
  std::string name, op, params;

  // A parameter by axis, recorded as one number or as two.
  int64_t number(const char* key, size_t axis, int64_t otherwise) const {
    const std::vector<int64_t> all = golden_numbers(params, key);
    return all.empty() ? otherwise : all[all.size() > axis ? axis : 0];
  }
};

class GoldenFile {
 public:
  std::vector<GoldenCase> cases;

  explicit GoldenFile(const char* path) {
    FILE* file = std::fopen(path, "rb");
    if (file == nullptr) {
      std::printf("golden: cannot open %s\n", path);
      std::exit(1);
    }
    char piece[1 << 16];
    for (size_t n; (n = std::fread(piece, 1, sizeof piece, file)) > 0;) bytes_.append(piece, n);
    std::fclose(file);
    uint64_t length = 0;
    std::memcpy(&length, bytes_.data(), sizeof length);  // little-endian, as every processor here
    header_ = bytes_.substr(sizeof length, length);
    data_ = sizeof length + length;
    read_cases();
  }

  bool has(const GoldenCase& c, const char* tensor) const { return place(c, tensor) != std::string::npos; }

  GoldenTensor tensor(const GoldenCase& c, const char* tensor) const {
    const std::string entry = header_.substr(place(c, tensor), 400);
    const std::vector<int64_t> ends = golden_numbers(entry, "data_offsets");
    GoldenTensor t{golden_numbers(entry, "shape"), {}};
    t.values.resize(static_cast<size_t>(ends[1] - ends[0]) / sizeof(float));
    std::memcpy(t.values.data(), bytes_.data() + data_ + ends[0], t.values.size() * sizeof(float));
    return t;
  }

 private:
  std::string bytes_, header_;
  size_t data_ = 0;

  size_t place(const GoldenCase& c, const char* tensor) const {
    return header_.find("\"" + c.name + "." + tensor + "\":");
  }

  // What stands between two marks, from a place on, which moves behind it.
  static std::string between(const std::string& text, const char* open, const char* close, size_t& at) {
    const size_t begin = text.find(open, at);
    if (begin == std::string::npos) return "";
    const size_t end = text.find(close, begin + std::strlen(open));
    at = end;
    return text.substr(begin + std::strlen(open), end - begin - std::strlen(open));
  }

  void read_cases() {
    std::string text;
    for (char byte : header_) {
      if (byte != '\\') text += byte;  // quotes inside the text are escaped, and nothing else is
    }
    for (size_t at = 0;;) {
      GoldenCase c;
      c.name = between(text, "{\"name\": \"", "\"", at);
      if (c.name.empty()) break;
      c.op = between(text, "\"op\": \"", "\"", at);
      c.params = between(text, "\"params\": {", "}", at);
      cases.push_back(c);
    }
  }
};
