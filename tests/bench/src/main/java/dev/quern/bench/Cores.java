package dev.quern.bench;

import dev.quern.bindings.Quern;
import dev.quern.engine.Engine;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Simulates a step on more cores: times the pieces of its parallel work with one thread, and runs
 * the pool's schedule with them on up to 64 cores. Two of them are measured, too, if the machine
 * has them.
 *
 * <p>{@code Cores [NETWORK:train|infer:BATCH...]}
 *
 * <p>In the model each core has the caches and the memory speed that one has here. To give a thread
 * work and to hear of its end costs a cache line's round trip each, which is measured, and they
 * queue for it one after another.
 */
final class Cores {
  private static final String[] WORKLOADS = {
    "lenet:train:64",
    "resnet20:train:128",
    "vgg-small:train:128",
    "resnet18:train:128",
    "lenet:infer:64",
    "resnet20:infer:128",
    "resnet18:infer:32",
    "resnet18:infer:1",
    "mobilenet:infer:1",
    "resnet50:infer:1"
  };
  private static final int[] CORES = {2, 4, 8, 16, 32, 64};
  private static final int MOST = 64;
  private static final int STEPS = 9;
  private static final long[] RECORDS = new long[1 << 20];

  /** Parallel work: when it began after what was before it, and its pieces' times. */
  private record Section(double gap, int places, double[] pieces) {}

  /** One step's, with what is left behind the last one. */
  private record Step(List<Section> sections, double tail) {
    double serial() {
      return tail + sections.stream().mapToDouble(Section::gap).sum();
    }

    double seconds(int cores, double trip) {
      return serial() + sections.stream().mapToDouble(s -> Cores.seconds(s, cores, trip)).sum();
    }
  }

  public static void main(String[] args) {
    double trip = roundTrip();
    System.out.printf(
        Locale.ROOT,
        "A cache line's round trip: %.0f ns; instruction set %s%n%n",
        trip * 1e9,
        Engine.info().isa());
    System.out.println(
        "| workload | barriers a step | pieces | serial | ms, 1 core | 2 cores, said | measured | efficiency of 4 | 8 |"
            + " 16 | 32 | 64 |");
    System.out.println("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for (String workload : args.length == 0 ? WORKLOADS : args) {
      String[] parts = workload.split(":");
      print(
          workload,
          Networks.byName(parts[0]),
          parts[1].equals("train"),
          Integer.parseInt(parts[2]),
          trip);
    }
  }

  private static void print(String name, Network network, boolean train, int batch, double trip) {
    Engine.setThreads(MOST); // so that the plan has places for them
    try (Arena arena = new Arena();
        Runner runner = train ? trainer(network, batch, arena) : model(network, batch, arena)) {
      for (int i = 0; i < 3; i++) {
        runner.step();
      }
      Step step = traced(runner);
      double one = measured(runner, 1);
      double two = measured(runner, 2);
      double[] said = Arrays.stream(CORES).mapToDouble(c -> step.seconds(c, trip)).toArray();
      double alone = step.seconds(1, trip);
      StringBuilder line = new StringBuilder();
      line.append(
          String.format(
              Locale.ROOT,
              "| %s | %d | %d | %.2f %% | %.2f | %.2f | %.2f |",
              name,
              step.sections().size(),
              step.sections().stream().mapToInt(s -> s.pieces().length).sum(),
              100 * step.serial() / alone,
              1e3 * one,
              1e3 * said[0] * one / alone, // noting the pieces takes time of its own
              1e3 * two));
      for (int i = 1; i < CORES.length; i++) {
        line.append(String.format(Locale.ROOT, " %.0f %% |", 100 * alone / said[i] / CORES[i]));
      }
      System.out.println(line);
    }
  }

  private interface Runner extends AutoCloseable {
    void step();

    @Override
    void close();
  }

  private static Tensor input(Network network, int batch, Arena arena) {
    Shape shape = network.input().batch(batch);
    float[] values = new float[Math.toIntExact(shape.elements())];
    Random random = new Random(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return arena.tensor(shape).copyFrom(values);
  }

  private static Runner trainer(Network network, int batch, Arena arena) {
    Trainer trainer = Trainer.builder(network).batch(batch).optimizer(new Sgd(0.01f, 0.9f)).build();
    Tensor input = input(network, batch, arena);
    int[] labels =
        new Random(2).ints(batch, 0, Math.toIntExact(network.output().elements())).toArray();
    return runner(() -> trainer.step(input, labels), trainer);
  }

  private static Runner model(Network network, int batch, Arena arena) {
    Model model = Model.of(ModelData.untrained(network, 1));
    Tensor input = input(network, batch, arena);
    Tensor output = arena.tensor(network.output().batch(batch));
    return runner(() -> model.predict(input, output), model);
  }

  private static Runner runner(Runnable step, AutoCloseable owner) {
    return new Runner() {
      @Override
      public void step() {
        step.run();
      }

      @Override
      public void close() {
        try {
          owner.close();
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
    };
  }

  /** The median of some steps. */
  private static double measured(Runner runner, int threads) {
    Engine.setThreads(threads);
    double[] seconds = new double[STEPS];
    for (int i = -2; i < STEPS; i++) {
      long start = System.nanoTime();
      runner.step();
      if (i >= 0) {
        seconds[i] = (System.nanoTime() - start) * 1e-9;
      }
    }
    Engine.setThreads(MOST);
    Arrays.sort(seconds);
    return seconds[STEPS / 2];
  }

  /** Of some steps the one of the median time. */
  private static Step traced(Runner runner) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      steps.add(trace(runner));
    }
    steps.sort((a, b) -> Double.compare(a.seconds(1, 0), b.seconds(1, 0)));
    return steps.get(STEPS / 2);
  }

  private static Step trace(Runner runner) {
    check(Quern.quern_trace_begin(RECORDS.length));
    long start = System.nanoTime();
    runner.step();
    long end = System.nanoTime() - start;
    long[] used = new long[1];
    check(Quern.quern_trace_end(RECORDS, RECORDS.length, used));
    if (used[0] > RECORDS.length) {
      throw new IllegalStateException("a step has more pieces than are noted");
    }
    List<Section> sections = new ArrayList<>();
    long before = 0;
    for (int at = 0; at < used[0]; ) {
      long begin = RECORDS[at++];
      double[] pieces = new double[Math.toIntExact(RECORDS[at++])];
      int places = Math.toIntExact(RECORDS[at++]);
      for (int i = 0; i < pieces.length; i++) {
        pieces[i] = RECORDS[at++] * 1e-9;
      }
      sections.add(new Section((begin - before) * 1e-9, places, pieces));
      before = RECORDS[at++];
    }
    return new Step(sections, Math.max(0, end - before) * 1e-9);
  }

  private static void check(int status) {
    if (status != 0) {
      throw new IllegalStateException(Quern.quern_error_message().getString());
    }
  }

  /**
   * The pool's schedule: a share of neighboring pieces for each thread, then what others have left.
   */
  private static double seconds(Section section, int cores, double trip) {
    double[] pieces = section.pieces();
    int slots = Math.min(Math.min(pieces.length, section.places()), cores);
    if (slots <= 1) {
      return Arrays.stream(pieces).sum();
    }
    int[] next = new int[slots];
    double[] free = new double[slots];
    for (int s = 0; s < slots; s++) {
      next[s] = pieces.length * s / slots;
      free[s] = s * trip; // they take their places one after another
    }
    boolean[] done = new boolean[slots];
    double[] ends = free.clone();
    for (int left = slots; left > 0; ) {
      int thread = -1;
      for (int s = 0; s < slots; s++) {
        if (!done[s] && (thread < 0 || free[s] < free[thread])) {
          thread = s;
        }
      }
      int share = 0;
      while (share < slots
          && next[(thread + share) % slots] >= end(pieces, (thread + share) % slots, slots)) {
        share++;
      }
      if (share == slots) {
        done[thread] = true;
        left--;
      } else {
        free[thread] += pieces[next[(thread + share) % slots]++];
        ends[thread] = free[thread];
      }
    }
    // and leave them so; the caller, who has the first, waits for all
    double[] helpers = Arrays.copyOfRange(ends, 1, slots);
    Arrays.sort(helpers);
    double left = 0;
    for (double end : helpers) {
      left = Math.max(left, end) + trip;
    }
    return Math.max(ends[0], left);
  }

  private static int end(double[] pieces, int slot, int slots) {
    return pieces.length * (slot + 1) / slots;
  }

  /** Seconds that a cache line takes to another core and back. */
  private static double roundTrip() {
    AtomicInteger line = new AtomicInteger();
    int trips = 200_000;
    Thread other =
        new Thread(
            () -> {
              for (int i = 0; i < trips; i++) {
                while (line.get() != 2 * i + 1) {
                  Thread.onSpinWait();
                }
                line.set(2 * i + 2);
              }
            });
    other.start();
    long start = System.nanoTime();
    for (int i = 0; i < trips; i++) {
      line.set(2 * i + 1);
      while (line.get() != 2 * i + 2) {
        Thread.onSpinWait();
      }
    }
    return (System.nanoTime() - start) * 1e-9 / trips;
  }
}
