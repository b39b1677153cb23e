package dev.quern.fuzz.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** What the server has to live with besides its clients. */
enum Condition {
  PLAIN(768, 0, 8),
  /** Models are replaced, and some have layers that block, throw and remove their own model. */
  SWAPS(768, 0, 4),
  /** More connections than it may have descriptors. */
  DESCRIPTORS(768, 400, 2),
  /** A heap of which a few requests take all. */
  HEAP(80, 0, 2),
  /** No thread more than it has once it is warm, while models are replaced. */
  THREADS(768, 0, 1);

  private final int heapMib;
  private final int descriptors;
  private final int share;

  Condition(int heapMib, int descriptors, int share) {
    this.heapMib = heapMib;
    this.descriptors = descriptors;
    this.share = share;
  }

  /** Whether resources run out, so that valid requests may be refused while the attack lasts. */
  boolean isScarce() {
    return this == DESCRIPTORS || this == HEAP || this == THREADS;
  }

  boolean swaps() {
    return this == SWAPS || this == THREADS;
  }

  long heapBytes() {
    return (long) heapMib << 20;
  }

  /** Connections that are kept idle beside the attackers' own. */
  int crowd() {
    return 2 * descriptors;
  }

  /** What stands before the JVM's command. */
  List<String> prefix() {
    return descriptors == 0
        ? List.of()
        : List.of("/bin/sh", "-c", "ulimit -n " + descriptors + " && exec \"$@\"", "sh");
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Condition draw(SplittableRandom random) {
    List<Condition> shares = new ArrayList<>();
    for (Condition c : values()) {
      for (int i = 0; i < c.share; i++) {
        shares.add(c);
      }
    }
    return shares.get(random.nextInt(shares.size()));
  }
}
