package dev.quern.io.pickle;

import dev.quern.error.FormatException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The functions and classes that a pickle may name, by module and name; each is ours, none is
 * looked up.
 */
public interface Vocabulary {
  /** Pickles of plain data and NumPy's uint8 arrays. */
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

  /** Something that a pickle calls, or names only. */
  interface Callee {
    /**
     * @throws FormatException if the arguments are not those of a file that we read
     */
    Object call(Object[] arguments);
  }

  /** Null for a name that is not allowed. */
  @Nullable Callee named(String module, String name);

  /** A name for all that is allowed, in the plural, for messages. */
  String allowed();

  /**
   * The object that is kept outside the pickle under an identifier.
   *
   * @throws FormatException if there is none
   */
  default Object persistent(Object id) {
    throw new FormatException("pickle operation BINPERSID is not allowed");
  }

  /** Whether the attributes of a dictionary are allowed; they are dropped. */
  default boolean dropsAttributes(Map<?, ?> of) {
    return false;
  }
}
