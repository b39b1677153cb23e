package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Heap;
import dev.quern.internal.Philox;
import dev.quern.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Samples by index, each with a label or a target. Sets of arrays come from {@link #of} and {@link
 * #ofTargets}. Others implement this: a sample is read when it is asked for, so that a set may be
 * larger than memory.
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
 * A trainer and an evaluation ask for name, size, shape, kind, classes and targets once, when they
 * begin, and believe these answers to the end. Samples, labels and targets are asked for in any
 * order, again in each epoch. Calls come from the thread that trains or evaluates, and from one
 * that gathers the next batch while a step runs. They may come from several at once, so that an
 * implementation is safe for threads. None comes after the method that was given the set returned.
 * From inside a call, no trainer may be called.
 *
 * <p>What a set throws while it is read, a label outside the classes, a value that is not finite
 * and a buffer that is not filled end training or evaluation in a {@link
 * dev.quern.error.DataException}. The weights stay, and the trainer can go on. The methods below
 * that have a body hand on what the set throws as it is.
 */
public interface Dataset {
  /** How the values of a sample come. */
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

  /** Class names, in label order; empty where there are none. */
  List<String> classes();

  /** How values come; default bytes. */
  default Kind kind() {
    return Kind.BYTES;
  }

  /**
   * How many threads read a batch's bytes or floats at once, ahead of the step that needs them;
   * default 1. A set that decodes or waits says more, and then a batch of any size is read ahead.
   * At most 64 count. Results are the same for any number.
   */
  default int readers() {
    return 1;
  }

  /**
   * Writes the bytes of sample {@code index}, in the shape's order, from the buffer's position on,
   * and moves the position behind them. A set of bytes overrides it.
   *
   * @throws InvalidArgumentException if there is no such sample or no room, or the set is of floats
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
   * The label of sample {@code index}, from 0. A set of labels overrides it.
   *
   * @throws InvalidArgumentException if there is no such sample, or the set has targets
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
   * position on, and moves the position behind it. A set of targets overrides it.
   *
   * @throws InvalidArgumentException if there is no such sample or no room, or the set has labels
   */
  default void copyTarget(int index, FloatBuffer to) {
    throw DatasetRules.hasNo(this, "targets");
  }

  /**
   * The target of a sample whose image augmentations move: what {@link #copyTarget(int,
   * FloatBuffer)} writes, with boxes where the image's are then. Default: that target as it is. A
   * set whose targets are made of boxes overrides it, and need not ask where nothing moves.
   *
   * @param boxes where boxes of the network's input are then
   */
  default void copyTarget(int index, BoxMove boxes, FloatBuffer to) {
    copyTarget(index, to);
  }

  /** Whether samples have weights of their own in training; default false. */
  default boolean hasWeights() {
    return false;
  }

  /**
   * What the loss of sample {@code index} is multiplied by in training, a number of at least 0;
   * default 1. A set whose samples have weights overrides it.
   *
   * @throws InvalidArgumentException if there is no such sample
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
   * A view of some samples in an order of one's own; one may come several times.
   *
   * @param indices of this set, copied
   * @throws InvalidArgumentException if there is no such sample
   */
  default Dataset subset(int[] indices) {
    return Subset.checked(this, indices);
  }

  /**
   * A view in which each class comes equally often, as often as the largest: samples of the others
   * come several times, none more than once oftener than another of its class. The seed decides
   * which come oftener, and the order. A class without samples stays without. Training on it goes
   * on from a checkpoint as on any other set.
   *
   * @throws InvalidArgumentException if the set has targets, or more samples result than an array
   *     holds
   */
  default Dataset balanced(long seed) {
    return Balanced.of(this, seed);
  }

  /**
   * A view of {@code size} samples, each of which comes as often as its weight says, rounded up or
   * down; the seed decides which, and the order.
   *
   * @param weights one a sample, at least 0, not all 0
   * @param size of the view, at least 1
   * @throws InvalidArgumentException if there are not as many weights as samples, or they break a
   *     rule
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
   * A view of these samples whose losses count as much as their weights say in {@link
   * dev.quern.train.Trainer#fit}. The loss of a batch is their mean by weight, {@code sum of w loss
   * / sum of w}, as PyTorch's under class weights: all weights doubled change nothing. Under a sum
   * it is {@code sum of w loss}. A batch whose weights are all 0 has the loss 0. Evaluation counts
   * all samples alike. Views of this set have its weights; a data set file has no place for them,
   * so that a set is saved before it gets them.
   *
   * @param weights one a sample, copied
   * @throws InvalidArgumentException if there are not as many as samples, or one is no number of at
   *     least 0
   */
  default Dataset withWeights(float... weights) {
    return WeightedDataset.of(this, weights);
  }

  /**
   * A view of these samples, each of which is its own target: bytes scaled to [0, 1], floats as
   * they are. For autoencoders. It has no classes.
   */
  default Dataset withSamplesAsTargets() {
    return new SelfDataset(this);
  }

  /**
   * A view of the same samples whose classes, or the outputs that targets are for, have these
   * names.
   *
   * @throws InvalidArgumentException if there are labels, and other names than classes in number
   */
  default Dataset withClasses(List<String> names) {
    return NamedDataset.of(this, names);
  }
}
