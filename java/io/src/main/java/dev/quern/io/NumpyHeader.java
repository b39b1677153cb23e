package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Shape;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a .npy file, versions 1 to 3 (NumPy's NEP 1): a Python dictionary with type, memory
 * order and shape.
 *
 * @param type a numeric type or {@link ArrayType#TEXT}
 * @param order the byte order of the values
 * @param width the size of a value in bytes
 * @param wide whether strings have four bytes per character
 * @param columns whether the values are in column-major order
 * @param bytes the size of the header in bytes
 */
record NumpyHeader(
    ArrayType type,
    ByteOrder order,
    int width,
    boolean wide,
    boolean columns,
    Shape shape,
    int bytes) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int HIGHEST_VERSION = 3;

  /** The maximum length of the dictionary; NumPy has the same limit for untrusted files. */
  private static final int MAX_DICTIONARY = 10_000;

  private static final int MAX_RANK = 8;

  /** The maximum number of characters of a type that a message shows. */
  private static final int LONGEST = 40;

  private static final Pattern ENTRY =
      Pattern.compile(
          "['\"](descr|fortran_order|shape)['\"]\\s*:\\s*"
              + "(['\"][^'\"]*['\"]|True|False|\\([0-9L,\\s]*\\))\\s*(,|(?=\\}))\\s*");

  private static final Pattern DESCR = Pattern.compile("([<>|=]?)([a-zA-Z])(\\d{1,6})");

  static boolean isMagic(byte[] begin) {
    return begin.length >= MAGIC.length && Arrays.equals(Arrays.copyOf(begin, MAGIC.length), MAGIC);
  }

  /** Reads a header; afterwards the stream is at the first value. */
  static NumpyHeader read(InputStream stream) throws IOException {
    DataInputStream in = new DataInputStream(stream);
    byte[] begin = in.readNBytes(MAGIC.length + 2);
    if (!isMagic(begin)) {
      throw new FormatException("it does not begin like a .npy file");
    }
    if (begin.length < MAGIC.length + 2) {
      throw new EOFException();
    }
    int version = begin[MAGIC.length];
    if (version < 1 || version > HIGHEST_VERSION) {
      throw new FormatException(
          "it has .npy version " + (version & 0xff) + ", expected 1 to " + HIGHEST_VERSION);
    }
    int sizeBytes = version == 1 ? Short.BYTES : Integer.BYTES;
    int size =
        version == 1
            ? Short.toUnsignedInt(Short.reverseBytes(in.readShort()))
            : Integer.reverseBytes(in.readInt());
    if (size < 0 || size > MAX_DICTIONARY) {
      throw new FormatException(
          "the header has "
              + Integer.toUnsignedString(size)
              + " bytes, the limit is "
              + MAX_DICTIONARY);
    }
    byte[] text = new byte[size];
    in.readFully(text);
    return parse(
        new String(text, version < 3 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8),
        begin.length + sizeBytes + size);
  }

  private static NumpyHeader parse(String dictionary, int bytes) {
    Map<String, String> entries = entries(dictionary.strip());
    String descr = entries.get("descr").substring(1, entries.get("descr").length() - 1);
    Matcher m = DESCR.matcher(descr);
    if (!m.matches()) {
      throw new FormatException("type " + shown(descr) + " is neither numeric nor text");
    }
    int width = Integer.parseInt(m.group(3));
    ArrayType type = ArrayType.ofNumpy(m.group(2) + (m.group(2).matches("[US]") ? "" : width));
    if (type == null || width == 0) {
      throw new FormatException(
          "type " + shown(descr) + ", expected one of " + ArrayType.numpyNames());
    }
    boolean wide = m.group(2).equals("U");
    return new NumpyHeader(
        type,
        m.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
        wide ? width * Integer.BYTES : width,
        wide,
        entries.get("fortran_order").equals("True"),
        shape(entries.get("shape")),
        bytes);
  }

  private static Map<String, String> entries(String dictionary) {
    Map<String, String> all = new HashMap<>();
    boolean braces = dictionary.startsWith("{") && dictionary.endsWith("}");
    Matcher m = ENTRY.matcher(dictionary);
    int at = 1;
    while (braces && at < dictionary.length() - 1) {
      m.region(at, dictionary.length());
      if (!m.lookingAt() || all.put(m.group(1), m.group(2)) != null) {
        break;
      }
      at = m.end();
    }
    if (!braces || at != dictionary.length() - 1 || all.size() != 3) {
      throw new FormatException(
          "header "
              + shown(dictionary)
              + " is not {'descr': TYPE, 'fortran_order': BOOL, 'shape': (N, ...)}");
    }
    requireKind(all, "descr", "'\"");
    requireKind(all, "fortran_order", "TF");
    requireKind(all, "shape", "(");
    return all;
  }

  private static void requireKind(Map<String, String> entries, String key, String begins) {
    if (begins.indexOf(entries.get(key).charAt(0)) < 0) {
      throw new FormatException("header: " + key + " is invalid: " + shown(entries.get(key)));
    }
  }

  private static Shape shape(String tuple) {
    String inside = tuple.substring(1, tuple.length() - 1).replace("L", "").strip();
    String[] parts = inside.isEmpty() ? new String[0] : inside.split(",");
    long[] dims = new long[parts.length];
    try {
      for (int i = 0; i < dims.length; i++) {
        dims[i] = Long.parseLong(parts[i].strip());
      }
      if (dims.length <= MAX_RANK) {
        return Shape.of(dims);
      }
    } catch (NumberFormatException | InvalidArgumentException e) {
      throw new FormatException("shape " + shown(tuple) + ": " + e.getMessage(), e);
    }
    throw new FormatException("shape " + shown(tuple) + " has more than " + MAX_RANK + " axes");
  }

  private static String shown(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
  }

  /** Returns the size of all values in bytes. */
  long valueBytes() {
    return shape.elements() > Long.MAX_VALUE / width ? Long.MAX_VALUE : shape.elements() * width;
  }
}
