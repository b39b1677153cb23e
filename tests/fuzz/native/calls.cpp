#include "calls.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

#include "attacks.h"

namespace {

struct Count {
  long long obeyed = 0, refused = 0;
};

// By the text of the call, whose address tells it from others: it is looked at in the end alone.
std::unordered_map<const char*, Count> counts;
std::mutex mutex;

void count(const char* call, int status) {
  std::lock_guard<std::mutex> lock(mutex);
  Count& c = counts[call];
  (status == QUERN_OK ? c.obeyed : c.refused)++;
}

// Those that are not attacked in both ways, and why not.
struct Exception {
  const char *function, *reason;
};
constexpr Exception kNeverRefused[] = {{"quern_error_message", "returns a text"},
                                       {"quern_last_implementation", "returns a text"},
                                       {"quern_init", "refuses before it has succeeded only: runtime_test"},
                                       {"quern_version", "returns a text"},
                                       {"quern_isa", "returns a text"},
                                       {"quern_isa_reason", "returns a text"},
                                       {"quern_openblas_config", "returns a text"},
                                       {"quern_openblas_core", "returns a text"},
                                       {"quern_libc", "returns a text"},
                                       {"quern_threads", "returns a number"},
                                       {"quern_share_begin", "returns nothing"},
                                       {"quern_share_end", "returns nothing"},
                                       {"quern_free", "returns nothing"},
                                       {"quern_conv2d_implementation", "returns a text or NULL"},
                                       {"quern_activation_name", "returns a text or NULL"}};

bool never_refused(const std::string& function) {
  for (const Exception& e : kNeverRefused) {
    if (function == e.function) return true;
  }
  return false;
}

std::map<std::string, Count> by_function() {
  std::map<std::string, Count> functions;
  for (const auto& [call, count] : counts) {
    const std::string text(call);
    Count& sum = functions[text.substr(0, text.find('('))];
    sum.obeyed += count.obeyed;
    sum.refused += count.refused;
  }
  return functions;
}

// The word before the parenthesis that follows each QUERN_API in the folder's headers.
std::vector<std::string> declared(const char* headers) {
  std::stringstream text;
  std::error_code missing;
  for (const auto& header : std::filesystem::directory_iterator(headers, missing)) {
    text << std::ifstream(header.path()).rdbuf();
  }
  const std::string all = text.str(), mark = "\nQUERN_API ";
  std::vector<std::string> names;
  for (size_t at = all.find(mark); at != std::string::npos; at = all.find(mark, at + 1)) {
    const size_t end = all.find('(', at), begin = all.find_last_of(" *", end);
    names.push_back(all.substr(begin + 1, end - begin - 1));
  }
  return names;
}

}  // namespace

void count_call(const char* function, int status) { count(function, status); }

void count_calls() { on_call = count; }

long long calls_made() {
  long long sum = 0;
  for (const auto& [call, count] : counts) sum += count.obeyed + count.refused;
  return sum;
}

int print_not_attacked(const char* headers) {
  const std::vector<std::string> names = declared(headers);
  std::map<std::string, Count> functions = by_function();
  int missing = 0;
  for (const std::string& name : names) {
    const Count c = functions[name];
    if (c.obeyed > 0 && (c.refused > 0 || never_refused(name))) continue;
    std::printf("%s: %lld calls that it obeyed, %lld that it refused\n", name.c_str(), c.obeyed, c.refused);
    missing++;
  }
  if (!names.empty()) return missing;
  std::printf("%s declares no function\n", headers);
  return 1;
}
