package dev.quern.kernel;

import dev.quern.internal.OffHeap;

/** Memory for a kernel's native descriptor. The creator of the kernel owns and frees it. */
public final class DescriptorMemory {
  /** Size in bytes that is sufficient for any descriptor of {@code quern.h}. */
  public static final int BYTES = 256;

  private DescriptorMemory() {}

  public static OffHeap allocate() {
    return new OffHeap(BYTES, "descriptor");
  }
}
