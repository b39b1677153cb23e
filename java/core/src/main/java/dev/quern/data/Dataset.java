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
 * create sets from arrays. Custom data sets implement this interface; they may be larger than
 * memory, because samples are read on demand.
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
 * Training and evaluation read name, size, shape, kind, classes and {@link #hasTargets} once, at
 * the start; these must not change afterwards. Samples, labels and targets are read in any order,
 * and again in each epoch. Several threads call methods concurrently, for example to prefetch the
 * next batch, so an implementation must be thread-safe. After {@code fit} or {@code evaluate} has
 * returned, no method is called. An implementation must not call the trainer.
 *
 * <p>Training or evaluation throws a {@link dev.quern.error.DataException} if the set throws while
 * it is read, returns a label outside the classes or a value that is not finite, or does not fill a
 * buffer. The weights are unchanged, and the trainer remains usable. The default methods of this
 * interface do not wrap exceptions.
 */
public interface Dataset {
  /** Type of the values of a sample. */
  enum Kind {
    /**
     * Unsigned bytes, read with {@link Dataset#copyBytes} and divided by 255 before normalization.
     */
    BYTES,
    /** Floats, read with {@link Dataset#copyFloats}. */
    FLOATS
  }

  /**
   * Creates a thread-safe data set of bytes and labels in arrays. The array of labels is copied;
   * the array of values is not, and must not change afterwards.
   *
   * @param shape the shape of one sample, {@code [C, H, W]} for an image
   * @param classes the class names in label order
   * @param values unsigned bytes in the shape's order, sample after sample
   * @throws InvalidArgumentException if the numbers of values and labels do not match, or a label
   *     is not a class index
   */
  static Dataset of(String name, Shape shape, List<String> classes, byte[] values, int[] labels) {
    return ArrayDataset.of(name, shape, classes, new Values(values, null), labels);
  }

  /**
   * Creates a data set of floats and labels as {@link #of(String, Shape, List, byte[], int[])} does
   * for bytes.
   */
  static Dataset of(String name, Shape shape, List<String> classes, float[] values, int[] labels) {
    return ArrayDataset.of(name, shape, classes, new Values(null, values), labels);
  }

  /**
   * Creates a data set of bytes with targets, without labels and classes.
   *
   * @param shape the shape of one sample
   * @param values unsigned bytes in the shape's order, sample after sample
   * @param targetShape the shape of one sample's target, usually the shape of the network's output
   * @param targets the targets, sample after sample, from the buffer's position to its limit
   * @throws InvalidArgumentException if the numbers of values and targets do not match, or a target
   *     is not finite
   */
  static Dataset ofTargets(
      String name, Shape shape, byte[] values, Shape targetShape, FloatBuffer targets) {
    return ArrayDataset.ofTargets(name, shape, new Values(values, null), targetShape, targets);
  }

  /**
   * Creates a data set of floats with targets as {@link #ofTargets(String, Shape, byte[], Shape,
   * FloatBuffer)} does for bytes.
   */
  static Dataset ofTargets(
      String name, Shape shape, float[] values, Shape targetShape, FloatBuffer targets) {
    return ArrayDataset.ofTargets(name, shape, new Values(null, values), targetShape, targets);
  }

  /** Returns the name, for example {@code cifar10}. */
  String name();

  /** Returns the number of samples. */
  int size();

  /** Returns one sample's shape, {@code [C, H, W]} for an image. */
  Shape shape();

  /** Returns the class names, in label order; empty without classes. */
  List<String> classes();

  /** Returns the type of the values; default bytes. */
  default Kind kind() {
    return Kind.BYTES;
  }

  /**
   * Returns the number of threads that read a batch's bytes or floats concurrently, ahead of the
   * step that needs them; default 1. Data sets that decode files or wait for I/O should return
   * more. At most 64 threads are used. Results do not depend on this number.
   */
  default int readers() {
    return 1;
  }

  /**
   * Copies the bytes of sample {@code index} to the buffer's position, in the shape's order, and
   * advances the position. A data set of kind {@link Kind#BYTES} must override this method.
   *
   * @throws InvalidArgumentException if the sample does not exist, the buffer is too small, or the
   *     kind is {@link Kind#FLOATS}
   */
  default void copyBytes(int index, ByteBuffer to) {
    throw DatasetRules.hasNo(this, "bytes");
  }

  /**
   * Copies the floats of a sample to a buffer as {@link #copyBytes} copies bytes. A data set of
   * kind {@link Kind#FLOATS} must override this method.
   */
  default void copyFloats(int index, FloatBuffer to) {
    throw DatasetRules.hasNo(this, "floats");
  }

  /** Returns whether samples have targets rather than labels; default false. */
  default boolean hasTargets() {
    return false;
  }

  /**
   * Returns the label of sample {@code index}: a class index from 0. A set with labels must
   * override this method.
   *
   * @throws InvalidArgumentException if the sample does not exist, or the set has targets
   */
  default int label(int index) {
    throw DatasetRules.hasNo(this, "labels");
  }

  /**
   * Returns the shape of one sample's target. A set with targets must override this method.
   *
   * @throws InvalidArgumentException if the set has labels
   */
  default Shape targetShape() {
    throw DatasetRules.hasNo(this, "targets");
  }

  /**
   * Copies the target of sample {@code index} to the buffer's position, in the target shape's
   * order, and advances the position. A set with targets must override this method.
   *
   * @throws InvalidArgumentException if the sample does not exist, the buffer is too small, or the
   *     set has labels
   */
  default void copyTarget(int index, FloatBuffer to) {
    throw DatasetRules.hasNo(this, "targets");
  }

  /**
   * Copies the target of a sample whose image is augmented, as {@link #copyTarget(int,
   * FloatBuffer)} does, but with boxes that are moved with the image. The default implementation
   * copies the target unchanged. A set whose targets contain boxes must override this method.
   *
   * @param boxes the mapping of boxes, in pixels of the network's input
   */
  default void copyTarget(int index, BoxMove boxes, FloatBuffer to) {
    copyTarget(index, to);
  }

  /** Returns whether the set has sample weights; default false. */
  default boolean hasWeights() {
    return false;
  }

  /**
   * Returns the weight of sample {@code index}, the factor of its loss in training: at least 0,
   * default 1. A set with sample weights must override this method.
   *
   * @throws InvalidArgumentException if the sample does not exist
   * @see #withWeights
   */
  default float weight(int index) {
    return 1;
  }

  /** Returns the bytes of sample {@code index}, in the shape's order. */
  default byte[] image(int index) {
    byte[] image = Heap.bytes("data set " + name(), DatasetRules.each(name(), shape()));
    ByteBuffer to = ByteBuffer.wrap(image);
    copyBytes(index, to);
    DatasetRules.requireFull(name(), index, to);
    return image;
  }

  /** Returns the floats of sample {@code index}, in the shape's order. */
  default float[] floats(int index) {
    float[] values = Heap.floats("data set " + name(), DatasetRules.each(name(), shape()));
    FloatBuffer to = FloatBuffer.wrap(values);
    copyFloats(index, to);
    DatasetRules.requireFull(name(), index, to);
    return values;
  }

  /** Returns the target of sample {@code index}, in the target shape's order. */
  default float[] target(int index) {
    float[] target = Heap.floats("data set " + name(), DatasetRules.each(name(), targetShape()));
    FloatBuffer to = FloatBuffer.wrap(target);
    copyTarget(index, to);
    DatasetRules.requireFull(name(), index, to);
    return target;
  }

  /**
   * Computes the mean and standard deviation of each channel over all samples; bytes are scaled to
   * [0, 1] first. Reads the whole set once; for a large set, use a {@link #slice}. For float
   * samples {@code [F]}, each feature is a channel, and the standard deviation of a constant
   * feature is 1. Samples of any other shape than {@code [C, H, W]} count as one channel.
   */
  default Normalization normalization() {
    return kind() == Kind.FLOATS ? Statistics.ofFloats(this) : Statistics.ofBytes(this);
  }

  /** Returns a view of the samples from {@code from} (inclusive) to {@code to} (exclusive). */
  default Dataset slice(int from, int to) {
    return Subset.slice(this, from, to);
  }

  /**
   * Returns a view of the samples in a random order that depends only on the seed, for example to
   * hold out random samples.
   */
  default Dataset shuffled(long seed) {
    return subset(Philox.permutation(seed, 0, DatasetRules.size(this)));
  }

  /**
   * Returns a view of some samples in a given order; a sample may occur several times.
   *
   * @param indices sample indices in this set; copied
   * @throws InvalidArgumentException if a sample does not exist
   */
  default Dataset subset(int[] indices) {
    return Subset.checked(this, indices);
  }

  /**
   * Returns a view in which all classes have as many samples as the largest class. Samples of
   * smaller classes are repeated; within a class, the numbers of repetitions differ by at most 1.
   * The seed determines the order, and the samples that occur once more than others of their class.
   * Classes without samples remain empty. Training on the view can be resumed.
   *
   * @throws InvalidArgumentException if the set has targets, or the view has more samples than a
   *     Java array can index
   */
  default Dataset balanced(long seed) {
    return Balanced.of(this, seed);
  }

  /**
   * Returns a view of {@code size} samples in which each sample occurs in proportion to its weight,
   * rounded up or down. The seed determines rounding and order.
   *
   * @param weights one weight per sample, at least 0, not all 0
   * @param size the number of samples in the view, at least 1
   * @throws InvalidArgumentException if the numbers of weights and samples differ, a weight is
   *     negative or not finite, or all weights are 0
   */
  default Dataset weighted(double[] weights, int size, long seed) {
    return Balanced.weighted(this, weights, size, seed);
  }

  /**
   * Returns a view of these samples with targets in place of labels. The class names of this set
   * become the names of the outputs.
   *
   * @param shape the shape of one sample's target
   * @param values the targets, sample after sample, from the buffer's position to its limit; not
   *     copied
   * @throws InvalidArgumentException if the numbers of targets and samples differ, or a value is
   *     not finite
   */
  default Dataset withTargets(Shape shape, FloatBuffer values) {
    return TargetDataset.of(this, Targets.of(name(), shape, values));
  }

  /**
   * Returns a view of these samples with targets in place of labels, one row per sample: class
   * probabilities, multi-label targets of 0 and 1, or regression targets.
   *
   * @throws InvalidArgumentException if the numbers of rows and samples differ, rows differ in
   *     length, or a target is not finite
   */
  default Dataset withTargets(float[][] rows) {
    return TargetDataset.of(this, Targets.of(name(), rows));
  }

  /**
   * Returns a view with sample weights for the loss in {@link dev.quern.train.Trainer#fit}. The
   * loss of a batch is the weighted mean {@code sum(w * loss) / sum(w)}, as in PyTorch with class
   * weights, so doubling all weights changes nothing; with reduction sum, it is {@code sum(w *
   * loss)}. A batch with only zero weights has the loss 0. Evaluation ignores the weights. Further
   * views of the returned view keep the weights, but data set files cannot store weights: save a
   * set before adding weights.
   *
   * @param weights one weight per sample, finite and at least 0; copied
   * @throws InvalidArgumentException if the numbers of weights and samples differ, or a weight is
   *     negative or not finite
   */
  default Dataset withWeights(float... weights) {
    return WeightedDataset.of(this, weights);
  }

  /**
   * Returns a view in which each sample is its own target, for autoencoders: bytes scaled to [0,
   * 1], floats unchanged. The view has no classes.
   */
  default Dataset withSamplesAsTargets() {
    return new SelfDataset(this);
  }

  /**
   * Returns a view with other class names; in a set with targets, these are the names of the
   * outputs.
   *
   * @throws InvalidArgumentException if the set has labels, and the number of names differs from
   *     the number of classes
   */
  default Dataset withClasses(List<String> names) {
    return NamedDataset.of(this, names);
  }
}
