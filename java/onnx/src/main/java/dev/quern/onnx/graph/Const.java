package dev.quern.onnx.graph;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Numbers known at import. Float types are held as float32, all others as longs. Values in a file
 * are read on first access, and large ones are not kept in memory.
 */
public final class Const implements Operand {
  /** Weights beyond this are read again rather than kept, so that they are in memory once. */
  private static final long KEPT = 1 << 16;

  private final long[] dims;
  private final int type;
  private final Supplier<Object> read;
  private @Nullable Object values;
  private boolean hollow;

  /** Scales by which the integers were multiplied; null without scales. */
  private @Nullable Scales scales;

  /**
   * Numbers in a file.
   *
   * @param read gives a new float[], byte[] of a type of 8 bits, or long[]
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
   * Zeros in the place of these numbers, of the same shape, where they are many: what the numbers
   * are does not matter.
   *
   * @param zeros arrays by their length, which all share
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

  /** The same {@link #hollow} zeros as float32. */
  public Const hollowFloats() {
    return hollow(Types.FLOAT, values());
  }

  /** Whether these are {@link #hollow} zeros, of which any order is the same. */
  public boolean isHollow() {
    return hollow;
  }

  /** Creates a constant of type float32. */
  public static Const of(long[] dims, float... values) {
    return new Const(Types.FLOAT, dims, values);
  }

  /** Whole numbers times scales, as float32. */
  public static Const scaled(long[] dims, float[] values, Scales scales) {
    return of(dims, values).by(scales);
  }

  /** Creates a constant of an integer type. */
  public static Const of(int type, long[] dims, long... values) {
    return new Const(type, dims, values);
  }

  /** A vector of int64. */
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

  /** Not to be changed. Whole numbers become floats. */
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
   * Not to be changed.
   *
   * @throws Refusal if they are floats
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

  /** What turns a byte into its number: signed bytes keep their sign. */
  private int mask() {
    return type == Types.INT8 ? -1 : 0xff;
  }

  /** Whether the numbers are integers times scales. */
  public boolean isScaled() {
    return scales != null;
  }

  /**
   * The scales of the integers by the index of the first axis; null if there are none, or several
   * for one index.
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

  /** The only number, as a float. */
  public float scalar() {
    if (elements() != 1) {
      throw new Refusal("shape " + Arrays.toString(dims) + " is not one number");
    }
    return floats()[0];
  }

  /**
   * The same numbers under another shape.
   *
   * @throws Refusal if it is not one of as many
   */
  public Const as(long... other) {
    if (Dims.elements(other) != elements()) {
      throw new Refusal(
          "shape "
              + Arrays.toString(dims)
              + " does not hold what "
              + Arrays.toString(other)
              + " does");
    }
    Const out = new Const(type, other, read);
    out.values = values;
    out.hollow = hollow;
    return out.by(scales);
  }

  /**
   * Some of the numbers, in any order.
   *
   * @param from for each number of the result the index of one here
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
