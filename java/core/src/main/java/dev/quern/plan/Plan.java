package dev.quern.plan;

import dev.quern.data.Normalization;
import dev.quern.engine.Precision;
import dev.quern.error.InvalidArgumentException;
import dev.quern.feed.ImageBatch;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.conv.Conv2dPrecision;
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
 * memory. Nothing is allocated after {@link #allocate}. Not thread-safe; several plans may share
 * {@link Weights}.
 */
public final class Plan implements AutoCloseable {
  private static final int MOST_SEGMENTS = 16;

  /** The memory that contains the native descriptors of the operations. */
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
   * Creates a plan with a loss at the first output. Computes the memory layout without allocating
   * memory.
   */
  public Plan(Network network, Weights weights, int batch, boolean training, Loss loss) {
    this(network, weights, batch, training, OutputLoss.of(network, loss));
  }

  /**
   * Creates a plan. Computes the memory layout without allocating memory.
   *
   * @param losses the losses, one for each output
   */
  Plan(Network network, Weights weights, int batch, boolean training, List<OutputLoss> losses) {
    this(network, weights, batch, training, losses, 1, Precision.DEFAULT);
  }

  private Plan(
      Network network,
      Weights weights,
      int batch,
      boolean training,
      List<OutputLoss> losses,
      int segments,
      Precision precision) {
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
      Conv2dPrecision products = Conv2dPrecision.valueOf(precision.name());
      builder =
          new Builder(
              network, weights, products, batch, training, segments, rowOutputs, descriptors);
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
   * @param weightsOrNull the weights; null for a plan that only computes its memory size
   * @param recompute whether to recompute activations in the backward pass instead of storing them
   *     (activation checkpointing). The plan uses the number of segments that needs the least
   *     memory. Results are bit-identical.
   */
  public static Plan training(
      Network network,
      Weights weightsOrNull,
      int batch,
      List<OutputLoss> losses,
      boolean recompute) {
    Plan best = new Plan(network, weightsOrNull, batch, true, losses);
    for (int segments = 2; recompute && segments <= MOST_SEGMENTS; segments++) {
      Plan p = new Plan(network, weightsOrNull, batch, true, losses, segments, Precision.DEFAULT);
      boolean better = p.bytes() < best.bytes();
      (better ? best : p).close();
      best = better ? p : best;
    }
    return best;
  }

  /**
   * Creates a plan that only computes its memory size, without weights and without allocating
   * memory.
   *
   * @param precision the precision of training
   */
  public static Plan layout(Network network, int batch, boolean training, Precision precision) {
    List<OutputLoss> losses =
        network.outputs().stream().map(o -> new OutputLoss(o, new CrossEntropy(), 1)).toList();
    return new Plan(network, null, batch, training, losses, 1, precision);
  }

  /** Returns the plan's memory size in bytes: activations, their gradients and workspaces. */
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
   * Sets the number of samples for the next passes; afterwards each input must be loaded.
   *
   * @param n the number of samples, at most the plan's batch size
   */
  public void use(int n) {
    if (passes.running()) {
      throw new InvalidArgumentException("plan: a layer called the plan during another call");
    }
    if (n < 1 || n > batch) {
      throw new InvalidArgumentException("plan: " + n + " samples do not fit a batch of " + batch);
    }
    if (n != count) {
      count = 0; // if an operation throws, the next call sets the number in all operations again
      passes.batch(n);
      losses.batch(n);
      count = n;
    }
  }

  /**
   * Loads samples of data sets together with their labels or targets.
   *
   * @param normalizations the normalization of each input, by name
   */
  public void load(ImageBatch samples, Map<String, Normalization> normalizations) {
    use(samples.n());
    inputs.load(samples, normalizations);
  }

  /**
   * Starts reading a batch in a separate thread, during the current training step. {@link
   * #load(ImageBatch, Map)} must load this batch next. For training plans only.
   */
  public void gatherAhead(ImageBatch next) {
    loaders.ahead(next);
  }

  /** Waits until the batch of {@link #gatherAhead} has been read. */
  public void awaitGathering() {
    loaders.await();
  }

  /**
   * Loads {@code n} samples in C, H, W order into the network's only input.
   *
   * @param shape the shape of a sample, with or without a leading batch dimension
   * @param nchw the values; they must not change before the passes that read them are finished,
   *     because a plan may read the values in place
   */
  public void load(Shape shape, FloatPointer nchw, int n) {
    use(n);
    load(inputs.first(), shape, nchw);
  }

  /** Loads samples into one input. The last {@link #use} call determines the number of samples. */
  public void load(String name, Shape shape, FloatPointer nchw) {
    inputs.load(name, shape, nchw, count);
  }

  public void labels(int[] labels) {
    losses.labels(labels, count);
  }

  /** Sets the targets of the loaded samples at the network's only output, in C, H, W order. */
  public void targets(Shape shape, FloatPointer values) {
    targets(0, shape, values);
  }

  /**
   * Sets the targets of the loaded samples for one output, in C, H, W order.
   *
   * @param loss the index of the output
   */
  public void targets(int loss, Shape shape, FloatPointer values) {
    losses.targets(loss, shape, values, count);
  }

  /**
   * Sets the random number generator for the next passes: the same seed and step give the same
   * random numbers.
   *
   * @param seed the seed
   * @param step the training step, counted from 0
   */
  public void random(long seed, long step) {
    passes.random(seed, step);
  }

  public void forward() {
    passes.forward();
  }

  /**
   * Returns the weighted sum of the outputs' losses after {@link #forward}. A training plan also
   * computes the losses' gradients.
   */
  public double loss() {
    return passes.loss();
  }

  /**
   * Returns a message that names the first tensor with a NaN or infinity, or reports that there is
   * none. Runs the forward pass layer by layer; the caller must load the batch again beforehand.
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
   * Runs one forward pass of the loaded batch and measures the time of each operation. In a
   * training plan, losses and backward pass are included.
   */
  public StepTimes time() {
    return passes.time();
  }

  /**
   * Adds the losses of the last {@link #forward} call to running sums over samples.
   *
   * @param sums receives the loss of each output, multiplied by its number of samples
   * @param shares receives the number of samples of each loss; the number is fractional if labels
   *     are ignored
   */
  void addLosses(double[] sums, double[] shares) {
    losses.add(sums, shares);
  }

  /**
   * Adds the outputs of the last forward pass, multiplied by the weight, to a sum. The outputs are
   * overwritten.
   */
  void addOutputs(boolean first, double weight) {
    outputs.add(first, weight, count);
  }

  /** Replaces the outputs by the sums of {@link #addOutputs}. */
  void putOutputs() {
    outputs.putSums(count);
  }

  /** Makes later loads keep a copy of the targets for {@link #score}. */
  void keepTargets() {
    loaders.keepTargets();
  }

  /**
   * Passes the outputs and targets of the loaded samples to scorers.
   *
   * @param scorers the scorer of each output; null for an output without metrics
   */
  void score(Scorer[] scorers) {
    outputs.score(scorers, loaders, count);
  }

  /**
   * Returns the number of predictions for the loaded samples, not counting ignored targets; 0 for
   * losses without accuracy.
   */
  public long answers() {
    return losses.answers();
  }

  /** Returns the number of predictions per sample, including ignored targets. */
  public long mostAnswers() {
    return losses.mostAnswers();
  }

  /** Returns the number of correct predictions for the loaded samples. */
  public long correct() {
    return losses.correct();
  }

  /** Returns the first output of the last forward pass, in C, H, W order. For inference plans. */
  public FloatPointer output() {
    return outputs.first();
  }

  /** Returns one output of the last forward pass, in C, H, W order. For inference plans. */
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
