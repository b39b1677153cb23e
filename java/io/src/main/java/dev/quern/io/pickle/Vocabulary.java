package dev.quern.io.pickle;

import dev.quern.error.FormatException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The functions and classes that a pickle may name. All are implemented here; no class is looked up
 * by name.
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

  /** A function or class that a pickle names. */
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

  /** Returns a plural noun for all allowed objects, for messages. */
  String allowed();

  /**
   * Returns the object that is stored outside the pickle under an identifier.
   *
   * @throws FormatException if there is none
   */
  default Object persistent(Object id) {
    throw new FormatException("pickle operation BINPERSID is not allowed");
  }

  /** Returns whether attributes of a dictionary are allowed, which are ignored. */
  default boolean dropsAttributes(Map<?, ?> of) {
    return false;
  }
}
