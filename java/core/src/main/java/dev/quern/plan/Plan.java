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
 * A network for one batch size as a list of native calls on one slab of memory. Nothing is
 * allocated after {@link #allocate}. Not thread-safe; several plans may share {@link Weights}.
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
   * Plans a network with one output, or its first output. Computes the memory layout; allocates
   * almost nothing.
   */
  public Plan(Network network, Weights weights, int batch, boolean training, Loss loss) {
    this(network, weights, batch, training, OutputLoss.of(network, loss), 1);
  }

  /**
   * @param losses one for each output
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
   * A plan for training.
   *
   * @param losses one for each output
   * @param weightsOrNull null for a plan that can only tell its size
   * @param recompute whether it forgets activations and computes them again in its backward pass,
   *     in whichever segments take the least memory; the numbers are the same
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

  /** A plan that can tell its size but not run: without weights, it costs no memory. */
  public static Plan layout(Network network, int batch, boolean training) {
    List<OutputLoss> losses =
        network.outputs().stream().map(o -> new OutputLoss(o, new CrossEntropy(), 1)).toList();
    return new Plan(network, null, batch, training, losses, 1);
  }

  /** Bytes of the slab: activations, gradients of activations, workspaces. */
  public long bytes() {
    return builder.slab.bytes();
  }

  /**
   * @throws dev.quern.error.MemoryLimitException if the machine or container does not have that
   *     much
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
   * Sets how many samples the next passes use, at most the planned batch; each input is then to be
   * loaded.
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
   * @param normalizations by input
   */
  public void load(ImageBatch samples, Map<String, Normalization> normalizations) {
    use(samples.n());
    inputs.load(samples, normalizations);
  }

  /**
   * Loads a batch in a separate thread for the next call of {@link #load(ImageBatch, Map)}; for
   * training plans, during their step.
   */
  public void gatherAhead(ImageBatch next) {
    loaders.ahead(next);
  }

  /** Waits for what is gathered ahead. */
  public void awaitGathering() {
    loaders.await();
  }

  /**
   * Loads {@code n} samples of the only input in callers' order.
   *
   * @param shape a sample's, with any batch in front
   * @param nchw stays as it is until the passes over it are done: planes are read where they lie,
   *     since to copy them took a tenth of the notebook's step
   */
  public void load(Shape shape, FloatPointer nchw, int n) {
    use(n);
    load(inputs.first(), shape, nchw);
  }

  /** Loads samples of one input, as many as are in {@link #use}. */
  public void load(String name, Shape shape, FloatPointer nchw) {
    inputs.load(name, shape, nchw, count);
  }

  public void labels(int[] labels) {
    losses.labels(labels, count);
  }

  /** Targets of the loaded samples at the only output, in callers' order. */
  public void targets(Shape shape, FloatPointer values) {
    targets(0, shape, values);
  }

  /**
   * Targets of the loaded samples at one output, in callers' order.
   *
   * @param loss its number in the plan's losses
   */
  public void targets(int loss, Shape shape, FloatPointer values) {
    losses.targets(loss, shape, values, count);
  }

  /**
   * Says which random numbers the next passes draw.
   *
   * @param step counts from 0
   */
  public void random(long seed, long step) {
    passes.random(seed, step);
  }

  public void forward() {
    passes.forward();
  }

  /**
   * The sum of the outputs' weighted losses, of what {@link #forward} left; with gradients if the
   * plan is for training.
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
   * Runs the loaded batch forward, in a plan for training through the losses and backward, too, and
   * times each operation.
   */
  public StepTimes time() {
    return passes.time();
  }

  /**
   * Adds the losses of what {@link #forward} left to sums over samples.
   *
   * @param shares receives how many samples they are over: parts of one, where labels are ignored
   */
  void addLosses(double[] sums, double[] shares) {
    losses.add(sums, shares);
  }

  /** Adds the outputs of the last forward pass, which are lost, to a weighted sum. */
  void addOutputs(boolean first, double weight) {
    outputs.add(first, weight, count);
  }

  /** Puts the sum in the outputs' place. */
  void putOutputs() {
    outputs.putSums(count);
  }

  /** Keeps the targets that are loaded from now on, for {@link #score}. */
  void keepTargets() {
    loaders.keepTargets();
  }

  /**
   * Gives the loaded samples' outputs and targets to scorers.
   *
   * @param scorers one for each output; null for none
   */
  void score(Scorer[] scorers) {
    outputs.score(scorers, loaders, count);
  }

  /**
   * Number of predictions for the loaded samples that are correct or not; 0 for losses without
   * accuracy.
   */
  public long answers() {
    return losses.answers();
  }

  /** Number of predictions per sample without ignored ones. */
  public long mostAnswers() {
    return losses.mostAnswers();
  }

  /** Number of correct predictions for the loaded samples. */
  public long correct() {
    return losses.correct();
  }

  /** The only output, or the first, of the last forward pass in inference, in callers' order. */
  public FloatPointer output() {
    return outputs.first();
  }

  /** One output of the last forward pass in inference, in callers' order. */
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
