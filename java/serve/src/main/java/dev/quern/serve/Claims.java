package dev.quern.serve;

import dev.quern.predict.Model;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/** The models that servers of this process own: each is one server's, under one name. */
final class Claims {
  /** Models are compared by identity, and may be collected all the same. */
  private static final Set<Model> OWNED = Collections.newSetFromMap(new WeakHashMap<>());

  private Claims() {}

  /**
   * @return false if a server owns it already
   */
  static boolean take(Model model) {
    synchronized (OWNED) {
      return OWNED.add(model);
    }
  }

  /** Gives a model back that was not deployed after all. */
  static void drop(Model model) {
    synchronized (OWNED) {
      OWNED.remove(model);
    }
  }
}
