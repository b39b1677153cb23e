package dev.quern.fuzz.files;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A pickle as a list of operations, each with its argument. */
final class Pickle {
  /** Operations of each kind, those that are not admitted among them. */
  private static final List<byte[]> OPERATIONS = operations();

  private final List<byte[]> operations = new ArrayList<>();

  /** The dictionary of a CIFAR-10 batch of two images. */
  static Pickle batch() {
    Pickle p = new Pickle();
    p.raw(0x80, 2)
        .add("}")
        .add("(")
        .text("labels")
        .add("]")
        .add("(")
        .integer(3)
        .integer(9)
        .add("e");
    p.text("data").array(2, 3072).add("u");
    return p.add(".");
  }

  /** The dictionary of class names. */
  static Pickle names() {
    Pickle p = new Pickle();
    p.raw(0x80, 2).add("}").text("label_names").add("]").add("(");
    for (int i = 0; i < 10; i++) {
      p.text("class " + i);
    }
    return p.add("e").add("s").add(".");
  }

  /** The state_dict of {@code linear1.weight}, two rows of three, in storage 0. */
  static Pickle stateDict() {
    Pickle p = new Pickle();
    p.raw(0x80, 2).global("collections", "OrderedDict").add(")").add("R").add("(");
    p.text("linear1.weight").global("torch._utils", "_rebuild_tensor_v2").add("(").add("(");
    p.text("storage").global("torch", "FloatStorage").text("0").text("cpu").integer(6).add("t");
    p.add("Q").integer(0).integer(2).integer(3).raw(0x86).integer(3).integer(1).raw(0x86);
    p.raw(0x89).global("collections", "OrderedDict").add(")").add("R").add("t").add("R");
    return p.add("u").add(".");
  }

  /** What stands before the state_dict in torch.save's older form, and the keys behind it. */
  static byte[] torchHead() {
    byte[] magic = {0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20, 0x6a, (byte) 0xa8};
    Pickle p = new Pickle().raw(0x80, 2).raw(0x8a, 10);
    p.operations.add(magic);
    p.raw(0x50, 0x19).add(".").raw(0x80, 2).add("M").raw(0xe9, 3).add(".");
    return p.raw(0x80, 2).add("}").text("little_endian").raw(0x88).add("s").add(".").file();
  }

  static byte[] torchKeys() {
    return new Pickle().raw(0x80, 2).add("]").text("0").add("a").add(".").file();
  }

  private Pickle array(int rows, int columns) {
    global("numpy.core.multiarray", "_reconstruct").global("numpy", "ndarray");
    add("K\0").raw(0x85).text("b").raw(0x87).add("R").add("(").integer(1);
    integer(rows).integer(columns).raw(0x86);
    global("numpy", "dtype")
        .text("u1")
        .integer(0)
        .integer(1)
        .raw(0x87)
        .add("R")
        .add("(")
        .integer(3);
    text("|").add("N").add("N").add("N").integer(-1).integer(-1).integer(0).add("t").add("b");
    raw(0x89);
    byte[] pixels = new byte[rows * columns];
    operations.add(argument('T', pixels));
    return add("t").add("b");
  }

  /** One change of the list of operations, or a few. */
  Pickle mutate(Dice dice) {
    do {
      int at = dice.below(operations.size());
      switch (dice.below(7)) {
        case 0 -> operations.remove(at);
        case 1 -> operations.add(at, dice.of(operations));
        case 2 -> operations.add(at, dice.of(OPERATIONS));
        case 3 -> operations.set(at, dice.of(OPERATIONS));
        case 4 -> operations.set(at, dice.of(operations));
        case 5 ->
            operations.addAll(
                at,
                List.copyOf(
                    operations.subList(at, Math.min(operations.size(), at + 1 + dice.below(12)))));
        default -> operations.set(at, Bits.mutate(operations.get(at), operations.get(at), dice));
      }
    } while (operations.size() > 0 && operations.size() < 500 && dice.again(2));
    return this;
  }

  byte[] file() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    operations.forEach(out::writeBytes);
    return out.toByteArray();
  }

  private Pickle add(String ascii) {
    operations.add(ascii.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  private Pickle raw(int... bytes) {
    byte[] all = new byte[bytes.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) bytes[i];
    }
    operations.add(all);
    return this;
  }

  private Pickle text(String s) {
    return add("U" + (char) s.length() + s);
  }

  private Pickle integer(int v) {
    operations.add(little('J', v, 4));
    return this;
  }

  private Pickle global(String module, String name) {
    return add("c" + module + "\n" + name + "\n");
  }

  private static byte[] little(char operation, long v, int bytes) {
    ByteBuffer out = ByteBuffer.allocate(9).order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) operation).putLong(v);
    return Arrays.copyOf(out.array(), 1 + bytes);
  }

  private static byte[] argument(char operation, byte[] content) {
    return Bits.spliced(little(operation, content.length, 4), 5, content, 5);
  }

  private static List<byte[]> operations() {
    Pickle p = new Pickle();
    for (String s :
        List.of(
            "(",
            ".",
            "0",
            "1",
            "2",
            "F1.5\n",
            "I7\n",
            "I01\n",
            "L9L\n",
            "N",
            "P9\n",
            "Q",
            "R",
            "S'a'\n",
            "V\\u0041\n",
            "]",
            "a",
            "b",
            "d",
            "e",
            "g0\n",
            "h\0",
            "h\1",
            "h\377",
            "i",
            "l",
            "o",
            "p0\n",
            "q\0",
            "q\1",
            "s",
            "t",
            "u",
            "}",
            ")",
            "K\5",
            "M\1\1",
            "\u0080\4",
            "\u0081",
            "\u0085",
            "\u0086",
            "\u0087",
            "\u0088",
            "\u0089",
            "\u008a\1\377",
            "\u008a\377",
            "\u008b\377\377\377\177",
            "\u008c\1a",
            "\u0092",
            "\u0093",
            "\u0094",
            "\u008f",
            "\u0090",
            "\u0091",
            "cos\nsystem\n",
            "ctorch\nHalfStorage\n",
            "ctorch._utils\n_rebuild_parameter\n",
            "cnumpy\ndtype\n",
            "c_codecs\nencode\n",
            "U\3u\3611",
            "U\6latin1",
            "G\77\360\0\0\0\0\0\0")) {
      p.add(s);
    }
    for (long n : new long[] {0, 1, 3072, Integer.MAX_VALUE, -1, 1L << 31}) {
      for (char o : new char[] {'T', 'X', 'B', 'J', 'j', 'r', 0x8d, 0x8e, 0x95, 0x96}) {
        p.operations.add(little(o, n, o >= 0x8d ? 8 : 4));
      }
    }
    return List.copyOf(p.operations);
  }
}
