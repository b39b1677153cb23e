package dev.quern.kernel;

import dev.quern.internal.OffHeap;

/** The memory of a kernel's descriptor, which the creator of the kernel owns. */
public final class DescriptorMemory {
  /** A size that is sufficient for any descriptor of {@code quern.h}. */
  public static final int BYTES = 256;

  private DescriptorMemory() {}

  public static OffHeap allocate() {
    return new OffHeap(BYTES, "descriptor");
  }
}
