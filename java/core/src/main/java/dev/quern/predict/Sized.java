package dev.quern.predict;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.PlanLimitException;
import dev.quern.internal.Address;
import dev.quern.internal.TensorAccess;
import dev.quern.loss.CrossEntropy;
import dev.quern.network.Network;
import dev.quern.plan.Evaluator;
import dev.quern.plan.Plan;
import dev.quern.plan.StepTimes;
import dev.quern.plan.build.Weights;
import dev.quern.plan.loss.Logits;
import dev.quern.plan.loss.OutputLoss;
import dev.quern.profile.LayerTimes;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** A model's network at one fixed size of its inputs, with packed weights and plans. */
final class Sized implements AutoCloseable {
  /**
   * The base-2 logarithm of the maximum batch size. A call with more samples runs several passes.
   */
  private static final int MOST = 6;

  static final int BATCH = 1 << MOST;

  final Network network;

  /** The weights, packed for this size. */
  final Weights weights;

  private final PlanPool plans;

  /** Frees memory that the model keeps for later calls; runs if an allocation fails. */
  private final Runnable shortOfMemory;

  /**
   * The size of a plan in bytes, by the base-2 logarithm of its batch size; 0 if not yet computed.
   */
  private final AtomicLongArray planBytes = new AtomicLongArray(MOST + 1);

  private volatile boolean ran;

  Sized(Network network, Weights weights, PlanPool plans, Runnable shortOfMemory) {
    this.network = network;
    this.weights = weights;
    this.plans = plans;
    this.shortOfMemory = shortOfMemory;
  }

  /** Returns the start of a message, with the network's name and its input shapes. */
  String text() {
    return "predict: network " + network.name() + " with inputs " + network.inputs();
  }

  /** Returns whether a call has been executed at this size. */
  boolean hasRun() {
    return ran;
  }

  /**
   * Checks that a plan for one sample does not exceed a limit, without allocating memory.
   *
   * @param limit the limit in bytes
   * @throws PlanLimitException if the plan exceeds the limit
   */
  void requireWithin(long limit) {
    try (Plan plan = laid(0)) {
      if (plan.bytes() > limit) {
        throw PlanPool.tooLarge(this, plan.bytes(), limit);
      }
    }
  }

  /**
   * Returns a plan whose batch size is {@code samples}, rounded up to a power of two, or a smaller
   * power of two if the plan limit requires it.
   */
  private Plan borrow(long samples) {
    int power = 0;
    while (power < MOST && 1 << power < samples) {
      power++;
    }
    Plan laid = null;
    while (true) {
      if (planBytes.get(power) == 0) {
        laid = laid(power);
        planBytes.set(power, laid.bytes());
      }
      if (power == 0 || planBytes.get(power) <= plans.limit()) {
        break;
      }
      if (laid != null) {
        laid.close();
        laid = null;
      }
      power--;
    }
    Plan plan = borrow(power, laid);
    ran = true;
    return plan;
  }

  private Plan borrow(int power, @Nullable Plan laidOrNull) {
    Plan kept;
    try {
      kept = plans.take(this, 1 << power, planBytes.get(power));
    } catch (RuntimeException | Error e) {
      close(laidOrNull);
      throw e;
    }
    if (kept != null) {
      close(laidOrNull);
      return kept;
    }
    try {
      return allocated(power, laidOrNull);
    } catch (RuntimeException | Error e) {
      plans.cancel(planBytes.get(power));
      throw e;
    }
  }

  private static void close(@Nullable Plan plan) {
    if (plan != null) {
      plan.close();
    }
  }

  private Plan allocated(int power, @Nullable Plan laidOrNull) {
    if (laidOrNull == null) {
      return orRetry(() -> laid(power).allocate());
    }
    try {
      return laidOrNull.allocate();
    } catch (MemoryLimitException e) {
      shortOfMemory.run();
      return laid(power).allocate();
    }
  }

  /**
   * Creates a plan and computes its size, without allocating its memory.
   *
   * @param power the base-2 logarithm of the batch size
   */
  private Plan laid(int power) {
    return new Plan(network, weights, 1 << power, false, new CrossEntropy());
  }

  /**
   * Calls a function that allocates memory. If memory is insufficient, frees kept memory and calls
   * it again.
   */
  private <T> T orRetry(Supplier<T> make) {
    try {
      return make.get();
    } catch (MemoryLimitException e) {
      shortOfMemory.run();
      return make.get();
    }
  }

  private void giveBack(Plan plan) {
    plans.giveBack(this, plan);
  }

  /**
   * Runs a network with one input and one output.
   *
   * @param outputsOrNull the tensor for the output; null to create a tensor in the images' arena.
   *     If the plan's memory cannot be allocated, no tensor is created
   */
  Tensor run(Tensor images, @Nullable Tensor outputsOrNull) {
    long n = images.shape().dim(0);
    long in = network.input().elements();
    long out = network.output().elements();
    Plan plan = borrow(n);
    try {
      Tensor outputs =
          outputsOrNull == null ? images.arena().tensor(network.output().batch(n)) : outputsOrNull;
      Pointer to = Address.pointer(TensorAccess.get().pointer(outputs).address());
      for (long i = 0; i < n; i += plan.batch()) {
        int count = (int) Math.min(plan.batch(), n - i);
        plan.load(images.shape(), at(images, i * in), count);
        plan.forward();
        Pointer.memcpy(
            to.position(Float.BYTES * i * out), plan.output(), Float.BYTES * count * out);
      }
      return outputs;
    } finally {
      giveBack(plan);
    }
  }

  /**
   * Runs the network and returns its outputs by name, in this arena.
   *
   * @param n the number of samples
   */
  Map<String, Tensor> run(Map<String, Tensor> inputs, long n, Arena arena) {
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    Plan plan = borrow(n);
    try {
      network
          .outputs()
          .forEach(o -> outputs.put(o, arena.tensor(network.shapes().get(o).batch(n))));
      run(plan, inputs, n, outputs);
    } finally {
      giveBack(plan);
    }
    return Collections.unmodifiableMap(outputs);
  }

  /** Runs the network and writes its outputs to tensors. */
  void run(Map<String, Tensor> inputs, long n, Map<String, Tensor> outputs) {
    Plan plan = borrow(n);
    try {
      run(plan, inputs, n, outputs);
    } finally {
      giveBack(plan);
    }
  }

  private void run(Plan plan, Map<String, Tensor> inputs, long n, Map<String, Tensor> outputs) {
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
  }

  /**
   * Measures the time of each layer, over as many samples as one pass processes.
   *
   * @param inputs a tensor for each input, by name
   * @param n the number of samples of each input
   * @param steps the number of measured passes
   */
  LayerTimes profile(Map<String, Tensor> inputs, long n, int steps) {
    if (n == 0) {
      throw new InvalidArgumentException("profile: the batch is empty");
    }
    List<StepTimes> times = new ArrayList<>();
    Plan plan = borrow(n);
    int count = (int) Math.min(plan.batch(), n);
    try {
      for (int i = 0; i < steps; i++) {
        plan.use(count); // the preceding pass may have reused the inputs' memory
        inputs.forEach((name, t) -> plan.load(name, t.shape(), at(t, 0)));
        times.add(plan.time());
      }
    } finally {
      giveBack(plan);
    }
    return StepTimes.medians(network, weights.implementations(), count, times);
  }

  /**
   * Calls a function with an evaluator, which is closed afterwards.
   *
   * @param losses the losses, one for each output
   */
  <T> T evaluated(List<OutputLoss> losses, Function<Evaluator, T> call) {
    ran = true;
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

  /** Frees weights and plans. Must not be called while a plan is in use. */
  @Override
  public void close() {
    plans.drop(this);
    weights.close();
  }
}
