package dev.quern.onnx.graph;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A constant: a tensor whose numbers are known at import. Float types are stored as float32, all
 * others as longs. Numbers are read from the file on first access; large constants are not kept in
 * memory.
 */
public final class Const implements Operand {
  /**
   * Constants with more elements are read again on each access instead of being kept, so that
   * weights are in memory once.
   */
  private static final long KEPT = 1 << 16;

  private final long[] dims;
  private final int type;
  private final Supplier<Object> read;
  private @Nullable Object values;
  private boolean hollow;

  /**
   * Scales by which the integers were multiplied, one for all or one per number; null without
   * scales.
   */
  private float @Nullable [] scales;

  /**
   * Creates a constant whose numbers are in a file.
   *
   * @param read returns a new float[] or long[], depending on the type
   */
  public Const(int type, long[] dims, Supplier<Object> read) {
    this.type = type;
    this.dims = dims;
    this.read = read;
  }

  private Const(int type, long[] dims, Object values) {
    this(type, dims, () -> values);
    this.values = values;
  }

  /**
   * Returns a constant of equal shape with zeros instead of the numbers if they are many, for
   * callers that need only the shape.
   *
   * @param zeros arrays of zeros by length, shared by all hollow constants
   */
  public Const hollow(Map<Integer, float[]> zeros) {
    if (elements() <= KEPT) {
      return this;
    }
    float[] shared = zeros.computeIfAbsent(Math.toIntExact(elements()), float[]::new);
    return hollow(type, shared);
  }

  private Const hollow(int of, Object shared) {
    Const out = new Const(of, dims, shared);
    out.hollow = true;
    return out;
  }

  /** Returns these {@link #hollow} zeros as float32. */
  public Const hollowFloats() {
    return hollow(Types.FLOAT, values());
  }

  /** Returns whether these are {@link #hollow} zeros, which need no rearrangement. */
  public boolean isHollow() {
    return hollow;
  }

  /** Creates a constant of type float32. */
  public static Const of(long[] dims, float... values) {
    return new Const(Types.FLOAT, dims, values);
  }

  /**
   * Creates a float32 constant of integers times scales.
   *
   * @param scales a scale for each number, or one for all
   */
  public static Const scaled(long[] dims, float[] values, float... scales) {
    return of(dims, values).by(scales);
  }

  /** Creates a constant of an integer type. */
  public static Const of(int type, long[] dims, long... values) {
    return new Const(type, dims, values);
  }

  /** Creates a vector of type int64. */
  public static Const of(long... values) {
    return of(Types.INT64, new long[] {values.length}, values);
  }

  @Override
  public long[] dims() {
    return dims;
  }

  @Override
  public int type() {
    return type;
  }

  public boolean isFloat() {
    return Types.isFloat(type);
  }

  private Object values() {
    Object known = values;
    if (known == null) {
      known = read.get();
      if (elements() <= KEPT) {
        values = known;
      }
    }
    return known;
  }

  /** Returns the numbers as floats; integers are converted. The array must not be modified. */
  public float[] floats() {
    Object v = values();
    if (v instanceof float[] f) {
      return f;
    }
    long[] l = (long[]) v;
    float[] out = new float[l.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = l[i];
    }
    return out;
  }

  /**
   * Returns the numbers of an integer type. The array must not be modified.
   *
   * @throws Refusal if the constant has a float type
   */
  public long[] longs() {
    if (isFloat()) {
      throw new Refusal("numbers of " + Types.name(type) + " are used where integers are expected");
    }
    return hollow ? new long[Math.toIntExact(elements())] : (long[]) values();
  }

  /** Returns whether the numbers are integers times scales. */
  public boolean isScaled() {
    return scales != null;
  }

  /**
   * Returns the scales of the integers by the index of the first axis; null without scales, or if
   * one index has several scales.
   */
  public float @Nullable [] scales() {
    float[] all = scales;
    if (all == null || rank() == 0 || elements() == 0) {
      return null;
    }
    float[] out = new float[(int) dims[0]];
    int each = (int) (elements() / dims[0]);
    for (int i = 0; i < elements(); i++) {
      float scale = all.length == 1 ? all[0] : all[i];
      if (i % each == 0) {
        out[i / each] = scale;
      } else if (out[i / each] != scale) {
        return null;
      }
    }
    return out;
  }

  private Const by(float @Nullable [] each) {
    scales = each;
    return this;
  }

  /** Returns the number of a scalar as a float. */
  public float scalar() {
    if (elements() != 1) {
      throw new Refusal("expected one number, found shape " + Arrays.toString(dims));
    }
    return floats()[0];
  }

  /**
   * Returns a constant with equal numbers and another shape.
   *
   * @throws Refusal if the other shape has a different number of elements
   */
  public Const as(long... other) {
    if (Dims.elements(other) != elements()) {
      throw new Refusal(
          "shape " + Arrays.toString(dims) + " cannot be reshaped to " + Arrays.toString(other));
    }
    Const out = new Const(type, other, read);
    out.values = values;
    out.hollow = hollow;
    return out.by(scales);
  }

  /**
   * Returns a constant of selected numbers, in any order.
   *
   * @param from for each number of the result, its index in this constant
   */
  public Const take(long[] to, int[] from) {
    if (isFloat()) {
      float[] in = floats();
      float[] out = new float[from.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = in[from[i]];
      }
      return new Const(type, to, out).by(taken(from));
    }
    long[] in = longs();
    long[] out = new long[from.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = in[from[i]];
    }
    return of(type, to, out);
  }

  private float @Nullable [] taken(int... from) {
    float[] all = scales;
    if (all == null || all.length == 1) {
      return all;
    }
    float[] out = new float[from.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = all[from[i]];
    }
    return out;
  }

  @Override
  public String toString() {
    return Types.name(type) + Arrays.toString(dims);
  }
}
