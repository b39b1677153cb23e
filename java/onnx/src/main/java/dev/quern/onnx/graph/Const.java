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

  /** Scales by which the integers were multiplied; null without scales. */
  private @Nullable Scales scales;

  /**
   * Creates a constant whose numbers are in a file.
   *
   * @param read returns a new float[], a byte[] for a type of 8 bits, or a long[]
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

  /** Creates a float32 constant of integers times scales. */
  public static Const scaled(long[] dims, float[] values, Scales scales) {
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
    float[] out = new float[Math.toIntExact(elements())];
    if (v instanceof byte[] b) {
      int mask = mask();
      for (int i = 0; i < out.length; i++) {
        out[i] = b[i] & mask;
      }
      return out;
    }
    long[] l = (long[]) v;
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
    if (hollow) {
      return new long[Math.toIntExact(elements())];
    }
    Object v = values();
    if (v instanceof long[] l) {
      return l;
    }
    byte[] b = (byte[]) v;
    long[] out = new long[b.length];
    int mask = mask();
    for (int i = 0; i < out.length; i++) {
      out[i] = b[i] & mask;
    }
    return out;
  }

  /** Returns the mask that converts a byte to its number; signed bytes keep their sign. */
  private int mask() {
    return type == Types.INT8 ? -1 : 0xff;
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
    Scales all = scales;
    return all == null || rank() == 0 || elements() == 0
        ? null
        : all.ofParts((int) dims[0], (int) (elements() / dims[0]));
  }

  private Const by(@Nullable Scales each) {
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
      Scales s = scales;
      return new Const(type, to, out).by(s == null ? null : s.taken(from));
    }
    if (values() instanceof byte[] in && !hollow) {
      byte[] out = new byte[from.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = in[from[i]];
      }
      return new Const(type, to, out);
    }
    long[] in = longs();
    long[] out = new long[from.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = in[from[i]];
    }
    return of(type, to, out);
  }

  @Override
  public String toString() {
    return Types.name(type) + Arrays.toString(dims);
  }
}
