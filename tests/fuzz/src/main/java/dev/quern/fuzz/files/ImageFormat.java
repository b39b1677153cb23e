package dev.quern.fuzz.files;

import dev.quern.data.Image;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.fuzz.Attack;
import dev.quern.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** Pictures, as {@code quern predict} reads them. */
final class ImageFormat implements Format {
  private static final List<Shape> INPUTS =
      List.of(Shape.of(1, 4, 4), Shape.of(3, 5, 3), Shape.of(3, 1, 1), Shape.of(1, 9, 9));

  private static final Path PLUGINS =
      Path.of(
          System.getProperty("quern.root", "."),
          "java/image-formats/src/test/resources/dev/quern/image/formats/pictures");

  private final Scratch scratch;
  private final List<byte[]> pngs = new ArrayList<>();
  private final List<byte[]> jpegs = new ArrayList<>();
  private final List<byte[]> others = new ArrayList<>();

  /** WebP and TIFF of many sorts; none where the project's files are not there. */
  private final List<byte[]> plugins = new ArrayList<>();

  ImageFormat(Scratch scratch) throws IOException {
    this.scratch = scratch;
    System.setProperty("java.awt.headless", "true");
    ImageIO.setUseCache(false);
    for (int type :
        new int[] {
          BufferedImage.TYPE_BYTE_GRAY,
          BufferedImage.TYPE_INT_RGB,
          BufferedImage.TYPE_INT_ARGB,
          BufferedImage.TYPE_USHORT_GRAY,
          BufferedImage.TYPE_BYTE_BINARY,
          BufferedImage.TYPE_BYTE_INDEXED
        }) {
      add(pngs, "png", type);
    }
    add(jpegs, "jpeg", BufferedImage.TYPE_BYTE_GRAY);
    add(jpegs, "jpeg", BufferedImage.TYPE_INT_RGB);
    jpegs.add(turned(jpegs.get(1)));
    add(others, "gif", BufferedImage.TYPE_BYTE_INDEXED);
    for (int type :
        new int[] {
          BufferedImage.TYPE_INT_RGB,
          BufferedImage.TYPE_BYTE_GRAY,
          BufferedImage.TYPE_BYTE_BINARY,
          BufferedImage.TYPE_USHORT_565_RGB
        }) {
      add(others, "bmp", type);
    }
    if (Files.isDirectory(PLUGINS)) {
      try (Stream<Path> files = Files.list(PLUGINS)) {
        for (Path file : files.sorted().toList()) {
          plugins.add(Files.readAllBytes(file));
        }
      }
    }
  }

  private static void add(List<byte[]> to, String format, int type) throws IOException {
    BufferedImage image = new BufferedImage(6, 5, type);
    for (int i = 0; i < 30; i++) {
      image.setRGB(i % 6, i / 6, i * 0x07654321);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (!ImageIO.write(image, format, out)) {
      throw new IllegalStateException("this JDK writes no " + format + " of type " + type);
    }
    to.add(out.toByteArray());
  }

  /** With EXIF that lays it on its side. */
  private static byte[] turned(byte[] jpeg) {
    String exif = "ffe100224578696600004d4d002a00000008000101120003000000010006000000000000";
    byte[] segment = HexFormat.of().parseHex(exif);
    return Bits.spliced(jpeg, 2, segment, 2);
  }

  @Override
  public boolean attack(Dice dice) throws Exception {
    int kind = dice.below(plugins.isEmpty() ? 3 : 4);
    List<byte[]> bases = List.of(pngs, jpegs, others, plugins).get(kind);
    byte[] base = dice.of(bases);
    byte[] file;
    if (kind >= 2 || dice.below(8) == 1) {
      file = Bits.mutate(base, dice.of(bases), dice);
    } else {
      file = kind == 0 ? PngChunks.mutate(base, dice) : JpegSegments.mutate(base, dice);
    }
    Image image = Image.read(scratch.file("image", file));
    Shape input = dice.of(INPUTS);
    Preprocessing how =
        Preprocessing.of(Normalization.unit(input))
            .fit(dice.of(List.of(Preprocessing.Fit.values())));
    if (!how.resized(image, input).shape().equals(input)) {
      throw new Attack.Finding("image: " + image + " does not become " + input, null);
    }
    return true;
  }
}
