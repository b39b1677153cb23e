package dev.quern.predict;

import dev.quern.network.Network;
import dev.quern.plan.Weights;
import dev.quern.tensor.Shape;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sizes at which a model's network has run. Where its height or width is free, the last few are
 * kept; else there is one.
 */
final class Sizes implements AutoCloseable {
  /** How many sizes of a free network keep their packed weights and plans. */
  static final int KEPT = 8;

  private static final class Entry {
    final Sized sized;
    int users;

    Entry(Sized sized) {
      this.sized = sized;
    }
  }

  private final Weights weights;
  private final @Nullable Sized only;

  /** By the inputs' shapes; the one that was used longest ago comes first. */
  private final Map<Map<String, Shape>, Entry> kept = new LinkedHashMap<>(16, 0.75f, true);

  Sizes(Weights weights) {
    this.weights = weights;
    only = weights.network().isFree() ? null : new Sized(weights.network(), weights);
  }

  /** That of a network without free sizes; else null. */
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
    // layers of the user's own are asked for their shapes, so no lock is held
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
      makeRoom();
      kept.put(network.inputs(), new Entry(new Sized(network, weights.at(network))));
      made = known(network.inputs());
    }
    return made;
  }

  synchronized void giveBack(Sized sized) {
    kept.get(sized.network.inputs()).users--;
  }

  /** For one more. */
  private void makeRoom() {
    Iterator<Entry> all = kept.values().iterator();
    while (kept.size() >= KEPT && all.hasNext()) {
      Entry entry = all.next();
      if (entry.users == 0) {
        all.remove();
        entry.sized.close();
      }
    }
  }

  /** Held by packed weights and plans; the masters are not counted. */
  synchronized long bytes() {
    return only != null
        ? only.planBytes()
        : kept.values().stream()
            .mapToLong(e -> e.sized.weights.bytes() + e.sized.planBytes())
            .sum();
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
