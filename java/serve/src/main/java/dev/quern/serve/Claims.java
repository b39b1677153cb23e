package dev.quern.serve;

import dev.quern.predict.Model;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * The models that servers in this process own. Each model belongs to one server, under one name.
 */
final class Claims {
  /** Owned models, compared by identity and weakly referenced. */
  private static final Set<Model> OWNED = Collections.newSetFromMap(new WeakHashMap<>());

  private Claims() {}

  /**
   * Registers a server as the owner of a model.
   *
   * @return false if a server already owns the model
   */
  static boolean take(Model model) {
    synchronized (OWNED) {
      return OWNED.add(model);
    }
  }

  /** Unregisters the owner of a model whose deployment failed. */
  static void drop(Model model) {
    synchronized (OWNED) {
      OWNED.remove(model);
    }
  }
}
