package dev.quern.internal;

import java.lang.ref.Cleaner;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;

/**
 * One piece of off-heap memory. Close it once nothing uses it; the collector frees a forgotten one.
 */
public final class OffHeap implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final long address;
  private final long bytes;
  private final Cleaner.Cleanable cleanable;

  /**
   * @param what for the message where there is not enough memory
   */
  public OffHeap(long bytes, String what) {
    this(bytes, what, null);
  }

  /**
   * @param ofOrNull what the message ends with; a string only where there is a message
   */
  public OffHeap(long bytes, String what, Object ofOrNull) {
    this.bytes = bytes;
    this.address = Memory.allocate(bytes, what, ofOrNull);
    this.cleanable = register();
  }

  private Cleaner.Cleanable register() {
    long a = address;
    long n = bytes;
    try {
      return CLEANER.register(this, () -> Memory.free(a, n));
    } catch (OutOfMemoryError e) { // of the heap, which must not cost what lies beside it
      Memory.free(a, n);
      throw e;
    }
  }

  public long bytes() {
    return bytes;
  }

  public FloatPointer floats(long offset) {
    return Address.floats(address + offset);
  }

  public IntPointer ints(long offset) {
    return Address.ints(address + offset);
  }

  public DoublePointer doubles(long offset) {
    return Address.doubles(address + offset);
  }

  public ShortPointer shorts(long offset) {
    return Address.shorts(address + offset);
  }

  public BytePointer chars(long offset) {
    return Address.bytes(address + offset);
  }

  public Pointer pointer(long offset) {
    return Address.pointer(address + offset);
  }

  /** Frees the memory; later calls do nothing. */
  @Override
  public void close() {
    cleanable.clean();
  }
}
