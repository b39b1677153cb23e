// The workspace of a descriptor bounds every smaller batch and any number of threads: by what the queries say, and by
// passes in exactly so much memory, which give the bits that they give in their own.
#include "conv2d_check.h"

void operators_in_exact_workspaces();

namespace {

constexpr int kThreads[] = {1, 2, 3, 5, 16, 64};

int any_threads(Random* random) { return kThreads[random->between(0, 5)]; }

void name_case(const quern_conv2d& d, const Asked& asked) {
  in_case(
      "%lldx%lldx%lldx%lld of %lld to %lld, kernel %lldx%lld, stride %lld, padding %lld, dilation %lld, groups %lld, "
      "implementation %lld%s, asked for with %d threads",
      (long long)d.batch, (long long)d.in_channels, (long long)d.in_height, (long long)d.in_width,
      (long long)asked.batch, (long long)d.out_channels, (long long)d.kernel_height, (long long)d.kernel_width,
      (long long)d.stride_height, (long long)d.padding_height, (long long)d.dilation_height, (long long)d.groups,
      (long long)d.implementation, d.inference ? " in inference" : "", asked.threads);
}

// Any convolution with channels and images of at most so much; every second one is what Winograd's takes.
quern_conv2d any_conv(Random* random, int64_t most_channels, int64_t most_pixels) {
  for (;;) {
    const bool winograd = random->between(0, 1) == 0;
    const int64_t kernel = winograd ? 3 : random->between(1, 5), in = random->between(1, most_channels);
    const int64_t out = random->between(0, 2) == 0 ? in : random->between(1, most_channels);
    const int64_t groups = random->between(0, 3) != 0 ? 1 : in == out && random->between(0, 1) == 0 ? in : 2;
    quern_conv2d d = with(conv(0, in, random->between(1, most_pixels), random->between(1, most_pixels), out, kernel,
                               random->between(0, 3) == 0 ? 1 : kernel),
                          winograd ? 1 : random->between(1, 3), random->between(0, kernel / 2 + 1),
                          winograd ? 1 : random->between(1, 2), groups);
    if (winograd) d.kernel_width = 3;
    if (random->between(0, 3) == 0) d = pitched(d, random->between(0, 3), random->between(0, 3));
    d.inference = random->between(0, 3) == 0;
    if (quern_conv2d_accepts(&d, QUERN_FORWARD, index_of("reference")) == QUERN_OK) return d;
  }
}

// Bytes that a batch asks for with some threads.
int64_t workspace(quern_conv2d d, const Asked& asked) {
  int64_t bytes = -1;
  d.batch = asked.batch;
  CHECK_OK(quern_set_threads(asked.threads));
  CHECK_OK(quern_conv2d_workspace(&d, &bytes));
  return bytes;
}

int64_t piece_sums(quern_conv2d d, int64_t batch) {
  int64_t doubles = 0;
  d.batch = batch;
  if (d.inference == 0) CHECK_OK(quern_conv2d_piece_sums(&d, &doubles));
  return doubles;
}

// body(descriptor) with each implementation that takes it forced, and with none.
template <typename Body>
void each_implementation(quern_conv2d d, Body&& body) {
  for (d.implementation = -1; d.implementation < 0 || quern_conv2d_implementation(d.implementation) != nullptr;
       d.implementation++) {
    if (d.implementation < 0 || quern_conv2d_accepts(&d, QUERN_FORWARD, d.implementation) == QUERN_OK) body(d);
  }
}

void ask(quern_conv2d d, const Asked& asked, const Asked& smaller) {
  d.batch = smaller.batch;
  name_case(d, asked);
  CHECK(workspace(d, smaller) <= workspace(d, asked));
  CHECK(piece_sums(d, smaller.batch) <= piece_sums(d, asked.batch));
}

// F2: of more than 200,000 such pairs one in 40 asked for more with fewer images.
void smaller_batches_ask_for_no_more() {
  Random random(1);
  for (int i = 0; i < 12000; i++) {
    const quern_conv2d any = any_conv(&random, i % 2 == 0 ? 40 : 600, i % 3 == 0 ? 8 : 40);
    each_implementation(any, [&](const quern_conv2d& d) {
      const Asked asked{random.between(1, 300), any_threads(&random)};
      for (int j = 0; j < 4; j++) {
        const int64_t batch = j == 0 ? asked.batch - 1 : random.between(0, std::min<int64_t>(asked.batch, 1 << 2 * j));
        ask(d, asked, {batch, random.between(0, 1) == 0 ? 1 : asked.threads});
      }
    });
  }
}

// F2: the shapes of resnet20 and of weights that groups of tiles stream, with every batch below.
void every_smaller_batch_asks_for_no_more() {
  const quern_conv2d shapes[] = {with(conv(0, 16, 32, 32, 16, 3, 3), 1, 1), with(conv(0, 32, 16, 16, 32, 3, 3), 1, 1),
                                 with(conv(0, 64, 8, 8, 64, 3, 3), 1, 1), with(conv(0, 512, 4, 4, 512, 3, 3), 1, 1)};
  for (const quern_conv2d& shape : shapes) {
    for (int threads : {1, 2, 64}) {
      each_implementation(shape, [&](const quern_conv2d& d) {
        for (int64_t batch = 1; batch <= 300; batch++) ask(d, {batch, threads}, {batch - 1, threads});
      });
    }
  }
}

// The passes of a smaller batch in the memory of a larger one.
void run_in(quern_conv2d d, const Asked& asked, int64_t batch, int threads, uint64_t seed) {
  d.batch = batch;
  name_case(d, asked);
  const Conv2dProblem problem(d, Values::Floats, Guard::After, seed, false);
  Outputs own(d, Guard::After), larger(d, Guard::After);
  run(problem, d.implementation, 1, {batch, 1}, Guard::After, &own);
  run(problem, d.implementation, threads, asked, Guard::After, &larger);
  CHECK(larger.same_bits(own));
}

void passes_of_smaller_batches() {
  Random random(2);
  for (int i = 0; i < (full_suite() ? 200 : 60); i++) {
    const quern_conv2d any = any_conv(&random, i % 2 == 0 ? 12 : 40, i % 3 == 0 ? 4 : 12);
    each_implementation(any, [&](const quern_conv2d& d) {
      if (d.implementation == index_of("reference")) return;  // it has no workspace, and is slow
      const Asked asked{random.between(1, 20), any_threads(&random)};
      run_in(d, asked, random.between(0, asked.batch), any_threads(&random), static_cast<uint64_t>(i));
    });
  }
  run_in(with(conv(0, 16, 32, 32, 16, 3, 3), 1, 1), {9, 1}, 6, 1, 1);     // F2, as resnet20 in training
  run_in(with(conv(0, 16, 32, 32, 16, 3, 3), 1, 1), {9, 1}, 6, 5, 1);     // with more threads than asked
  run_in(with(conv(0, 176, 4, 4, 176, 3, 3), 1, 1), {140, 1}, 20, 2, 1);  // weights that only the smaller batch streams
}

}  // namespace

int main() {
  start();
  smaller_batches_ask_for_no_more();
  every_smaller_batch_asks_for_no_more();
  passes_of_smaller_batches();
  operators_in_exact_workspaces();
  in_case("%s", "");
  return finish();
}
