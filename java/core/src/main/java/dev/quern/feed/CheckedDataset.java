package dev.quern.feed;

import dev.quern.data.Dataset;
import dev.quern.error.DataException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.internal.arguments.UserCode;
import dev.quern.tensor.Shape;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A wrapper of a data set, which may be user code. Reads the data set's properties once, and
 * validates properties and samples. Samples are passed in Java arrays, so no native buffer is
 * exposed to user code. For use by one thread at a time; methods that copy a batch may start
 * several threads, each with its own buffers.
 */
public final class CheckedDataset {
  private static final int MOST_READERS = 64;

  private final Dataset data;
  private final String name;
  private final int size;
  private final Shape shape;
  private final Dataset.Kind kind;
  private final List<String> classes;

  /** The shape of a target; null if the data set has labels. */
  private final Shape targetShape;

  private final int each;
  private final int readers;
  private final boolean weighted;

  /** The buffer of a byte sample for a single reader; created on first use. */
  private ByteBuffer sample;

  private FloatBuffer floatSample;
  private float[] target;
  private FloatBuffer targetBuffer;

  /**
   * Reads and checks the properties of a data set.
   *
   * @param operation name of the operation, for messages
   * @throws DataException if the data set throws
   * @throws InvalidArgumentException if a property is null or not valid
   */
  public CheckedDataset(String operation, Dataset data) {
    this.data = Require.present(operation, "data", data);
    name = asked(operation + ": data set", "name", data::name);
    String what = "data set " + name;
    size = asked(what, "size", data::size);
    shape = asked(what, "shape", data::shape);
    kind = asked(what, "kind", data::kind);
    classes = Require.all(what, "classes", asked(what, "classes", data::classes));
    targetShape =
        asked(what, "hasTargets", data::hasTargets)
            ? asked(what, "targetShape", data::targetShape)
            : null;
    if (size < 0) {
      throw new InvalidArgumentException(what + ": size " + size + " is below 0");
    }
    each = values(what, shape);
    weighted = asked(what, "hasWeights", data::hasWeights);
    readers = asked(what, "readers", data::readers);
    if (readers < 1) {
      throw new InvalidArgumentException(what + ": readers " + readers + " must be at least 1");
    }
    if (targetShape != null) {
      values(what + ": targets", targetShape);
    }
  }

  private static <T> T asked(String what, String question, Supplier<T> answer) {
    T value;
    try {
      value = answer.get();
    } catch (Throwable e) {
      throw new DataException(what + ": " + question + " threw " + UserCode.text(e), e);
    }
    return Require.present(what, question, value);
  }

  private static int values(String what, Shape shape) {
    if (shape.elements() < 1 || shape.elements() > Heap.MOST) {
      throw new InvalidArgumentException(
          what + ": samples of " + shape + " are empty or too large for a Java array");
    }
    return (int) shape.elements();
  }

  public String name() {
    return name;
  }

  public int size() {
    return size;
  }

  public Shape shape() {
    return shape;
  }

  public boolean areFloats() {
    return kind == Dataset.Kind.FLOATS;
  }

  /** Returns the number of classes. */
  public int classes() {
    return classes.size();
  }

  /** Returns the names of the classes, in label order. */
  public List<String> classNames() {
    return classes;
  }

  public boolean haveTargets() {
    return targetShape != null;
  }

  public Shape targetShape() {
    return targetShape;
  }

  /** Copies the bytes of one sample to a new array. */
  public byte[] bytes(int index) {
    byte[] bytes = Heap.bytes("data set " + name, each);
    copyBytes(index, ByteBuffer.wrap(bytes), null);
    return bytes;
  }

  /** Copies the floats of one sample, which may be NaN or infinite, to a new array. */
  public float[] floats(int index) {
    FloatBuffer own = floatSample();
    readFloats(index, own);
    return own.array().clone(); // a copy: the data set may have kept the buffer
  }

  /** Returns the number of values of one sample. */
  public int each() {
    return each;
  }

  /**
   * Returns whether the data set requests several readers, in which case batches of any size are
   * prefetched.
   */
  public boolean areSlow() {
    return readers > 1;
  }

  /** Copies the bytes of a batch's samples to a buffer, after custom augmentations. */
  public void copyBytes(
      ImageBatch b, ByteBuffer to, @Nullable EpochAugmentation moves, Executor threads) {
    if (readers > 1) {
      parallel(
          b,
          threads,
          () -> {
            ByteBuffer own = sample();
            return i -> copyBytes(b.image(i), own, to, i * each, moves);
          });
      return;
    }
    if (sample == null) {
      sample = sample();
    }
    for (int i = 0; i < b.n(); i++) {
      copyBytes(b.image(i), sample, to, i * each, moves);
    }
  }

  private void parallel(ImageBatch b, Executor threads, Supplier<IntConsumer> workers) {
    ParallelRead.run(b.n(), Math.min(readers, MOST_READERS), threads, workers);
  }

  /** Copies the bytes of one sample to a buffer, after custom augmentations. */
  public void copyBytes(int index, ByteBuffer to, @Nullable EpochAugmentation moves) {
    copyBytes(index, sample(), to, 0, moves);
  }

  private ByteBuffer sample() {
    return ByteBuffer.wrap(Heap.bytes("data set " + name, each));
  }

  /**
   * Copies the bytes of one sample to {@code to}, from index {@code at}, after custom
   * augmentations.
   *
   * @param own the thread's own buffer, backed by an array of a sample's length
   */
  private void copyBytes(
      int index, ByteBuffer own, ByteBuffer to, int at, @Nullable EpochAugmentation moves) {
    byte[] bytes = own.array();
    own.clear();
    try {
      data.copyBytes(index, own);
    } catch (Throwable e) {
      throw threw("copyBytes", index, e);
    }
    requireFull("copyBytes", index, own);
    if (moves != null) {
      synchronized (this) { // user code runs for one sample at a time
        moves.own(index, (a, random) -> a.augment(bytes, shape, random));
      }
    }
    to.put(at, bytes, 0, each);
  }

  /** Copies the floats of a batch's samples to an array, after custom augmentations. */
  public void copyFloats(
      ImageBatch b, float[] to, @Nullable EpochAugmentation moves, Executor threads) {
    if (readers > 1) {
      parallel(
          b,
          threads,
          () -> {
            FloatBuffer own = floatSample();
            return i -> copyFloats(b.image(i), own, to, i * each, moves);
          });
      return;
    }
    for (int i = 0; i < b.n(); i++) {
      copyFloats(b.image(i), to, i * each, moves);
    }
  }

  /**
   * Copies the floats of one sample to an array, from index {@code at}, after custom augmentations.
   */
  public void copyFloats(int index, float[] to, int at, @Nullable EpochAugmentation moves) {
    if (floatSample == null) {
      floatSample = floatSample();
    }
    copyFloats(index, floatSample, to, at, moves);
  }

  private FloatBuffer floatSample() {
    return FloatBuffer.wrap(Heap.floats("data set " + name, each));
  }

  /**
   * Copies the floats of one sample to {@code to}, from index {@code at}, after custom
   * augmentations.
   *
   * @param own the thread's own buffer, backed by an array of a sample's length
   */
  private void copyFloats(
      int index, FloatBuffer own, float[] to, int at, @Nullable EpochAugmentation moves) {
    float[] floats = own.array();
    readFloats(index, own);
    System.arraycopy(floats, 0, to, at, each);
    requireFinite("copyFloats", index, to, at, each);
    if (moves != null) {
      synchronized (this) { // user code runs for one sample at a time
        moves.own(index, (a, random) -> a.augment(floats, shape, random));
      }
      System.arraycopy(floats, 0, to, at, each);
      requireFinite("an augmentation", index, to, at, each);
    }
  }

  private void readFloats(int index, FloatBuffer own) {
    own.clear();
    try {
      data.copyFloats(index, own);
    } catch (Throwable e) {
      throw threw("copyFloats", index, e);
    }
    requireFull("copyFloats", index, own);
  }

  public int label(int index) {
    int label;
    try {
      label = data.label(index);
    } catch (Throwable e) {
      throw threw("label", index, e);
    }
    if (label < 0 || label >= classes.size()) {
      throw new DataException(
          of("label", index) + " is " + label + ", not one of its " + classes.size() + " classes",
          null);
    }
    return label;
  }

  public boolean haveWeights() {
    return weighted;
  }

  /** Returns whether the data set has sample weights and all of them are 0. */
  public boolean areWeightless() {
    for (int i = 0; weighted && i < size; i++) {
      if (weight(i) > 0) {
        return false;
      }
    }
    return weighted;
  }

  /** Returns a sample's weight, by which its loss is multiplied. */
  public float weight(int index) {
    float weight;
    try {
      weight = data.weight(index);
    } catch (Throwable e) {
      throw threw("weight", index, e);
    }
    if (!(weight >= 0) || Float.isInfinite(weight)) {
      throw new DataException(
          of("weight", index) + " is " + weight + "; it must be finite and at least 0", null);
    }
    return weight;
  }

  /**
   * Returns a sample's target after augmentation; the next call reuses the array.
   *
   * @param image shape of the image that is augmented
   */
  public float[] target(int index, @Nullable EpochAugmentation moves, Shape image) {
    if (target == null) {
      target = Heap.floats("data set " + name, targetShape.elements());
      targetBuffer = FloatBuffer.wrap(new float[target.length]);
    }
    targetBuffer.clear();
    try {
      if (moves != null && image.rank() == 3) {
        data.copyTarget(index, new BoxMoves(moves, index, image), targetBuffer);
      } else {
        data.copyTarget(index, targetBuffer);
      }
    } catch (Throwable e) {
      throw threw("copyTarget", index, e);
    }
    requireFull("copyTarget", index, targetBuffer);
    System.arraycopy(targetBuffer.array(), 0, target, 0, target.length);
    requireFinite("copyTarget", index, target, 0, target.length);
    if (moves != null) {
      float[] own = targetBuffer.array();
      moves.own(index, (a, random) -> a.augmentTarget(own, targetShape, random));
      System.arraycopy(own, 0, target, 0, target.length);
      requireFinite("an augmentation of the target", index, target, 0, target.length);
    }
    return target;
  }

  private void requireFull(String call, int index, Buffer filled) {
    if (filled.position() != filled.capacity()) {
      throw new DataException(
          of(call, index) + " wrote " + filled.position() + " of " + filled.capacity() + " values",
          null);
    }
  }

  private void requireFinite(String call, int index, float[] values, int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (!Float.isFinite(values[i])) {
        throw new DataException(
            of(call, index) + " wrote " + values[i] + " at index " + (i - from), null);
      }
    }
  }

  /** Creates the exception for a target that the loss does not accept. */
  public DataException wrongTarget(int index, String what) {
    return new DataException(of("copyTarget", index) + " wrote an invalid target: " + what, null);
  }

  private DataException threw(String call, int index, Throwable e) {
    return new DataException(of(call, index) + " threw " + UserCode.text(e), e);
  }

  private String of(String call, int index) {
    return "data set " + name + ": " + call + " of sample " + index;
  }
}
