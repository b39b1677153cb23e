package dev.quern.fuzz.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.quern.data.Dataset;
import dev.quern.io.ArrayFiles;
import dev.quern.io.NumpyFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** NumPy's files, alone and as a data set of samples and labels, read whole or sample by sample. */
final class NumpyFormat implements Format {
  private static final List<String> TYPES =
      List.of("|u1", "|i1", "|b1", "<u2", ">i2", "<i4", ">i8", "<f2", ">f4", "<f8", "<U3", "|O");
  private static final List<String> SHAPES =
      List.of(
          "(2, 3)", "(2, 1, 2, 9)", "(2, 9, 9, 3)", "(2,)", "(2, 1)", "()", "(0, 2)", "(2, -1)");

  private final Scratch scratch;

  NumpyFormat(Scratch scratch) {
    this.scratch = scratch;
  }

  @Override
  public boolean attack(Dice dice) throws Exception {
    byte[] x = array(dice, dice.below(3) == 0 ? dice.of(SHAPES) : "(2, 3)");
    byte[] y = array(dice, dice.below(4) == 0 ? dice.of(SHAPES) : "(2,)");
    if (dice.below(4) == 3) {
      x = Bits.mutate(x, y, dice);
    }
    Path path = dice.oneIn(2) ? zipped(x, y, dice) : folder(x, y);
    if (!Files.isDirectory(path) && dice.oneIn(2)) {
      try (NumpyFile file = NumpyFile.open(path)) {
        for (String name : file.names()) {
          if (file.dtype(name).equals("TEXT")) {
            file.texts(name);
          } else {
            file.floats(name);
          }
        }
      }
      return true;
    }
    try (ArrayFiles files = ArrayFiles.builder(path).split(0.5, 1).memory(dice.below(64)).open()) {
      for (Dataset set : List.of(files.train(), files.validation(), files.test())) {
        for (int i = 0; i < set.size(); i++) {
          Object read = set.kind() == Dataset.Kind.BYTES ? set.image(i) : set.floats(i);
          read = set.hasTargets() ? set.target(i) : set.label(i);
          read.hashCode();
        }
      }
    }
    return true;
  }

  private Path folder(byte[] x, byte[] y) throws IOException {
    Path folder = scratch.empty("arrays");
    Files.write(folder.resolve("x.npy"), x);
    Files.write(folder.resolve("y.npy"), y);
    return folder;
  }

  private Path zipped(byte[] x, byte[] y, Dice dice) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("x.npy"));
      zip.write(x);
      zip.putNextEntry(new ZipEntry("y.npy"));
      zip.write(y);
    }
    byte[] content = out.toByteArray();
    return scratch.file(
        "a.npz", dice.below(4) == 3 ? Bits.mutate(content, content, dice) : content);
  }

  /** Of the right size for its shape, most times. */
  private static byte[] array(Dice dice, String shape) {
    String type = dice.below(3) == 0 ? dice.of(TYPES) : "|u1";
    int values = dice.below(8) == 7 ? dice.below(64) : elements(shape);
    byte[] header =
        ("{'descr': '"
                + type
                + "', 'fortran_order': "
                + (dice.oneIn(4) ? "True" : "False")
                + ", 'shape': "
                + shape
                + "}")
            .getBytes(ISO_8859_1);
    int each =
        type.equals("<U3") ? 12 : type.length() < 3 ? 1 : Character.digit(type.charAt(2), 10);
    ByteBuffer out =
        ByteBuffer.allocate(10 + header.length + values * Math.max(1, each))
            .order(ByteOrder.LITTLE_ENDIAN);
    out.put(
        new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) (dice.below(8) == 7 ? 2 : 1), 0});
    return out.putShort((short) header.length).put(header).array();
  }

  private static int elements(String shape) {
    int n = 1;
    for (String d : shape.replaceAll("[^0-9,]", "").split(",")) {
      n *= d.isEmpty() ? 1 : Integer.parseInt(d);
    }
    return n;
  }
}
