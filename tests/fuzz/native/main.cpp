// quern_fuzz: attacks every function of quern.h, case by case; a case follows from seed and number alone. Prints what
// is wrong: the failed checks of a case, then a line "wrong OPERATOR: ..." that says how to run it again. Exits with 1
// if anything was wrong, unless a parent watches by a beat file and reads the lines.
// --only takes the attacks whose names begin with this; a case that takes longer than --limit seconds is wrong.
//   quern_fuzz [--seed S] [--first N] [--cases K] [--seconds T] [--only NAME] [--limit T] [--beat FILE]
//     [--headers FOLDER]
#include <chrono>
#include <thread>
#include <vector>

#include "attacks.h"
#include "beat.h"
#include "calls.h"

namespace {

struct Options {
  int64_t seed = 1, first = 0, cases = 600, seconds = INT32_MAX, limit = INT32_MAX;
  const char *beat = nullptr, *headers = nullptr, *only = "";
};

Options parse(int count, char** arguments) {
  Options o;
  for (int i = 1; i + 1 < count; i += 2) {
    const char *name = arguments[i], *value = arguments[i + 1];
    const auto is = [&](const char* option) { return std::strcmp(name, option) == 0; };
    if (is("--seed")) o.seed = std::atoll(value);
    if (is("--first")) o.first = std::atoll(value);
    if (is("--cases")) o.cases = std::atoll(value);
    if (is("--seconds")) o.seconds = std::atoll(value);
    if (is("--limit")) o.limit = std::atoll(value);
    if (is("--only")) o.only = value;
    if (is("--beat")) o.beat = value;
    if (is("--headers")) o.headers = value;
  }
  return o;
}

// dev.quern.fuzz.Child's.
uint64_t case_seed(int64_t run, int64_t number) {
  uint64_t z = static_cast<uint64_t>(run) * 0x9e3779b97f4a7c15 + static_cast<uint64_t>(number) * 0xd1b54a32d192ed03;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

int total_weight() {
  int sum = 0;
  for (int i = 0; i < kAttackCount; i++) sum += kAttacks[i].weight;
  return sum;
}

// In turn, so that some hundred cases meet them all.
const Attack& attack_of(int64_t number) {
  int64_t left = number % total_weight();
  const Attack* a = kAttacks;
  while (left >= a->weight) left -= a++->weight;
  return *a;
}

// The same case in several threads at once, each with its own outputs, or in this one alone; they may share threads.
void run(void (*attack)(Random*), uint64_t seed, int64_t callers, bool shared) {
  const auto one = [attack, seed, shared] {
    Random r(seed);
    if (shared) quern_share_begin();
    attack(&r);
    if (shared) quern_share_end();
  };
  if (callers == 1) return one();
  std::vector<std::thread> threads;
  for (int64_t i = 0; i < callers; i++) threads.emplace_back(one);
  for (std::thread& t : threads) t.join();
}

// Whether all was as it should be.
bool holds(int64_t seed, int64_t number) {
  salt = 0;
  Random r(case_seed(seed, number));
  const Attack& attack = attack_of(number);
  const bool refusal = number / total_weight() % 4 == 3;
  const int64_t callers = one_in(&r, 12) ? r.between(2, 4) : 1;
  many_threads = static_cast<int>(r.between(1, 8));
  default_side = any_side(&r);
  const uint64_t numbers = r.next();
  salt = r.next();
  quern_set_threads(static_cast<int>(r.between(1, 8)));
  const bool shared = one_in(&r, 6);
  failures = 0;
  in_case("%s", attack.name);
  run(refusal ? attack.refuse : attack.run, numbers, callers, shared);
  if (failures == 0) return true;
  std::printf("wrong %s: %d checks failed, %lld callers, QUERN_ISA=%s, --seed %lld --first %lld --cases 1\n",
              attack.name, failures.load(), static_cast<long long>(callers), quern_isa(), static_cast<long long>(seed),
              static_cast<long long>(number));
  return false;
}

}  // namespace

int main(int count, char** arguments) {
  const Options o = parse(count, arguments);
  start();
  count_calls();
  Beat beat(o.beat);
  const auto begin = std::chrono::steady_clock::now();
  using Seconds = std::chrono::duration<double>;
  int64_t number = o.first, left = o.cases, wrong = 0, slowest = o.first;
  double longest = 0;
  for (; left > 0; number++) {
    const auto at = std::chrono::steady_clock::now();
    if (at - begin > std::chrono::seconds(o.seconds)) break;
    if (std::strncmp(attack_of(number).name, o.only, std::strlen(o.only)) != 0) continue;
    left--;
    beat.begin(number);
    wrong += !holds(o.seed, number);
    beat.done(number + 1);
    const double took = Seconds(std::chrono::steady_clock::now() - at).count();
    if (took > longest) longest = took, slowest = number;
    if (took <= static_cast<double>(o.limit)) continue;
    wrong++;
    std::printf("wrong %s: took %.1f s, QUERN_ISA=%s, --seed %lld --first %lld --cases 1\n", attack_of(number).name,
                took, quern_isa(), static_cast<long long>(o.seed), static_cast<long long>(number));
  }
  if (o.headers != nullptr) wrong += print_not_attacked(o.headers);
  std::printf("%lld cases, %lld calls, %lld wrong; case %lld took longest, %.2f s\n",
              static_cast<long long>(o.cases - left), calls_made(), static_cast<long long>(wrong),
              static_cast<long long>(slowest), longest);
  return wrong > 0 && o.beat == nullptr ? 1 : 0;
}
