package dev.quern.internal;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;

/**
 * JavaCPP pointers to a given address, without ownership of the memory. JavaCPP's own allocation is
 * not used, because its limit on physical memory stalls processes whose off-heap memory exceeds
 * four times the heap.
 */
public final class Address extends Pointer {
  private Address(long address) {
    super((Pointer) null);
    this.address = address;
  }

  public static Pointer pointer(long address) {
    return new Address(address);
  }

  public static FloatPointer floats(long address) {
    return new FloatPointer(new Address(address));
  }

  public static IntPointer ints(long address) {
    return new IntPointer(new Address(address));
  }

  public static DoublePointer doubles(long address) {
    return new DoublePointer(new Address(address));
  }

  public static ShortPointer shorts(long address) {
    return new ShortPointer(new Address(address));
  }

  public static BytePointer bytes(long address) {
    return new BytePointer(new Address(address));
  }
}
