package dev.quern.onnx.graph;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A constant: a tensor whose elements are known at import. Floating-point types are stored as
 * float32, all others as longs. Elements are read from the file on first access; large constants
 * are not cached.
 */
public final class Const implements Operand {
  /**
   * The maximum number of elements of a cached constant. Larger constants are read again on each
   * access, so that weights are not in memory twice.
   */
  private static final long KEPT = 1 << 16;

  private final long[] dims;
  private final int type;
  private final Supplier<Object> read;
  private @Nullable Object values;
  private boolean hollow;

  /** The scales by which the original integers were multiplied; null if there are none. */
  private @Nullable Scales scales;

  /**
   * Creates a constant whose elements are in a file.
   *
   * @param read a function that returns a new float[], a byte[] for an 8-bit type, or a long[]
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
   * Returns a constant of the same shape whose elements, if there are many, are replaced by zeros,
   * for callers that need only the shape.
   *
   * @param zeros the arrays of zeros by length, which all hollow constants share
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

  /** Returns this {@link #hollow} constant with element type float32. */
  public Const hollowFloats() {
    return hollow(Types.FLOAT, values());
  }

  /**
   * Returns whether this constant is {@link #hollow}, so that its elements need not be rearranged.
   */
  public boolean isHollow() {
    return hollow;
  }

  /** Creates a constant of type float32. */
  public static Const of(long[] dims, float... values) {
    return new Const(Types.FLOAT, dims, values);
  }

  /** Creates a float32 constant of integers multiplied by scales. */
  public static Const scaled(long[] dims, float[] values, Scales scales) {
    return of(dims, values).by(scales);
  }

  /** Creates a constant of an integer type. */
  public static Const of(int type, long[] dims, long... values) {
    return new Const(type, dims, values);
  }

  /** Creates a one-dimensional constant of type int64. */
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

  /** Returns the elements as floats; integers are converted. The array must not be modified. */
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
   * Returns the elements of a constant of integer type. The array must not be modified.
   *
   * @throws Refusal if the constant has a floating-point type
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

  /**
   * Returns the bit mask that converts a byte to its value; it preserves the sign of signed types.
   */
  private int mask() {
    return type == Types.INT8 ? -1 : 0xff;
  }

  /** Returns whether the elements are integers multiplied by scales. */
  public boolean isScaled() {
    return scales != null;
  }

  /**
   * Returns the scale for each index of the first axis; null if there are no scales, or several for
   * one index.
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

  /** Returns the only element as a float. */
  public float scalar() {
    if (elements() != 1) {
      throw new Refusal("expected one number, found shape " + Arrays.toString(dims));
    }
    return floats()[0];
  }

  /**
   * Returns a constant with the same elements and another shape.
   *
   * @throws Refusal if the new shape has a different number of elements
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
   * Returns a constant of selected elements, in any order.
   *
   * @param from for each element of the result, its index in this constant
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

  /**
   * Returns the elements at the given indices along one axis, copied in runs of adjacent elements.
   *
   * @param run the number of elements after the axis
   */
  public Const runs(long[] to, int axis, long[] indices, int run) {
    Object in = values();
    int n = Math.toIntExact(Dims.elements(to));
    Object out = in instanceof byte[] ? new byte[n] : isFloat() ? new float[n] : new long[n];
    int size = (int) dims[axis];
    for (int i = 0; i < n / run; i++) {
      int from = i / indices.length * size + (int) indices[i % indices.length];
      System.arraycopy(in, from * run, out, i * run, run);
    }
    return new Const(type, to, out);
  }

  @Override
  public String toString() {
    return Types.name(type) + Arrays.toString(dims);
  }
}
