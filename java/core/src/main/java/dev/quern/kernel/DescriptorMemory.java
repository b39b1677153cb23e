package dev.quern.kernel;

import dev.quern.internal.Block;

/** Memory that a kernel's descriptor is written into; whoever makes the kernel owns it. */
public final class DescriptorMemory {
  /** Enough for any descriptor of {@code quern.h}. */
  public static final int BYTES = 256;

  private DescriptorMemory() {}

  public static Block allocate() {
    return new Block(BYTES, "descriptor");
  }
}
