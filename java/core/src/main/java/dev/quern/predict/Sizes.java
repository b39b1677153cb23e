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
 * The sizes at which a model's network has run. If its height or width is free, the weights packed
 * for the last few sizes are kept, within a memory limit; otherwise there is one size.
 */
final class Sizes implements AutoCloseable {
  /** How many sizes of a free network keep their packed weights, at most. */
  static final int KEPT = 8;

  /** Bytes of packed weights, at most; those that were used last stay in any case. */
  static final long MOST_BYTES = 1L << 30;

  /** Bytes of the plans that a free network keeps, at most: callers choose their sizes. */
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

  /** By the inputs' shapes; the one that was used longest ago comes first. */
  private final Map<Map<String, Shape>, Entry> kept = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param planLimit bytes of all plans
   */
  Sizes(Weights weights, long planLimit) {
    this(weights, planLimit, MOST_BYTES);
  }

  /**
   * @param mostBytes of packed weights
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

  /** the only size of a network without free sizes, otherwise null */
  @Nullable Sized only() {
    return only;
  }

  /**
   * The one for these shapes of samples; to be given back.
   *
   * @throws dev.quern.error.ShapeException if the network cannot take them
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
      kept.remove(inputs); // a size that is refused is not worth the memory
      sized.close();
    }
    drop(KEPT, mostBytes);
  }

  /** All that no call uses: memory is short. */
  private synchronized void dropAll() {
    plans.dropIdle();
    drop(0, 0);
  }

  /** Removes unused sizes, the least recently used first, until the limits are met. */
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

  /** Held by weights that are packed for a size, and by plans; the masters are not counted. */
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
