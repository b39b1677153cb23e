package dev.quern.predict;

import dev.quern.error.MemoryLimitException;
import dev.quern.network.Network;
import dev.quern.plan.build.Weights;
import dev.quern.tensor.Shape;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sizes at which a model's network has run. For a network with a dynamic height or width,
 * packed weights of the most recently used sizes are kept within a memory limit. Any other network
 * has one size.
 */
final class Sizes implements AutoCloseable {
  /** Maximum number of sizes of a dynamic network whose packed weights are kept. */
  static final int KEPT = 8;

  /**
   * Maximum size of all packed weights in bytes. The packed weights of the most recently used size
   * are always kept.
   */
  static final long MOST_BYTES = 1L << 30;

  /**
   * Maximum size of the plans that a dynamic network keeps, in bytes. A limit is necessary because
   * callers choose the sizes.
   */
  private static final long MOST_PLANS = 1L << 28;

  private static final class Entry {
    final Sized sized;
    int users;

    Entry(Sized sized) {
      this.sized = sized;
    }
  }

  private final Weights weights;
  private final long mostBytes;
  private final PlanPool plans;
  private final @Nullable Sized only;

  /** The kept sizes by input shapes, least recently used first. */
  private final Map<Map<String, Shape>, Entry> kept = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Creates the sizes, with the default limit of packed weights.
   *
   * @param planLimit the maximum total size of all plans, in bytes
   */
  Sizes(Weights weights, long planLimit) {
    this(weights, planLimit, MOST_BYTES);
  }

  /**
   * Creates the sizes.
   *
   * @param planLimit the maximum total size of all plans, in bytes
   * @param mostBytes the maximum total size of packed weights, in bytes
   */
  Sizes(Weights weights, long planLimit, long mostBytes) {
    this.weights = weights;
    this.mostBytes = mostBytes;
    boolean free = weights.network().isFree();
    plans = new PlanPool(planLimit, free ? MOST_PLANS : Long.MAX_VALUE);
    only = free ? null : sized(weights.network(), weights);
  }

  private Sized sized(Network network, Weights packed) {
    return new Sized(network, packed, plans, this::dropAll);
  }

  PlanPool plans() {
    return plans;
  }

  /** Returns the size of a network whose inputs have fixed sizes; null for a dynamic network. */
  @Nullable Sized only() {
    return only;
  }

  /**
   * Returns the network at the size of these input shapes. The caller must release it with {@code
   * giveBack}.
   *
   * @param inputs the sample shape of each input, by name
   * @throws dev.quern.error.ShapeException if the network does not support these shapes
   */
  Sized borrow(Map<String, Shape> inputs) {
    Sized known = known(inputs);
    // the shapes of custom layers are computed by user code, so no lock is held
    return known != null ? known : borrow(weights.network().at(inputs));
  }

  private synchronized @Nullable Sized known(Map<String, Shape> inputs) {
    Entry entry = kept.get(inputs);
    if (entry == null) {
      return null;
    }
    entry.users++;
    return entry.sized;
  }

  private synchronized Sized borrow(Network network) {
    Sized made = known(network.inputs());
    if (made == null) {
      drop(KEPT - 1, mostBytes);
      kept.put(network.inputs(), new Entry(made(network)));
      made = known(network.inputs());
    }
    return made;
  }

  private Sized made(Network network) {
    try {
      return sized(network, weights.at(network));
    } catch (MemoryLimitException e) {
      dropAll();
      return sized(network, weights.at(network));
    }
  }

  synchronized void giveBack(Sized sized) {
    Map<String, Shape> inputs = sized.network.inputs();
    Entry entry = kept.get(inputs);
    entry.users--;
    if (entry.users == 0 && !sized.hasRun()) {
      kept.remove(inputs); // a call at this size failed, so its memory is not kept
      sized.close();
    }
    drop(KEPT, mostBytes);
  }

  /** Frees all memory that is not in use; called if an allocation fails. */
  private synchronized void dropAll() {
    plans.dropIdle();
    drop(0, 0);
  }

  /**
   * Removes unused sizes, least recently used first, until both limits are satisfied.
   *
   * @param most the maximum number of sizes
   * @param bytes the maximum total size of packed weights
   */
  private void drop(int most, long bytes) {
    Iterator<Entry> all = kept.values().iterator();
    while (all.hasNext() && (kept.size() > most || kept.size() > 1 && packedBytes() > bytes)) {
      Entry entry = all.next();
      if (entry.users == 0) {
        all.remove();
        entry.sized.close();
      }
    }
  }

  private long packedBytes() {
    return kept.values().stream().mapToLong(e -> e.sized.weights.bytes()).sum();
  }

  /** Returns the size of packed weights and plans in bytes, without the unpacked weights. */
  synchronized long bytes() {
    return packedBytes() + plans.bytes();
  }

  @Override
  public synchronized void close() {
    kept.values().forEach(e -> e.sized.close());
    if (only != null) {
      only.close();
    } else {
      weights.close();
    }
  }
}
