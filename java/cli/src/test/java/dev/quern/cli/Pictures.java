package dev.quern.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/** Makes image files. */
public final class Pictures {
  private Pictures() {}

  /** A gray picture with these values, row by row. */
  public static BufferedImage grey(int width, byte[] values) {
    BufferedImage image =
        new BufferedImage(width, values.length / width, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setDataElements(0, 0, width, values.length / width, values);
    return image;
  }

  /** A picture of one color. */
  public static BufferedImage plain(int type, int width, int height, int argb) {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, argb);
      }
    }
    return image;
  }

  /** Writes a file; its name's ending is the format. */
  public static Path write(Path file, BufferedImage image) throws IOException {
    String name = file.getFileName().toString();
    if (!ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile())) {
      throw new IOException("no writer for " + file);
    }
    return file;
  }

  /** A PNG file whose header claims another size, with a right checksum. */
  public static Path claim(Path file, int width, int height) throws IOException {
    write(file, plain(BufferedImage.TYPE_BYTE_GRAY, 4, 4, 0));
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    bytes.putInt(16, width).putInt(20, height);
    CRC32 crc = new CRC32();
    crc.update(bytes.array(), 12, 17);
    bytes.putInt(29, (int) crc.getValue());
    return Files.write(file, bytes.array());
  }
}
