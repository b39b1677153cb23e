package dev.quern.tests;

import dev.quern.io.Safetensors;
import dev.quern.io.Safetensors.Entry;
import dev.quern.tensor.Shape;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;

/** The data that the programs of {@code tests/peers/first-hour} expect in their folder. */
final class FirstHourData {
  private static final int IMAGES = 160;
  private static final int SIDE = 24;
  private static final int LENGTH = 64;

  private final Path folder;
  private final Random random = new Random(1);

  private FirstHourData(Path folder) {
    this.folder = folder;
  }

  static void write(Path folder) throws IOException {
    FirstHourData data = new FirstHourData(folder);
    data.photos();
    data.marks();
    data.spots();
    data.scenes();
    data.waves();
    data.pets("train", 200);
    data.pets("test", 60);
  }

  private static BufferedImage black() {
    return new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
  }

  private void save(BufferedImage image, String file) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    ImageIO.write(image, "png", path.toFile());
  }

  /** A subfolder for each class. */
  private void photos() throws IOException {
    for (int i = 0; i < IMAGES; i++) {
      BufferedImage image = black();
      int side = 10 + random.nextInt(4);
      int round = i % 2 == 0 ? side : 0;
      image
          .createGraphics()
          .fillRoundRect(random.nextInt(10), random.nextInt(10), side, side, round, round);
      save(image, "photos/" + (i % 2 == 0 ? "circle/" : "square/") + i + ".png");
    }
  }

  /** A disc, a line or both: several labels an image. */
  private void marks() throws IOException {
    StringBuilder csv = new StringBuilder("file,label\n");
    for (int i = 0; i < IMAGES; i++) {
      BufferedImage image = black();
      Graphics2D g = image.createGraphics();
      if (i % 3 != 0) {
        g.fillOval(random.nextInt(10), random.nextInt(10), 9, 9);
      }
      if (i % 3 != 1) {
        g.fillRect(0, random.nextInt(SIDE - 2), SIDE, 2);
      }
      save(image, "marks/" + i + ".png");
      csv.append(i).append(".png,").append(List.of("line", "disc", "disc;line").get(i % 3));
      csv.append('\n');
    }
    Files.writeString(folder.resolve("marks/labels.csv"), csv);
  }

  /** A disc, and its diameter as a share of the width. */
  private void spots() throws IOException {
    StringBuilder csv = new StringBuilder("file,label\n");
    for (int i = 0; i < IMAGES; i++) {
      BufferedImage image = black();
      int side = 2 + random.nextInt(20);
      image
          .createGraphics()
          .fillOval(random.nextInt(SIDE - side), random.nextInt(SIDE - side), side, side);
      save(image, "spots/" + i + ".png");
      csv.append(i).append(".png,").append(side / (double) SIDE).append('\n');
    }
    Files.writeString(folder.resolve("spots/labels.csv"), csv);
  }

  /** A brighter square in noise, and its mask. */
  private void scenes() throws IOException {
    for (int i = 0; i < IMAGES; i++) {
      BufferedImage image = black();
      BufferedImage mask = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
      int side = 6 + random.nextInt(6);
      int left = random.nextInt(SIDE - side);
      int top = random.nextInt(SIDE - side);
      for (int k = 0; k < SIDE * SIDE; k++) {
        int x = k % SIDE - left;
        int y = k / SIDE - top;
        boolean in = x >= 0 && x < side && y >= 0 && y < side;
        image.setRGB(k % SIDE, k / SIDE, 0x010101 * ((in ? 150 : 40) + random.nextInt(40)));
        mask.getRaster().setSample(k % SIDE, k / SIDE, 0, in ? 1 : 0);
      }
      save(image, "scenes/images/" + i + ".png");
      save(mask, "scenes/masks/" + i + ".png");
    }
    Files.writeString(folder.resolve("scenes/classes.txt"), "ground\nsquare\n");
  }

  /** Sine and square waves. */
  private void waves() throws IOException {
    float[] x = new float[2 * IMAGES * LENGTH];
    long[] y = new long[2 * IMAGES];
    for (int i = 0; i < y.length; i++) {
      y[i] = i % 2;
      double speed = 2 + 4 * random.nextDouble();
      double phase = random.nextDouble();
      for (int k = 0; k < LENGTH; k++) {
        double sine = Math.sin(2 * Math.PI * (speed * k / LENGTH + phase));
        double wave = i % 2 == 0 ? sine : Math.signum(sine);
        x[i * LENGTH + k] = (float) (wave + 0.2 * random.nextDouble());
      }
    }
    LinkedHashMap<String, Entry> arrays = new LinkedHashMap<>();
    arrays.put("x", Entry.floats(Shape.of(y.length, 1, LENGTH), x));
    arrays.put("y", Entry.longs(Shape.of(y.length), y));
    Safetensors.write(folder.resolve("waves.safetensors"), Map.of(), arrays);
  }

  /** The class depends on the photo's brightness and on the first number. */
  private void pets(String part, int count) throws IOException {
    int pixels = 16 * 16;
    byte[] photo = new byte[count * pixels];
    float[] facts = new float[2 * count];
    long[] kind = new long[count];
    for (int i = 0; i < count; i++) {
      boolean bright = random.nextBoolean();
      facts[2 * i] = random.nextFloat();
      facts[2 * i + 1] = random.nextFloat();
      kind[i] = facts[2 * i] + (bright ? 0.5 : 0) > 0.75 ? 1 : 0;
      for (int k = 0; k < pixels; k++) {
        photo[i * pixels + k] = (byte) ((bright ? 120 : 20) + random.nextInt(100));
      }
    }
    LinkedHashMap<String, Entry> arrays = new LinkedHashMap<>();
    arrays.put("inputs.photo", Entry.bytes(Shape.of(count, 1, 16, 16), photo));
    arrays.put("inputs.facts", Entry.floats(Shape.of(count, 2), facts));
    arrays.put("targets.kind", Entry.longs(Shape.of(count), kind));
    Files.createDirectories(folder.resolve("pets"));
    Map<String, String> about =
        Map.of(
            "format", "quern-dataset", "format_version", "1", "classes.kind", "[\"cat\", \"dog\"]");
    Safetensors.write(folder.resolve("pets/" + part + ".safetensors"), about, arrays);
  }
}
