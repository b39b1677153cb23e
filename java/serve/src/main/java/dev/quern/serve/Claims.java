package dev.quern.serve;

import dev.quern.predict.Model;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * The models that servers of this process own; each model belongs to one server, under one name.
 */
final class Claims {
  /** Owned models, compared by identity and weakly referenced. */
  private static final Set<Model> OWNED = Collections.newSetFromMap(new WeakHashMap<>());

  private Claims() {}

  /**
   * Claims a model.
   *
   * @return false if a server owns it already
   */
  static boolean take(Model model) {
    synchronized (OWNED) {
      return OWNED.add(model);
    }
  }

  /** Releases a model whose deployment failed. */
  static void drop(Model model) {
    synchronized (OWNED) {
      OWNED.remove(model);
    }
  }
}
