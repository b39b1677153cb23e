package dev.quern.plan;

import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.feed.ImageBatch;
import dev.quern.feed.NetworkData;
import dev.quern.internal.Heap;
import dev.quern.internal.NativeRuntime;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.LayoutKernel;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Loss;
import dev.quern.metric.Scorer;
import dev.quern.network.Network;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.NotFinite;
import dev.quern.plan.build.Op;
import dev.quern.plan.build.Timeline;
import dev.quern.plan.build.Weights;
import dev.quern.plan.load.Loaders;
import dev.quern.plan.loss.LossOp;
import dev.quern.plan.loss.LossRules;
import dev.quern.plan.loss.OutputLoss;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
  private final LossOp[] losses;
  private final Loaders loaders;
  private Op[] ops;
  private OffHeap slab;

  /** By name. */
  private final Map<String, FloatPointer> inputs = new LinkedHashMap<>();

  private final Map<String, FloatPointer> outputs = new LinkedHashMap<>();

  /** The only input, or the first. */
  private String first;

  private FloatPointer output;
  private final OutputSums outputSums = new OutputSums();

  /** The inputs themselves, or callers' memory that is read in their place. */
  private final Map<String, FloatPointer> loaded = new HashMap<>();

  private int count;
  private boolean running;

  /**
   * Of a network with one output, or of its first. Lays everything out; allocates almost nothing.
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
      this.losses = losses.stream().map(of -> LossOp.of(builder, of)).toArray(LossOp[]::new);
      loaders = new Loaders(builder, this.losses, batch, training);
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
      builder.ops.forEach(op -> op.bind(slab));
      ops = builder.ops.toArray(new Op[0]);
      for (LossOp loss : losses) {
        loss.bind(slab);
        loss.batch(batch);
      }
      loaders.bind(slab);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
    builder.inputs.forEach((name, v) -> inputs.put(name, slab.floats(v.data.offset)));
    builder.outputs.forEach((name, v) -> outputs.put(name, slab.floats(v.data.offset)));
    first = inputs.keySet().iterator().next();
    output = outputs.values().iterator().next();
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
    if (running) {
      throw new InvalidArgumentException(
          "plan: called by a layer while the batch before is under way");
    }
    if (n < 1 || n > batch) {
      throw new InvalidArgumentException("plan: " + n + " samples do not fit a batch of " + batch);
    }
    if (n != count) {
      count = 0; // should an operation refuse, the next call asks all of them again
      for (Op op : ops) {
        op.batch(n);
      }
      for (LossOp loss : losses) {
        loss.batch(n);
      }
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
    loaders.load(samples, normalizations);
    inputs.forEach(this::readFrom);
  }

  private void readFrom(String name, FloatPointer from) {
    loaded.put(name, from);
    if (builder.planesReader != null) {
      builder.planesReader.readFrom(from);
    }
  }

  /**
   * Gathers a batch, in a thread of its own, that {@link #load(ImageBatch, Map)} is called with
   * next; of a plan for training, while its step runs.
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
    load(first, shape, nchw);
  }

  /** Loads samples of one input, as many as are in {@link #use}. */
  public void load(String name, Shape shape, FloatPointer nchw) {
    Value in = builder.inputs.get(name);
    if (!shape.isBatchOf(in.shape())) { // makes no shapes to find out
      NetworkData.requireInput(shape.sample(), in.shape());
    }
    if (builder.inputPlanes) {
      readFrom(name, nchw);
      return;
    }
    LayoutKernel.toNhwc(count, in.channels(), in.pixels(), nchw, inputs.get(name));
    readFrom(name, inputs.get(name));
  }

  public void labels(int[] labels) {
    if (labels.length != count) {
      throw new ShapeException(
          "training: " + labels.length + " labels do not fit " + count + " images");
    }
    losses[0].sampleWeights(null);
    losses[0].labels(labels, labels.length);
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
    if (shape.rank() < 1 || shape.dim(0) != count) {
      throw new ShapeException("training: targets " + shape + " do not fit " + count + " images");
    }
    losses[loss].sampleWeights(null);
    losses[loss].requireTargets(shape.sample());
    losses[loss].targets(values);
  }

  /**
   * Says which random numbers the next passes draw.
   *
   * @param step counts from 0
   */
  public void random(long seed, long step) {
    for (Op op : ops) {
      op.random(seed, step);
    }
  }

  /** Layers and losses of the user's own might call whoever runs this. */
  private void begin() {
    running = true;
    NativeRuntime.beginShare();
  }

  private void end() {
    NativeRuntime.endShare();
    running = false;
  }

  public void forward() {
    begin();
    try {
      for (Op op : ops) {
        op.forward();
      }
    } finally {
      end();
    }
  }

  /**
   * The sum of the outputs' weighted losses, of what {@link #forward} left; with gradients if the
   * plan is for training.
   */
  public double loss() {
    begin();
    try {
      double sum = 0;
      for (LossOp loss : losses) {
        sum += loss.loss();
      }
      return sum;
    } finally {
      end();
    }
  }

  /**
   * Where the loaded batch first becomes NaN or infinite: runs it forward again, layer by layer.
   * The batch must have been loaded anew.
   */
  public String firstNotFinite() {
    String found = NotFinite.first(builder, ops, slab, loaded, count);
    if (found != null) {
      return found;
    }
    return Arrays.stream(losses).allMatch(LossOp::targetsFinite)
        ? "every layer's output is finite"
        : "the targets are not finite";
  }

  public void backward() {
    begin();
    try {
      for (int s = builder.timeline.count() - 1; s >= builder.timeline.first(); s--) {
        backward(s);
      }
    } finally {
      end();
    }
  }

  private void backward(int segment) {
    Timeline t = builder.timeline;
    int begin = segment == 0 ? 0 : builder.made.get(t.start(segment) - 1).ops();
    int end = ops.length;
    if (t.forgets(segment)) {
      end = builder.made.get(t.start(segment + 1) - 1).ops();
      for (int i = begin; i < end; i++) {
        ops[i].recompute();
      }
    }
    for (int i = end - 1; i >= begin; i--) {
      ops[i].backward();
    }
  }

  /**
   * Runs the loaded batch forward, in a plan for training through the losses and backward, too, and
   * times each operation.
   */
  public StepTimes time() {
    Op[] plain = ops;
    TimedOp[] timed = TimedOp.of(plain);
    ops = timed;
    try {
      long begin = System.nanoTime();
      forward();
      long lossBegins = System.nanoTime();
      long lossEnds = lossBegins;
      if (builder.training) {
        loss();
        lossEnds = System.nanoTime();
        backward();
      }
      long end = System.nanoTime();
      return StepTimes.of(builder.made, timed, lossEnds - lossBegins, end - begin);
    } finally {
      ops = plain;
    }
  }

  /**
   * Adds the losses of what {@link #forward} left to sums over samples.
   *
   * @param shares receives how many samples they are over: parts of one, where labels are ignored
   */
  void addLosses(double[] sums, double[] shares) {
    for (int i = 0; i < losses.length; i++) {
      sums[i] += losses[i].loss() * losses[i].share();
      shares[i] += losses[i].share();
    }
  }

  /** Adds the outputs of the last forward pass, which are lost, to a weighted sum. */
  void addOutputs(boolean first, double weight) {
    eachOutput((i, values, n) -> outputSums.add(i, first, weight, values, n));
  }

  /** Puts the sum in the outputs' place. */
  void putOutputs() {
    eachOutput(outputSums::put);
  }

  private interface OutputVisitor {
    void output(int number, FloatPointer values, long n);
  }

  private void eachOutput(OutputVisitor visitor) {
    int i = 0;
    for (Map.Entry<String, Value> out : builder.outputs.entrySet()) {
      long n = count * out.getValue().shape().elements();
      visitor.output(i++, outputs.get(out.getKey()), n);
    }
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
    int i = 0;
    for (Map.Entry<String, Value> out : builder.outputs.entrySet()) {
      if (scorers[i] != null) {
        long all = count * out.getValue().shape().elements();
        float[] values = Heap.floats("evaluate: outputs", all);
        outputs.get(out.getKey()).get(values);
        loaders.score(i, scorers[i], values);
      }
      i++;
    }
  }

  /** How many answers of the loaded samples are right or wrong; 0 where the loss knows of none. */
  public long answers() {
    long sum = 0;
    for (LossOp loss : losses) {
      sum += loss.answers();
    }
    return sum;
  }

  /** How many answers a sample gives of which none is ignored. */
  public long mostAnswers() {
    long sum = 0;
    for (LossOp loss : losses) {
      sum += loss.mostAnswers();
    }
    return sum;
  }

  /** How many answers of the loaded samples are right. */
  public long correct() {
    long sum = 0;
    for (LossOp loss : losses) {
      sum += loss.correct();
    }
    return sum;
  }

  /** The only output, or the first, of the last forward pass in inference, in callers' order. */
  public FloatPointer output() {
    return output;
  }

  /** One output of the last forward pass in inference, in callers' order. */
  public FloatPointer output(String name) {
    return outputs.get(name);
  }

  @Override
  public void close() {
    outputSums.close();
    awaitGathering();
    loaders.close();
    descriptors.forEach(OffHeap::close);
    if (slab != null) {
      slab.close();
    }
  }
}
