package dev.quern.plan.memory;

import dev.quern.internal.Address;
import dev.quern.internal.OffHeap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The memory that a model shares with other models: shared blocks, which replace the model's own
 * blocks of identical bytes.
 */
public final class SharedBlocks {
  private final Map<OffHeap, OffHeap> blocks = new IdentityHashMap<>();

  /** The shared blocks by the address of the block that they replaced. */
  private final NavigableMap<Long, OffHeap> addresses = new TreeMap<>();

  /**
   * Returns the block that replaces a model's own block: a block of identical bytes that all models
   * share, see {@link OffHeap#shared}. The original block must not be used afterwards.
   */
  public OffHeap share(OffHeap own) {
    long address = own.pointer(0).address();
    OffHeap shared = own.shared();
    blocks.put(own, shared);
    addresses.put(address, shared);
    return shared;
  }

  /** Returns the shared block that replaced a block; the block itself if it was not replaced. */
  public OffHeap moved(OffHeap own) {
    return blocks.getOrDefault(own, own);
  }

  @Nullable FloatPointer moved(@Nullable FloatPointer own) {
    return own == null ? null : Address.floats(moved(own.address()));
  }

  @Nullable Pointer moved(@Nullable Pointer own) {
    return own == null ? null : Address.pointer(moved(own.address()));
  }

  private long moved(long address) {
    Map.Entry<Long, OffHeap> from = addresses.floorEntry(address);
    return from == null || address - from.getKey() >= from.getValue().bytes()
        ? address
        : from.getValue().pointer(0).address() + address - from.getKey();
  }
}
