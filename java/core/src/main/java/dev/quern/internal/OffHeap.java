package dev.quern.internal;

import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;
import org.jspecify.annotations.Nullable;

/** A block of off-heap memory. {@link #close} or the garbage collector frees the memory. */
public final class OffHeap implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final long address;
  private final long bytes;
  private final @Nullable SharedMemory shared;
  private final Cleaner.Cleanable cleanable;

  /**
   * Allocates a block.
   *
   * @param what name of the block, for the exception's message if memory is not sufficient
   */
  public OffHeap(long bytes, String what) {
    this(bytes, what, null);
  }

  /**
   * Allocates a block.
   *
   * @param ofOrNull object to name after {@code what} in the exception's message; converted to a
   *     string only for that message
   */
  public OffHeap(long bytes, String what, Object ofOrNull) {
    this.bytes = bytes;
    shared = null;
    long a = Memory.allocate(bytes, what, ofOrNull);
    address = a;
    Runnable free = () -> Memory.free(a, bytes);
    try {
      cleanable = CLEANER.register(this, free);
    } catch (OutOfMemoryError e) { // the JVM's heap is full: frees the off-heap memory
      free.run();
      throw e;
    }
  }

  /** Creates a holder of shared memory. */
  OffHeap(OffHeap memory, SharedMemory shared) {
    bytes = memory.bytes;
    address = memory.address;
    this.shared = shared;
    cleanable = CLEANER.register(this, shared::release);
  }

  /**
   * Returns a read-only block with the same bytes, in memory that all shared blocks of equal bytes
   * use. The returned block must be used and closed instead of this block.
   */
  public OffHeap shared() {
    return SharedMemory.of(this);
  }

  public long bytes() {
    return bytes;
  }

  /**
   * Returns the number of bytes, divided by the number of holders if the memory is shared. A sum
   * over all holders thus counts shared memory once.
   */
  public long held() {
    return shared == null ? bytes : bytes / shared.holders();
  }

  ByteBuffer buffer(long offset, int count) {
    return Address.bytes(address + offset).capacity(count).asByteBuffer();
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
