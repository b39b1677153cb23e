package dev.quern.tests;

import dev.quern.data.Dataset;
import dev.quern.io.dataset.ImageFolder;
import dev.quern.io.dataset.ImageFolderBuilder;
import dev.quern.tensor.Size;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.io.TempDir;

/** A folder of small gray pictures. */
abstract class ImageFolderCase {
  static final Size SIZE = new Size(4, 5);

  @TempDir Path dir;

  /** A gray picture, each of another value. */
  Path picture(String name, int value) throws IOException {
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(6, 9, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 54; i++) {
      image.getRaster().setSample(i % 6, i / 6, 0, (value + i) & 0xff);
    }
    ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile());
    return file;
  }

  ImageFolderBuilder builder() {
    return ImageFolder.builder(dir).size(SIZE);
  }

  void classes(int... counts) throws IOException {
    for (int c = 0; c < counts.length; c++) {
      for (int i = 0; i < counts[c]; i++) {
        picture((char) ('a' + c) + "/" + (100 + i) + ".png", 20 * i + c);
      }
    }
  }

  static List<Integer> labels(Dataset data) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < data.size(); i++) {
      all.add(data.label(i));
    }
    return all;
  }

  static List<String> images(Dataset data) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < data.size(); i++) {
      all.add(Arrays.toString(data.image(i)));
    }
    return all;
  }

  static Dataset copy(Dataset data) {
    int each = (int) data.shape().elements();
    byte[] all = new byte[data.size() * each];
    int[] labels = new int[data.size()];
    for (int i = 0; i < labels.length; i++) {
      System.arraycopy(data.image(i), 0, all, i * each, each);
      labels[i] = data.label(i);
    }
    return Dataset.of(data.name(), data.shape(), data.classes(), all, labels);
  }
}
