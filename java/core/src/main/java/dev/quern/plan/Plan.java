package dev.quern.plan;

import dev.quern.Network;
import dev.quern.Shape;
import dev.quern.bindings.Quern;
import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Block;
import dev.quern.internal.Memory;
import dev.quern.internal.Status;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Loss;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A network for one batch size as a list of native calls on one slab of memory. Nothing is
 * allocated after {@link #allocate}. Not thread-safe; several plans may share {@link Weights}.
 */
public final class Plan implements AutoCloseable {
  private final Builder builder;
  private final int batch;
  private final LossOp loss;
  private final Slot staging;
  private final Slot scales;
  private Block slab;
  private ByteBuffer stagingBuffer;
  private int count;
  private boolean running;

  /** Lays everything out; allocates almost nothing. */
  public Plan(Network network, Weights weights, int batch, boolean training, Loss loss) {
    if (batch < 1) {
      throw new InvalidArgumentException("plan: batch " + batch + " must be at least 1");
    }
    this.batch = batch;
    builder = new Builder(network, weights, batch, training);
    Slab s = builder.slab;
    staging = s.slot(network.input().batch(batch).elements()).at(0);
    scales = s.slot(8 * Math.max(1, network.input().dim(0))).at(0).at(builder.endTime());
    this.loss = LossOp.of(builder, loss);
    s.place();
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
    Memory.check(bytes(), "plan for batch " + batch);
    slab = new Block(bytes(), "plan for batch " + batch);
    builder.ops.forEach(op -> op.bind(slab));
    loss.bind(slab);
    loss.batch(batch);
    if (staging.bytes <= Integer.MAX_VALUE) {
      BytePointer p = slab.chars(staging.offset);
      stagingBuffer = p.capacity(staging.bytes).asByteBuffer();
    }
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
      builder.ops.forEach(op -> op.batch(n));
      loss.batch(n);
      count = n;
    }
  }

  /**
   * Loads the images {@code order[from]} to {@code order[from + n - 1]} of a data set, with their
   * labels or targets.
   */
  public void load(Dataset data, int[] order, int from, int n, Normalization normalization) {
    use(n);
    Shape in = builder.input.shape;
    requireInput(data.shape(), in);
    if (stagingBuffer == null) {
      throw new InvalidArgumentException(
          "plan: a batch of " + batch + " images is over 2 GiB of pixels");
    }
    for (int i = 0; i < n; i++) {
      data.copyImage(order[from + i], stagingBuffer, i * data.imageBytes());
    }
    if (data.hasTargets()) {
      loadTargets(data, order, from);
    } else {
      loss.labels(IntStream.range(from, from + n).map(i -> data.label(order[i])).toArray());
    }
    normalization.requireFit(in);
    setScales(normalization);
    int channels = (int) in.dim(0);
    Status.check(
        Quern.quern_images(
            n,
            channels,
            in.dim(1),
            in.dim(2),
            slab.chars(staging.offset),
            slab.floats(scales.offset),
            slab.floats(scales.offset + 4L * channels),
            slab.floats(builder.input.data.offset),
            builder.inputPlanes ? 0 : channels));
  }

  private void loadTargets(Dataset data, int[] order, int from) {
    requireTargets(data.targetShape());
    float[] target = new float[(int) data.targetShape().elements()];
    for (int i = 0; i < count; i++) {
      data.copyTarget(order[from + i], target);
      loss.target(i, target);
    }
  }

  private void requireTargets(Shape got) {
    if (!got.equals(builder.output.shape)) {
      throw new ShapeException(
          "network: targets of " + got + " do not fit its output " + builder.output.shape);
    }
  }

  private void setScales(Normalization normalization) {
    float[] mean = normalization.mean();
    float[] std = normalization.std();
    FloatPointer to = slab.floats(scales.offset);
    float[] both = new float[2 * mean.length];
    for (int c = 0; c < mean.length; c++) {
      both[c] = (float) (1 / (255.0 * std[c]));
      both[mean.length + c] = (float) (-(double) mean[c] / std[c]);
    }
    to.put(both, 0, both.length);
  }

  /** Loads {@code n} samples in callers' order. */
  public void load(Shape shape, FloatPointer nchw, int n) {
    use(n);
    requireInput(shape.sample(), builder.input.shape);
    Value in = builder.input;
    Status.check(
        Quern.quern_nchw_to_nhwc(
            n, in.channels(), in.pixels, 1, nchw, slab.floats(in.data.offset), in.channels()));
  }

  public void labels(int[] labels) {
    if (labels.length != count) {
      throw new ShapeException(
          "training: " + labels.length + " labels do not fit " + count + " images");
    }
    loss.labels(labels);
  }

  /** Targets of the loaded samples, in callers' order. */
  public void targets(Shape shape, FloatPointer values) {
    if (shape.rank() < 1 || shape.dim(0) != count) {
      throw new ShapeException("training: targets " + shape + " do not fit " + count + " images");
    }
    requireTargets(shape.sample());
    loss.targets(values);
  }

  private static void requireInput(Shape got, Shape wanted) {
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
    for (Op op : builder.ops) {
      op.random(seed, step);
    }
  }

  public void forward() {
    running = true; // layers of the user's own might call whoever runs this
    try {
      for (Op op : builder.ops) {
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
    if (!isFinite(slab.floats(builder.input.data.offset), count * builder.input.shape.elements())) {
      return "the images are not finite";
    }
    int done = 0;
    for (Builder.Made made : builder.made) {
      for (Network.Node node : made.step().nodes()) {
        if (!builder.weightsFinite(node.name())) {
          return "layer " + node.name() + " is the first whose weights are not finite";
        }
      }
      for (; done < made.ops(); done++) {
        builder.ops.get(done).forward();
      }
      Value v = made.value();
      if (!isFinite(slab.floats(v.data.offset), count * v.shape.elements())) {
        return "layer " + made.step().name() + " is the first whose output is not finite";
      }
    }
    return loss.targetsFinite() ? "every layer's output is finite" : "the targets are not finite";
  }

  static boolean isFinite(FloatPointer values, long n) {
    try (Block squares = new Block(8, "sum of squares")) {
      DoublePointer sum = squares.doubles(0);
      Status.check(Quern.quern_sum_squares(n, values, sum));
      return Double.isFinite(sum.get());
    }
  }

  public void backward() {
    List<Op> ops = builder.ops;
    running = true;
    try {
      for (int i = ops.size() - 1; i >= 0; i--) {
        ops.get(i).backward();
      }
    } finally {
      running = false;
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
    return slab.floats(builder.output.data.offset);
  }

  @Override
  public void close() {
    builder.blocks.forEach(Block::close);
    if (slab != null) {
      slab.close();
    }
  }
}
