package dev.quern.kernel;

import dev.quern.internal.OffHeap;

/** Memory that a kernel's descriptor is written into; whoever makes the kernel owns it. */
public final class DescriptorMemory {
  /** Enough for any descriptor of {@code quern.h}. */
  public static final int BYTES = 256;

  private DescriptorMemory() {}

  public static OffHeap allocate() {
    return new OffHeap(BYTES, "descriptor");
  }
}
