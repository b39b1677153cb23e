package dev.quern.plan;

import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.LayoutKernel;
import dev.quern.kernel.VectorKernel;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Loss;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
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
  private final LossOp loss;
  private final ImageLoader images;
  private Op[] ops;
  private OffHeap slab;
  private FloatPointer input;

  /** The input itself, or callers' memory that is read in its place. */
  private FloatPointer loaded;

  private FloatPointer output;
  private int count;
  private boolean running;

  /** Lays everything out; allocates almost nothing. */
  public Plan(Network network, Weights weights, int batch, boolean training, Loss loss) {
    this(network, weights, batch, training, loss, 1);
  }

  private Plan(
      Network network, Weights weights, int batch, boolean training, Loss loss, int segments) {
    if (batch < 1) {
      throw new InvalidArgumentException("plan: batch " + batch + " must be at least 1");
    }
    this.batch = batch;
    try {
      builder = new Builder(network, weights, batch, training, segments, descriptors);
      this.loss = LossOp.of(builder, loss);
      images = new ImageLoader(builder, this.loss, batch, training);
      builder.slab.place(builder.timeline);
    } catch (RuntimeException | Error e) {
      descriptors.forEach(OffHeap::close);
      throw e;
    }
  }

  /**
   * A plan for training.
   *
   * @param weightsOrNull null for a plan that can only tell its size
   * @param recompute whether it forgets activations and computes them again in its backward pass,
   *     in whichever segments take the least memory; the numbers are the same
   */
  public static Plan training(
      Network network, Weights weightsOrNull, int batch, Loss loss, boolean recompute) {
    Plan best = new Plan(network, weightsOrNull, batch, true, loss);
    for (int segments = 2; recompute && segments <= MOST_SEGMENTS; segments++) {
      Plan p = new Plan(network, weightsOrNull, batch, true, loss, segments);
      boolean better = p.bytes() < best.bytes();
      (better ? best : p).close();
      best = better ? p : best;
    }
    return best;
  }

  /** A plan that can tell its size but not run: without weights, it costs no memory. */
  public static Plan layout(Network network, int batch, boolean training) {
    return new Plan(network, null, batch, training, new CrossEntropy());
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
      loss.bind(slab);
      loss.batch(batch);
      images.bind(slab);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
    input = slab.floats(builder.input.data.offset);
    output = slab.floats(builder.output.data.offset);
    count = batch;
    return this;
  }

  public int batch() {
    return batch;
  }

  /** Sets how many samples the next passes use, at most the planned batch. */
  private void use(int n) {
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
      loss.batch(n);
      count = n;
    }
  }

  /** Loads images of a data set, with their labels or targets. */
  public void load(ImageBatch batchOfImages, Normalization normalization) {
    use(batchOfImages.n());
    images.load(batchOfImages, normalization);
    readFrom(input);
  }

  private void readFrom(FloatPointer from) {
    loaded = from;
    if (builder.planesReader != null) {
      builder.planesReader.readFrom(from);
    }
  }

  /**
   * Gathers a batch, in a thread of its own, that {@link #load(ImageBatch, Normalization)} is
   * called with next; of a plan for training, while its step runs.
   */
  public void gatherAhead(ImageBatch next) {
    images.ahead(next);
  }

  /** Waits for what is gathered ahead. */
  public void awaitGathering() {
    images.await();
  }

  /**
   * Loads {@code n} samples in callers' order.
   *
   * @param shape a sample's, with any batch in front
   * @param nchw stays as it is until the passes over it are done: planes are read where they lie,
   *     since to copy them took a tenth of the notebook's step
   */
  public void load(Shape shape, FloatPointer nchw, int n) {
    use(n);
    Value in = builder.input;
    if (!isBatchOf(shape, in.shape())) {
      requireInput(shape.sample(), in.shape());
    }
    if (builder.inputPlanes) {
      readFrom(nchw);
      return;
    }
    LayoutKernel.toNhwc(n, in.channels(), in.pixels(), nchw, input);
    readFrom(input);
  }

  /** Whether a shape is that of samples with a batch in front; makes no shapes to find out. */
  public static boolean isBatchOf(Shape shape, Shape sample) {
    boolean same = shape.rank() == sample.rank() + 1;
    for (int axis = 0; same && axis < sample.rank(); axis++) {
      same = shape.dim(axis + 1) == sample.dim(axis);
    }
    return same;
  }

  public void labels(int[] labels) {
    if (labels.length != count) {
      throw new ShapeException(
          "training: " + labels.length + " labels do not fit " + count + " images");
    }
    loss.labels(labels, labels.length);
  }

  /** Targets of the loaded samples, in callers' order. */
  public void targets(Shape shape, FloatPointer values) {
    if (shape.rank() < 1 || shape.dim(0) != count) {
      throw new ShapeException("training: targets " + shape + " do not fit " + count + " images");
    }
    images.requireTargets(shape.sample());
    loss.targets(values);
  }

  static void requireInput(Shape got, Shape wanted) {
    if (!got.equals(wanted)) {
      throw new ShapeException("network: images of " + got + " do not fit its input " + wanted);
    }
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

  public void forward() {
    running = true; // layers of the user's own might call whoever runs this
    try {
      for (Op op : ops) {
        op.forward();
      }
    } finally {
      running = false;
    }
  }

  /** The loss of what {@link #forward} left; with gradients if the plan is for training. */
  public double loss() {
    return loss.loss();
  }

  /**
   * Where the loaded batch first becomes NaN or infinite: runs it forward again, layer by layer.
   * The batch must have been loaded anew.
   */
  public String firstNotFinite() {
    if (!isFinite(loaded, count * builder.input.shape().elements())) {
      return "the images are not finite";
    }
    int done = 0;
    for (Builder.Made made : builder.made) {
      for (Network.Node node : made.chain().nodes()) {
        if (!builder.weightsFinite(node.name())) {
          return "layer " + node.name() + " is the first whose weights are not finite";
        }
      }
      for (; done < made.ops(); done++) {
        ops[done].forward();
      }
      Value v = made.value();
      if (!isFinite(slab.floats(v.data.offset), count * v.shape().elements())) {
        return "layer " + made.chain().name() + " is the first whose output is not finite";
      }
    }
    return loss.targetsFinite() ? "every layer's output is finite" : "the targets are not finite";
  }

  static boolean isFinite(FloatPointer values, long n) {
    try (OffHeap squares = new OffHeap(8, "sum of squares")) {
      DoublePointer sum = squares.doubles(0);
      VectorKernel.sumSquares(n, values, sum);
      return Double.isFinite(sum.get());
    }
  }

  public void backward() {
    running = true;
    try {
      for (int s = builder.timeline.count() - 1; s >= 0; s--) {
        backward(s);
      }
    } finally {
      running = false;
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

  /** How many answers a sample gives that are right or wrong; 0 where the loss knows of none. */
  public long answers() {
    return loss.answers();
  }

  /** How many answers of the loaded samples are right. */
  public long correct() {
    return loss.correct();
  }

  /** The output of the last forward pass, in callers' order. */
  public FloatPointer output() {
    return output;
  }

  @Override
  public void close() {
    images.await();
    descriptors.forEach(OffHeap::close);
    if (slab != null) {
      slab.close();
    }
  }
}
