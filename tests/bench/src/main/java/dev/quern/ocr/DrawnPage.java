package dev.quern.ocr;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.GraphicsEnvironment;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import javax.imageio.ImageIO;

/** A page with lines of random words and numbers, in several fonts, sizes and rotations. */
record DrawnPage(Path image, List<String> lines) {
  private static final int WIDTH = 960;
  private static final int LINES = 8;
  private static final int SPACING = 90;
  private static final int SMALLEST_FONT = 18;
  private static final int FONT_SIZES = 15;
  private static final double MOST_DEGREES = 3;
  private static final List<String> FONTS =
      List.of(
          "DejaVu Sans",
          "DejaVu Serif",
          "DejaVu Sans Mono",
          "Lato",
          "Liberation Sans",
          "Liberation Serif",
          "Liberation Mono",
          "Liberation Sans Narrow");
  private static final List<String> WORDS =
      List.of(
          ("invoice total date street market coffee bread water price number account garden winter"
                  + " summer paper window station ticket return before after kitchen orange yellow"
                  + " silver mountain river bridge letter answer question morning evening doctor"
                  + " engine signal weather island forest copper needle button carpet mirror")
              .split(" "));

  /**
   * Draws pages into a folder, with a file of the lines ({@code page-01.txt}) beside each.
   *
   * @return the pages
   */
  static List<DrawnPage> draw(Path folder, int pages, long seed) throws IOException {
    TreeSet<String> installed =
        new TreeSet<>(
            Arrays.asList(
                GraphicsEnvironment.getLocalGraphicsEnvironment().getAvailableFontFamilyNames()));
    List<String> fonts = FONTS.stream().filter(installed::contains).toList();
    if (fonts.isEmpty()) {
      throw new IllegalStateException("none of the fonts " + FONTS + " is installed");
    }
    Files.createDirectories(folder);
    Random random = new Random(seed);
    List<DrawnPage> all = new ArrayList<>();
    for (int i = 1; i <= pages; i++) {
      Path image = folder.resolve(String.format("page-%02d.png", i));
      List<String> lines = draw(image, fonts, random);
      Files.write(folder.resolve(String.format("page-%02d.txt", i)), lines);
      all.add(new DrawnPage(image, lines));
    }
    return all;
  }

  private static List<String> draw(Path file, List<String> fonts, Random random)
      throws IOException {
    int height = LINES * SPACING + SPACING / 2;
    BufferedImage page = new BufferedImage(WIDTH, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = page.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, WIDTH, height);
    g.setColor(Color.BLACK);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < LINES; i++) {
      String font = fonts.get(random.nextInt(fonts.size()));
      g.setFont(new Font(font, Font.PLAIN, SMALLEST_FONT + random.nextInt(FONT_SIZES)));
      String line = line(random);
      double angle = Math.toRadians((random.nextDouble() * 2 - 1) * MOST_DEGREES);
      int x = 30 + random.nextInt(60);
      int y = SPACING * (i + 1);
      g.rotate(angle, x, y);
      g.drawString(line, x, y);
      g.rotate(-angle, x, y);
      lines.add(line);
    }
    g.dispose();
    ImageIO.write(page, "png", file.toFile());
    return lines;
  }

  private static String line(Random random) {
    List<String> parts = new ArrayList<>();
    int count = 2 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      boolean isNumber = random.nextInt(4) == 0;
      parts.add(
          isNumber
              ? String.valueOf(random.nextInt(100_000))
              : WORDS.get(random.nextInt(WORDS.size())));
    }
    return String.join(" ", parts);
  }
}
