package dev.quern.io.pickle;

import dev.quern.error.FormatException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The functions and classes that a pickle may name. All are implemented by Quern; no class is
 * looked up by name.
 */
public interface Vocabulary {
  /** The vocabulary of plain data and NumPy's uint8 arrays. */
  Vocabulary NUMPY =
      new Vocabulary() {
        @Override
        public @Nullable Callee named(String module, String name) {
          return Global.named(module, name);
        }

        @Override
        public String allowed() {
          return "NumPy's uint8 arrays";
        }
      };

  /** A function or class that a pickle may name. */
  interface Callee {
    /**
     * Calls the function.
     *
     * @throws FormatException if the arguments are not supported
     */
    Object call(Object[] arguments);
  }

  /** Returns a function or class by name; null if the name is not allowed. */
  @Nullable Callee named(String module, String name);

  /** Returns a plural noun for the allowed objects, for messages. */
  String allowed();

  /**
   * Returns an object that is stored outside the pickle, by its identifier.
   *
   * @throws FormatException if there is no such object
   */
  default Object persistent(Object id) {
    throw new FormatException("pickle operation BINPERSID is not allowed");
  }

  /**
   * Returns whether a pickle may set attributes of this dictionary; allowed attributes are ignored.
   */
  default boolean dropsAttributes(Map<?, ?> of) {
    return false;
  }
}
