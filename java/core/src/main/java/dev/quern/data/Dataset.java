package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Philox;
import dev.quern.internal.arguments.Heap;
import dev.quern.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * A data set: samples by index, each with a label or a target. {@link #of} and {@link #ofTargets}
 * create sets from arrays. Custom sets implement this interface: samples are read on demand, so a
 * set may be larger than memory.
 *
 * <pre>{@code
 * record Ramp(int size) implements Dataset {
 *   public String name() {
 *     return "ramp";
 *   }
 *
 *   public Shape shape() {
 *     return Shape.of(1, 8, 8);
 *   }
 *
 *   public List<String> classes() {
 *     return List.of("dark", "bright");
 *   }
 *
 *   public void copyBytes(int index, ByteBuffer to) {
 *     while (to.hasRemaining()) {
 *       to.put((byte) index);
 *     }
 *   }
 *
 *   public int label(int index) {
 *     return (index & 0xff) / 128;
 *   }
 * }
 * }</pre>
 *
 * Trainer and evaluation read name, size, shape, kind, classes and targets once at the start and
 * rely on them to the end. Samples, labels and targets are read in any order, again in each epoch.
 * Calls come from the thread that trains or evaluates, and from one that loads the next batch
 * during a step. They may be concurrent, so an implementation must be thread-safe. No calls come
 * after the method that got the set has returned. A call must not call a trainer.
 *
 * <p>If a set throws while it is read, returns a label outside the classes or a value that is not
 * finite, or does not fill a buffer, training or evaluation throws a {@link
 * dev.quern.error.DataException}. The weights are unchanged, and the trainer remains usable. The
 * default methods below pass on the set's exceptions unchanged.
 */
public interface Dataset {
  /** Type of the values of a sample. */
  enum Kind {
    /** Unsigned, by {@link Dataset#copyBytes}; a normalization divides them by 255 first. */
    BYTES,
    /** By {@link Dataset#copyFloats}. */
    FLOATS
  }

  /**
   * Bytes and labels in arrays. Values are not copied, so their array may not change afterwards;
   * then safe for any number of threads. So are the other sets of arrays. Labels are copied.
   *
   * @param shape of one sample, {@code [C, H, W]} for an image
   * @param classes names in label order
   * @param values unsigned, in the shape's order, sample after sample
   * @throws InvalidArgumentException if sizes disagree or a label is not a class
   */
  static Dataset of(String name, Shape shape, List<String> classes, byte[] values, int[] labels) {
    return ArrayDataset.of(name, shape, classes, new Values(values, null), labels);
  }

  /** {@link #of(String, Shape, List, byte[], int[])} of floats. */
  static Dataset of(String name, Shape shape, List<String> classes, float[] values, int[] labels) {
    return ArrayDataset.of(name, shape, classes, new Values(null, values), labels);
  }

  /**
   * Bytes without labels, and without classes.
   *
   * @param shape of one sample
   * @param values unsigned, in the shape's order, sample after sample
   * @param targetShape of one sample's target; usually the network's output
   * @param targets from position to limit, sample after sample
   * @throws InvalidArgumentException if sizes disagree or a target is not finite
   */
  static Dataset ofTargets(
      String name, Shape shape, byte[] values, Shape targetShape, FloatBuffer targets) {
    return ArrayDataset.ofTargets(name, shape, new Values(values, null), targetShape, targets);
  }

  /** {@link #ofTargets(String, Shape, byte[], Shape, FloatBuffer)} of floats. */
  static Dataset ofTargets(
      String name, Shape shape, float[] values, Shape targetShape, FloatBuffer targets) {
    return ArrayDataset.ofTargets(name, shape, new Values(null, values), targetShape, targets);
  }

  /** For example {@code cifar10}. */
  String name();

  /** The number of samples. */
  int size();

  /** One sample's shape, {@code [C, H, W]} for an image. */
  Shape shape();

  /** Class names, in label order; empty without classes. */
  List<String> classes();

  /** Returns the type of the values; default bytes. */
  default Kind kind() {
    return Kind.BYTES;
  }

  /**
   * The number of threads that read a batch's bytes or floats concurrently, ahead of the step that
   * needs them; default 1. Sets that decode or wait return more; then a batch of any size is read
   * ahead. At most 64 are used. Results do not depend on it.
   */
  default int readers() {
    return 1;
  }

  /**
   * Writes the bytes of sample {@code index}, in the shape's order, from the buffer's position on,
   * and advances the position. A set of bytes overrides it.
   *
   * @throws InvalidArgumentException if the sample does not exist, the buffer is too small, or the
   *     set is of floats
   */
  default void copyBytes(int index, ByteBuffer to) {
    throw DatasetRules.hasNo(this, "bytes");
  }

  /** {@link #copyBytes} of floats. A set of floats overrides it. */
  default void copyFloats(int index, FloatBuffer to) {
    throw DatasetRules.hasNo(this, "floats");
  }

  /** Whether samples have targets rather than labels; default false. */
  default boolean hasTargets() {
    return false;
  }

  /**
   * The label of sample {@code index}, counted from 0. A set with labels overrides it.
   *
   * @throws InvalidArgumentException if the sample does not exist, or the set has targets
   */
  default int label(int index) {
    throw DatasetRules.hasNo(this, "labels");
  }

  /**
   * The shape of one sample's target. A set of targets overrides it.
   *
   * @throws InvalidArgumentException if the set has labels
   */
  default Shape targetShape() {
    throw DatasetRules.hasNo(this, "targets");
  }

  /**
   * Writes the target of sample {@code index}, in the target shape's order, from the buffer's
   * position on, and advances the position. A set with targets overrides it.
   *
   * @throws InvalidArgumentException if the sample does not exist, the buffer is too small, or the
   *     set has labels
   */
  default void copyTarget(int index, FloatBuffer to) {
    throw DatasetRules.hasNo(this, "targets");
  }

  /**
   * Writes the target of a sample with an augmented image: the target of {@link #copyTarget(int,
   * FloatBuffer)} with its boxes mapped like the image. By default it writes that target unchanged.
   * A set with targets made of boxes overrides it.
   *
   * @param boxes mapping of boxes in the network's input
   */
  default void copyTarget(int index, BoxMove boxes, FloatBuffer to) {
    copyTarget(index, to);
  }

  /** Whether samples have weights of their own in training; default false. */
  default boolean hasWeights() {
    return false;
  }

  /**
   * The sample weight of sample {@code index}, by which its loss is multiplied in training, at
   * least 0; default 1. A set with sample weights overrides it.
   *
   * @throws InvalidArgumentException if the sample does not exist
   * @see #withWeights
   */
  default float weight(int index) {
    return 1;
  }

  /** The bytes of sample {@code index}, in the shape's order. */
  default byte[] image(int index) {
    byte[] image = Heap.bytes("data set " + name(), DatasetRules.each(name(), shape()));
    ByteBuffer to = ByteBuffer.wrap(image);
    copyBytes(index, to);
    DatasetRules.requireFull(name(), index, to);
    return image;
  }

  /** The floats of sample {@code index}, in the shape's order. */
  default float[] floats(int index) {
    float[] values = Heap.floats("data set " + name(), DatasetRules.each(name(), shape()));
    FloatBuffer to = FloatBuffer.wrap(values);
    copyFloats(index, to);
    DatasetRules.requireFull(name(), index, to);
    return values;
  }

  /** The target of sample {@code index}, in the target shape's order. */
  default float[] target(int index) {
    float[] target = Heap.floats("data set " + name(), DatasetRules.each(name(), targetShape()));
    FloatBuffer to = FloatBuffer.wrap(target);
    copyTarget(index, to);
    DatasetRules.requireFull(name(), index, to);
    return target;
  }

  /**
   * The mean and standard deviation of each channel over all samples, of bytes after scaling to [0,
   * 1]. Reads the whole set once; of a large one, a {@link #slice} will do. Samples {@code [F]} of
   * floats have a mean and a standard deviation for each feature, 1 where it is constant. Any other
   * shape than {@code [C, H, W]} counts as one channel, a signal {@code [1, L]} too.
   */
  default Normalization normalization() {
    return kind() == Kind.FLOATS ? Statistics.ofFloats(this) : Statistics.ofBytes(this);
  }

  /** A view of the samples from {@code from} up to but not including {@code to}. */
  default Dataset slice(int from, int to) {
    return Subset.slice(this, from, to);
  }

  /** A view of the samples in an order that the seed decides; to hold some of them out. */
  default Dataset shuffled(long seed) {
    return subset(Philox.permutation(seed, 0, DatasetRules.size(this)));
  }

  /**
   * Returns a view of some samples in a given order; a sample may occur several times.
   *
   * @param indices indices of this set, copied
   * @throws InvalidArgumentException if a sample does not exist
   */
  default Dataset subset(int[] indices) {
    return Subset.checked(this, indices);
  }

  /**
   * Returns a view in which each class occurs as often as the largest: samples of the others occur
   * several times, with counts within a class that differ by at most one. The seed determines which
   * ones occur more often, and the order. Classes without samples remain empty. Training on it can
   * be resumed as on any other set.
   *
   * @throws InvalidArgumentException if the set has targets, or the result has more samples than a
   *     Java array holds
   */
  default Dataset balanced(long seed) {
    return Balanced.of(this, seed);
  }

  /**
   * Returns a view of {@code size} samples, each with a frequency proportional to its weight,
   * rounded up or down; the seed determines the rounding and the order.
   *
   * @param weights one per sample, at least 0, not all 0
   * @param size size of the view, at least 1
   * @throws InvalidArgumentException if the number of weights differs from that of samples, or they
   *     break a rule
   */
  default Dataset weighted(double[] weights, int size, long seed) {
    return Balanced.weighted(this, weights, size, seed);
  }

  /**
   * A view of these samples with targets in place of labels; classes stay, as the names of outputs.
   *
   * @param shape of one sample's target
   * @param values from position to limit, sample after sample; not copied
   * @throws InvalidArgumentException if there are not as many as samples, or one is not finite
   */
  default Dataset withTargets(Shape shape, FloatBuffer values) {
    return TargetDataset.of(this, Targets.of(name(), shape, values));
  }

  /**
   * A view of these samples with a row of targets each in place of labels: probabilities of the
   * classes, several labels of 0 or 1, or numbers to come near to.
   *
   * @throws InvalidArgumentException if there are not as many rows as samples, all equally long, or
   *     a target is not finite
   */
  default Dataset withTargets(float[][] rows) {
    return TargetDataset.of(this, Targets.of(name(), rows));
  }

  /**
   * Returns a view with sample weights for the loss in {@link dev.quern.train.Trainer#fit}. The
   * loss of a batch is the weighted mean, {@code sum of w loss / sum of w}, as PyTorch's with class
   * weights: doubling all weights changes nothing. With reduction sum it is {@code sum of w loss}.
   * A batch with only zero weights has the loss 0. Evaluation ignores the weights. Views of this
   * set keep its weights; a data set file cannot store them, so save a set before adding weights.
   *
   * @param weights one per sample, copied
   * @throws InvalidArgumentException if the number of weights differs from that of samples, or one
   *     is not finite and at least 0
   */
  default Dataset withWeights(float... weights) {
    return WeightedDataset.of(this, weights);
  }

  /**
   * Returns a view in which each sample is its own target, for autoencoders: bytes scaled to [0,
   * 1], floats unchanged. It has no classes.
   */
  default Dataset withSamplesAsTargets() {
    return new SelfDataset(this);
  }

  /**
   * Returns a view of the same samples with these names of classes, or of the outputs that targets
   * are for.
   *
   * @throws InvalidArgumentException if there are labels, and the number of names differs from that
   *     of classes
   */
  default Dataset withClasses(List<String> names) {
    return NamedDataset.of(this, names);
  }
}
