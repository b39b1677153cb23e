package dev.quern.fuzz.files;

import dev.quern.fuzz.Attack;
import dev.quern.io.dataset.DatasetDoor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Archives: names that lead out, links, sizes that lie, and bombs. */
final class TarFormat implements Format {
  private static final int BLOCK = 512;
  private static final int MOST = 1 << 20;

  private static final List<String> NAMES =
      List.of(
          "a",
          "a/b",
          "a/",
          "d/e/f",
          "../out",
          "a/../../out",
          "/out",
          "a//b",
          ".",
          "..",
          "./a",
          "a/.",
          "C:out",
          "a\\..\\out",
          "",
          " ",
          "a\n",
          "\u00e9",
          "~/x",
          "-rf",
          "a/./b");

  private static final String FLAGS = "00000\0" + "5512346789xgLKSDMNVX7A";

  private final Scratch scratch;

  TarFormat(Scratch scratch) {
    this.scratch = scratch;
  }

  @Override
  public boolean attack(Dice dice) throws Exception {
    Path archive = scratch.file("a.tar.gz", Gzip.of(tar(dice), dice));
    Path outer = scratch.empty("unpack");
    Path folder = Files.createDirectory(outer.resolve("inner"));
    try {
      DatasetDoor.unpack(archive, folder, MOST);
      return true;
    } finally {
      requireInside(outer, folder);
    }
  }

  private static void requireInside(Path outer, Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(outer)) {
      long bytes = 0;
      for (Path p : all.toList()) {
        if (Files.isSymbolicLink(p) || !p.startsWith(folder) && !p.equals(outer)) {
          throw new Attack.Finding("unpack: made " + outer.relativize(p), null);
        }
        bytes += Files.isRegularFile(p) ? Files.size(p) : 0;
      }
      if (bytes > MOST) {
        throw new Attack.Finding("unpack: made " + bytes + " bytes", null);
      }
    }
  }

  private static byte[] tar(Dice dice) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int entries = dice.below(256) == 1 ? 1200 : dice.below(5);
    for (int i = 0; i <= entries; i++) {
      String name = entries > 4 ? "e" + i : name(dice);
      char flag = FLAGS.charAt(entries > 4 ? 0 : dice.below(FLAGS.length()));
      byte[] content = content(flag, dice, entries > 4);
      long size = dice.below(8) == 1 ? dice.odd() : content.length;
      byte[] header = header(name, flag, size, dice);
      out.write(dice.below(8) == 1 ? sized(Bits.mutate(header, header, dice)) : header);
      out.write(Arrays.copyOf(content, (content.length + BLOCK - 1) / BLOCK * BLOCK));
    }
    if (dice.below(8) != 1) {
      out.write(new byte[2 * BLOCK]);
    }
    return out.toByteArray();
  }

  private static byte[] sized(byte[] header) {
    return Arrays.copyOf(header, BLOCK);
  }

  private static String name(Dice dice) {
    return switch (dice.below(10)) {
      case 1 -> "a/".repeat(1 + dice.below(3000));
      case 2 -> ".".repeat(1 + dice.below(5000));
      case 3 -> new String(dice.literal(40), StandardCharsets.ISO_8859_1);
      case 4, 5, 6 -> "f" + dice.below(8);
      default -> dice.of(NAMES);
    };
  }

  private static byte[] content(char flag, Dice dice, boolean many) {
    if (many) {
      return new byte[0];
    }
    if (flag == 'L' || flag == 'K') {
      return (name(dice) + "\0").getBytes(StandardCharsets.UTF_8);
    }
    if (flag == 'x' || flag == 'g' || flag == 'X') {
      return pax(dice);
    }
    return new byte[dice.below(64) == 1 ? 3 << 20 : dice.below(700)];
  }

  private static byte[] pax(Dice dice) {
    StringBuilder all = new StringBuilder();
    do {
      String key =
          dice.of(
              List.of(
                  "path",
                  "size",
                  "linkpath",
                  "GNU.sparse.map",
                  "GNU.sparse.major",
                  "GNU.sparse.realsize",
                  "GNU.sparse.name",
                  "mtime",
                  "uid",
                  "charset",
                  ""));
      String value =
          dice.oneIn(2)
              ? dice.of(List.of("1,2", "-1", "9999999999999999999", "1", "x", "0.5", ""))
              : dice.oneIn(2) ? Long.toString(dice.odd()) : name(dice);
      int n = key.length() + value.length() + 3;
      n += Integer.toString(n).length();
      all.append(dice.below(8) == 1 ? Long.toString(dice.odd()) : Integer.toString(n));
      all.append(' ').append(key).append('=').append(value).append('\n');
    } while (dice.again(2));
    return all.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] header(String name, char flag, long size, Dice dice) {
    byte[] h = new byte[BLOCK];
    put(h, 0, 100, name);
    put(h, 100, 8, "0000644\0");
    put(h, 124, 12, String.format("%011o", size & 0777777777777L));
    put(h, 136, 12, "00000000000");
    h[156] = (byte) flag;
    put(h, 157, 100, dice.oneIn(2) ? "../out" : "a");
    put(h, 257, 8, dice.oneIn(4) ? "ustar  \0" : "ustar\00000");
    put(h, 345, 155, dice.oneIn(8) ? name(dice) : "");
    Arrays.fill(h, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : h) {
      sum += b & 0xff;
    }
    put(h, 148, 8, String.format("%06o\0 ", sum));
    return h;
  }

  private static void put(byte[] h, int at, int most, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, h, at, Math.min(most, bytes.length));
  }
}
