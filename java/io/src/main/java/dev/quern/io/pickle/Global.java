package dev.quern.io.pickle;

import dev.quern.error.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The functions and classes that {@link Vocabulary#NUMPY} allows. */
enum Global implements Vocabulary.Callee {
  /**
   * {@code _reconstruct(ndarray, (0,), b'b')}: creates an empty array, which the next operations
   * fill.
   */
  RECONSTRUCT {
    @Override
    public Object call(Object[] arguments) {
      require(arguments.length == 3 && arguments[0] == NDARRAY, "arguments");
      return new NumpyArray();
    }
  },
  /** The class ndarray, allowed only as the first argument of {@link #RECONSTRUCT}. */
  NDARRAY {
    @Override
    public Object call(Object[] arguments) {
      throw new FormatException("numpy.ndarray is called, which a pickled array never does");
    }
  },
  /** {@code dtype('u1', False, True)}: creates an element type. */
  DTYPE {
    @Override
    public Object call(Object[] arguments) {
      require(arguments.length >= 1 && arguments[0] instanceof String, "arguments");
      return new NumpyDtype((String) arguments[0]);
    }
  },
  /**
   * {@code encode(text, 'latin1')}: returns bytes, which Python 3 writes as text in protocol-2
   * pickles.
   */
  ENCODE {
    @Override
    public Object call(Object[] arguments) {
      require(
          arguments.length == 2 && arguments[0] instanceof String && "latin1".equals(arguments[1]),
          "arguments");
      return latin1((String) arguments[0]);
    }
  };

  /** Returns a function or class by name; null if the name is not allowed. */
  static Global named(String module, String name) {
    return switch (module + "." + name) {
      case "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct" ->
          RECONSTRUCT;
      case "numpy.ndarray" -> NDARRAY;
      case "numpy.dtype" -> DTYPE;
      case "_codecs.encode" -> ENCODE;
      default -> null;
    };
  }

  /** Converts a string of characters below 256 to bytes. */
  static byte[] latin1(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xff) {
        throw new FormatException(
            "a string that encodes bytes contains the character " + (int) text.charAt(i));
      }
    }
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  void require(boolean rule, String what) {
    if (!rule) {
      throw new FormatException(name().toLowerCase(Locale.ROOT) + ": unexpected " + what);
    }
  }
}
