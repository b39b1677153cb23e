package dev.quern.cli;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Polygon;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes folders of drawn shapes, in files of mixed sizes and formats. */
public final class ShapeFiles {
  public static final List<String> CLASSES = List.of("circle", "square", "triangle");

  private static final List<String> FORMATS = List.of("png", "jpg", "bmp", "gif");

  private ShapeFiles() {}

  /** {@code count} files in a subfolder for each class; no two pictures are alike. */
  public static Path write(Path folder, int count, long seed) throws IOException {
    Random random = new Random(seed);
    for (int i = 0; i < count; i++) {
      String shape = CLASSES.get(i % CLASSES.size());
      Path sub = Files.createDirectories(folder.resolve(shape));
      Pictures.write(sub.resolve(i + "." + FORMATS.get(i / 3 % 4)), draw(shape, random));
    }
    return folder;
  }

  static BufferedImage draw(String shape, Random random) {
    int width = 24 + random.nextInt(80);
    int height = 24 + random.nextInt(80);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setColor(new Color(Color.HSBtoRGB(random.nextFloat(), 0.5f, 0.1f + random.nextFloat() / 5)));
    g.fillRect(0, 0, width, height);
    g.setColor(new Color(Color.HSBtoRGB(random.nextFloat(), 0.5f, 0.8f + random.nextFloat() / 5)));
    double w = width * (0.5 + 0.4 * random.nextDouble());
    double h = height * (0.5 + 0.4 * random.nextDouble());
    double x = (width - w) * random.nextDouble();
    double y = (height - h) * random.nextDouble();
    switch (shape) {
      case "circle" -> g.fill(new Ellipse2D.Double(x, y, w, h));
      case "square" -> g.fill(new Rectangle2D.Double(x, y, w, h));
      default ->
          g.fill(
              new Polygon(
                  new int[] {(int) x, (int) (x + w), (int) (x + w / 2)},
                  new int[] {(int) (y + h), (int) (y + h), (int) y},
                  3));
    }
    g.dispose();
    return image;
  }

  /**
   * Breaks every so manieth file, in several ways: empty, cut short, other bytes, another file's
   * name.
   *
   * @return those that are broken now, sorted
   */
  public static List<Path> breakSome(Path folder, int count) throws IOException {
    List<Path> files;
    try (var all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    List<Path> broken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Path file = files.get(i * files.size() / count);
      byte[] bytes = Files.readAllBytes(file);
      switch (i % 4) {
        case 0 -> Files.write(file, new byte[0]);
        case 1 -> Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        case 2 -> Files.writeString(file, "this is text, and no picture");
        default -> Files.write(file, Arrays.copyOf(bytes, 20));
      }
      broken.add(file);
    }
    return broken;
  }
}
