package dev.quern.predict;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.internal.Address;
import dev.quern.internal.TensorAccess;
import dev.quern.loss.CrossEntropy;
import dev.quern.network.Network;
import dev.quern.plan.Evaluator;
import dev.quern.plan.Logits;
import dev.quern.plan.OutputLoss;
import dev.quern.plan.Plan;
import dev.quern.plan.StepTimes;
import dev.quern.plan.Weights;
import dev.quern.profile.LayerTimes;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** A model's network at one size of its inputs, and the plans for it that no call uses. */
final class Sized implements AutoCloseable {
  /** Larger inputs run in pieces of this many samples, 2 to this power. */
  private static final int MOST = 6;

  static final int BATCH = 1 << MOST;

  final Network network;

  /** Packed for this size. */
  final Weights weights;

  /** By the power of two that their batch is. */
  private final List<ConcurrentLinkedQueue<Plan>> idle = new ArrayList<>();

  private final AtomicLong planBytes = new AtomicLong();

  /** Frees what other sizes keep; null where there are none. */
  private final @Nullable Runnable shortOfMemory;

  Sized(Network network, Weights weights, @Nullable Runnable shortOfMemory) {
    this.network = network;
    this.weights = weights;
    this.shortOfMemory = shortOfMemory;
    for (int power = 0; power <= MOST; power++) {
      idle.add(new ConcurrentLinkedQueue<>());
    }
  }

  /** A plan for so many samples at once, or for pieces of them. */
  private Plan borrow(long samples) {
    int power = 0;
    while (power < MOST && 1 << power < samples) {
      power++;
    }
    Plan plan = idle.get(power).poll();
    if (plan == null) {
      plan = allocated(1 << power);
      planBytes.addAndGet(plan.bytes());
    }
    return plan;
  }

  private Plan allocated(int batch) {
    return orRetry(() -> new Plan(network, weights, batch, false, new CrossEntropy()).allocate());
  }

  /** Makes something that takes memory; where that is short, once more without what others keep. */
  private <T> T orRetry(Supplier<T> make) {
    try {
      return make.get();
    } catch (MemoryLimitException e) {
      if (shortOfMemory == null) {
        throw e;
      }
      shortOfMemory.run();
      return make.get();
    }
  }

  private void giveBack(Plan plan) {
    idle.get(Integer.numberOfTrailingZeros(plan.batch())).add(plan);
  }

  /** Fills the outputs of a network with one input and one output. */
  void run(Tensor images, Tensor outputs) {
    long n = images.shape().dim(0);
    long in = network.input().elements();
    long out = network.output().elements();
    Pointer to = Address.pointer(TensorAccess.get().pointer(outputs).address());
    Plan plan = borrow(n);
    try {
      for (long i = 0; i < n; i += plan.batch()) {
        int count = (int) Math.min(plan.batch(), n - i);
        plan.load(images.shape(), at(images, i * in), count);
        plan.forward();
        Pointer.memcpy(
            to.position(Float.BYTES * i * out), plan.output(), Float.BYTES * count * out);
      }
    } finally {
      giveBack(plan);
    }
  }

  /** The outputs by name, in this arena. */
  Map<String, Tensor> run(Map<String, Tensor> inputs, long n, Arena arena) {
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    network.outputs().forEach(o -> outputs.put(o, arena.tensor(network.shapes().get(o).batch(n))));
    Plan plan = borrow(n);
    try {
      for (long i = 0; i < n; i += plan.batch()) {
        int count = (int) Math.min(plan.batch(), n - i);
        long from = i;
        plan.use(count);
        inputs.forEach(
            (name, t) ->
                plan.load(name, t.shape(), at(t, from * network.shapes().get(name).elements())));
        plan.forward();
        outputs.forEach(
            (name, t) -> {
              long elements = network.shapes().get(name).elements();
              Pointer.memcpy(
                  at(t, from * elements), plan.output(name), Float.BYTES * count * elements);
            });
      }
    } finally {
      giveBack(plan);
    }
    return Collections.unmodifiableMap(outputs);
  }

  /**
   * Where the time of passes goes, over as many of the samples as a plan takes at once.
   *
   * @param inputs for each of the network's inputs the same number of samples
   */
  LayerTimes profile(Map<String, Tensor> inputs, long n, int steps) {
    if (n == 0) {
      throw new InvalidArgumentException("profile: there are no samples");
    }
    List<StepTimes> times = new ArrayList<>();
    Plan plan = borrow(n);
    int count = (int) Math.min(plan.batch(), n);
    try {
      for (int i = 0; i < steps; i++) {
        plan.use(count); // the passes before may have reused the inputs' memory
        inputs.forEach((name, t) -> plan.load(name, t.shape(), at(t, 0)));
        times.add(plan.time());
      }
    } finally {
      giveBack(plan);
    }
    return StepTimes.medians(network, count, times);
  }

  /** A call of an evaluator of these losses, one for each output. */
  <T> T evaluated(List<OutputLoss> losses, Function<Evaluator, T> call) {
    Logits logits = Logits.of(network, losses);
    boolean same = logits.network() == network;
    Weights own = same ? weights : orRetry(() -> weights.at(logits.network()));
    try (Evaluator e = orRetry(() -> new Evaluator(logits, own, Evaluator.BATCH).allocate())) {
      return call.apply(e);
    } finally {
      if (!same) {
        own.close();
      }
    }
  }

  private static FloatPointer at(Tensor tensor, long element) {
    FloatPointer first = TensorAccess.get().pointer(tensor);
    return element == 0 ? first : Address.floats(first.address() + Float.BYTES * element);
  }

  /** Of all plans so far. */
  long planBytes() {
    return planBytes.get();
  }

  /** Once nothing is borrowed. */
  @Override
  public void close() {
    idle.forEach(plans -> plans.forEach(Plan::close));
    weights.close();
  }
}
