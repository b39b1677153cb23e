package dev.quern.plan;

import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.feed.ImageBatch;
import dev.quern.internal.OffHeap;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Loss;
import dev.quern.metric.Scorer;
import dev.quern.network.Network;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.NotFinite;
import dev.quern.plan.build.Weights;
import dev.quern.plan.load.Loaders;
import dev.quern.plan.loss.LossRules;
import dev.quern.plan.loss.OutputLoss;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The execution plan of a network for one batch size: a list of native calls on one block of
 * memory. No memory is allocated after {@link #allocate}. Not thread-safe; several plans may share
 * {@link Weights}.
 */
public final class Plan implements AutoCloseable {
  private static final int MOST_SEGMENTS = 16;

  /** Memory of the operations' descriptors. */
  private final List<OffHeap> descriptors = new ArrayList<>();

  private final Builder builder;
  private final int batch;
  private final PlanLosses losses;
  private final Passes passes;
  private final Loaders loaders;
  private final PlanInputs inputs;
  private final PlanOutputs outputs;
  private OffHeap slab;
  private int count;

  /**
   * Creates a plan for a network's only or first output. Computes the memory layout without
   * allocating it.
   */
  public Plan(Network network, Weights weights, int batch, boolean training, Loss loss) {
    this(network, weights, batch, training, OutputLoss.of(network, loss), 1);
  }

  /**
   * Creates a plan.
   *
   * @param losses the losses, one for each output
   */
  Plan(Network network, Weights weights, int batch, boolean training, List<OutputLoss> losses) {
    this(network, weights, batch, training, losses, 1);
  }

  private Plan(
      Network network,
      Weights weights,
      int batch,
      boolean training,
      List<OutputLoss> losses,
      int segments) {
    if (batch < 1) {
      throw new InvalidArgumentException("plan: batch " + batch + " must be at least 1");
    }
    network.requireSizes("plan");
    this.batch = batch;
    try {
      Set<String> rowOutputs =
          losses.stream()
              .filter(of -> LossRules.readsRows(of.loss()))
              .map(OutputLoss::output)
              .collect(Collectors.toSet());
      builder = new Builder(network, weights, batch, training, segments, rowOutputs, descriptors);
      this.losses = new PlanLosses(builder, losses);
      loaders = new Loaders(builder, this.losses.ops, batch, training);
      passes = new Passes(builder, this.losses);
      inputs = new PlanInputs(builder, loaders);
      outputs = new PlanOutputs(builder);
      builder.slab.place(builder.timeline);
    } catch (RuntimeException | Error e) {
      descriptors.forEach(OffHeap::close);
      throw e;
    }
  }

  /**
   * Creates a plan for training.
   *
   * @param losses the losses, one for each output
   * @param weightsOrNull the weights; null for a plan that only computes its size
   * @param recompute whether activations are recomputed in the backward pass instead of stored, in
   *     the segments that need the least memory; results are bit-identical
   */
  public static Plan training(
      Network network,
      Weights weightsOrNull,
      int batch,
      List<OutputLoss> losses,
      boolean recompute) {
    Plan best = new Plan(network, weightsOrNull, batch, true, losses, 1);
    for (int segments = 2; recompute && segments <= MOST_SEGMENTS; segments++) {
      Plan p = new Plan(network, weightsOrNull, batch, true, losses, segments);
      boolean better = p.bytes() < best.bytes();
      (better ? best : p).close();
      best = better ? p : best;
    }
    return best;
  }

  /** Creates a plan that only computes its size, without weights and memory. */
  public static Plan layout(Network network, int batch, boolean training) {
    List<OutputLoss> losses =
        network.outputs().stream().map(o -> new OutputLoss(o, new CrossEntropy(), 1)).toList();
    return new Plan(network, null, batch, training, losses, 1);
  }

  /** Returns the bytes of the plan's memory: activations, gradients of activations, workspaces. */
  public long bytes() {
    return builder.slab.bytes();
  }

  /**
   * Allocates the plan's memory and returns this plan.
   *
   * @throws dev.quern.error.MemoryLimitException if the machine or container does not have enough
   *     memory
   */
  public Plan allocate() {
    try {
      slab = new OffHeap(bytes(), "plan for batch " + batch);
      passes.bind(slab);
      losses.bind(slab, batch);
      inputs.bind(slab);
      outputs.bind(slab);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
    count = batch;
    return this;
  }

  public int batch() {
    return batch;
  }

  /**
   * Sets the number of samples of the next passes, at most the plan's batch size; each input must
   * be loaded afterwards.
   */
  public void use(int n) {
    if (passes.running()) {
      throw new InvalidArgumentException("plan: called by a layer during another call");
    }
    if (n < 1 || n > batch) {
      throw new InvalidArgumentException("plan: " + n + " samples do not fit a batch of " + batch);
    }
    if (n != count) {
      count = 0; // if an operation throws, the next call sets all of them again
      passes.batch(n);
      losses.batch(n);
      count = n;
    }
  }

  /**
   * Loads samples of data sets, with their labels or targets.
   *
   * @param normalizations the normalizations by input
   */
  public void load(ImageBatch samples, Map<String, Normalization> normalizations) {
    use(samples.n());
    inputs.load(samples, normalizations);
  }

  /**
   * Reads a batch in a separate thread for the next call of {@link #load(ImageBatch, Map)}; for
   * training plans only, during a step.
   */
  public void gatherAhead(ImageBatch next) {
    loaders.ahead(next);
  }

  /** Waits for the batch that is read ahead. */
  public void awaitGathering() {
    loaders.await();
  }

  /**
   * Loads {@code n} samples of the only input in C, H, W order.
   *
   * @param shape the sample shape, preceded by any batch size
   * @param nchw the values, which must not change until the passes over them are finished: they may
   *     be read in place
   */
  public void load(Shape shape, FloatPointer nchw, int n) {
    use(n);
    load(inputs.first(), shape, nchw);
  }

  /** Loads samples of one input; their number is that of {@link #use}. */
  public void load(String name, Shape shape, FloatPointer nchw) {
    inputs.load(name, shape, nchw, count);
  }

  public void labels(int[] labels) {
    losses.labels(labels, count);
  }

  /** Sets the targets of the loaded samples at the only output, in C, H, W order. */
  public void targets(Shape shape, FloatPointer values) {
    targets(0, shape, values);
  }

  /**
   * Sets the targets of the loaded samples at one output, in C, H, W order.
   *
   * @param loss the index of the output's loss in the plan
   */
  public void targets(int loss, Shape shape, FloatPointer values) {
    losses.targets(loss, shape, values, count);
  }

  /**
   * Sets the random numbers of the next passes.
   *
   * @param seed the seed
   * @param step the step, counted from 0
   */
  public void random(long seed, long step) {
    passes.random(seed, step);
  }

  public void forward() {
    passes.forward();
  }

  /**
   * Returns the sum of the outputs' weighted losses after {@link #forward}; in a training plan also
   * computes their gradients.
   */
  public double loss() {
    return passes.loss();
  }

  /**
   * Finds where the loaded batch first becomes NaN or infinite: runs the forward pass again, layer
   * by layer. The batch must have been loaded again.
   */
  public String firstNotFinite() {
    String found = NotFinite.first(builder, passes.ops(), slab, inputs.loaded(), count);
    if (found != null) {
      return found;
    }
    return losses.targetsFinite() ? "every layer's output is finite" : "the targets are not finite";
  }

  public void backward() {
    passes.backward();
  }

  /**
   * Runs the forward pass of the loaded batch, in a training plan also losses and backward pass,
   * and times each operation.
   */
  public StepTimes time() {
    return passes.time();
  }

  /**
   * Adds the losses after {@link #forward} to sums over samples.
   *
   * @param shares receives the number of samples of each loss, with fractions if labels are ignored
   */
  void addLosses(double[] sums, double[] shares) {
    losses.add(sums, shares);
  }

  /** Adds the outputs of the last forward pass to a weighted sum; the outputs are overwritten. */
  void addOutputs(boolean first, double weight) {
    outputs.add(first, weight, count);
  }

  /** Replaces the outputs by the sum. */
  void putOutputs() {
    outputs.putSums(count);
  }

  /** Keeps the targets of later loads for {@link #score}. */
  void keepTargets() {
    loaders.keepTargets();
  }

  /**
   * Passes the loaded samples' outputs and targets to scorers.
   *
   * @param scorers a scorer for each output; null for none
   */
  void score(Scorer[] scorers) {
    outputs.score(scorers, loaders, count);
  }

  /** Returns the number of predictions for the loaded samples; 0 for losses without accuracy. */
  public long answers() {
    return losses.answers();
  }

  /** Returns the number of predictions per sample if no target is ignored. */
  public long mostAnswers() {
    return losses.mostAnswers();
  }

  /** Returns the number of correct predictions for the loaded samples. */
  public long correct() {
    return losses.correct();
  }

  /** Returns the only or first output of the last forward pass in inference, in C, H, W order. */
  public FloatPointer output() {
    return outputs.first();
  }

  /** Returns an output of the last forward pass in inference, in C, H, W order. */
  public FloatPointer output(String name) {
    return outputs.get(name);
  }

  @Override
  public void close() {
    outputs.close();
    awaitGathering();
    loaders.close();
    descriptors.forEach(OffHeap::close);
    if (slab != null) {
      slab.close();
    }
  }
}
