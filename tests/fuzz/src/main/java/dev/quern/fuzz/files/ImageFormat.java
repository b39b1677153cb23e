package dev.quern.fuzz.files;

import dev.quern.cli.ImageDoor;
import dev.quern.fuzz.Attack;
import dev.quern.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/** PNG and JPEG files, as {@code quern predict} reads them. */
final class ImageFormat implements Format {
  private static final List<Shape> INPUTS =
      List.of(Shape.of(1, 4, 4), Shape.of(3, 5, 3), Shape.of(3, 1, 1), Shape.of(1, 9, 9));

  private final Scratch scratch;
  private final List<byte[]> pngs = new ArrayList<>();
  private final List<byte[]> jpegs = new ArrayList<>();

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

  @Override
  public boolean attack(Dice dice) throws Exception {
    boolean png = dice.below(2) == 0;
    List<byte[]> bases = png ? pngs : jpegs;
    byte[] base = dice.of(bases);
    byte[] file;
    if (dice.below(8) == 1) {
      file = Bits.mutate(base, dice.of(bases), dice);
    } else {
      file = png ? PngChunks.mutate(base, dice) : JpegSegments.mutate(base, dice);
    }
    Shape input = dice.of(INPUTS);
    byte[] read = ImageDoor.read(scratch.file("image", file), input);
    if (read.length != input.elements()) {
      throw new Attack.Finding("image: " + read.length + " bytes for " + input, null);
    }
    return true;
  }
}
