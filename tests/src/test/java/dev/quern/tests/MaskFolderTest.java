package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.augment.RandomHorizontalFlip;
import dev.quern.data.Dataset;
import dev.quern.data.Image;
import dev.quern.data.Preprocessing;
import dev.quern.error.DataException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.io.dataset.BrokenFile;
import dev.quern.io.dataset.ImageFolder;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.activation.Relu;
import dev.quern.loss.CrossEntropy;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.optim.AdamW;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.train.Trainer;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Folders of pictures and masks as data sets with a class for each pixel. */
class MaskFolderTest extends ImageFolderCase {
  private static final IndexColorModel PALETTE = palette();

  /** Index 1 is red, 2 is red, too, and 255 white: VOC's way, a color of which says little. */
  private static IndexColorModel palette() {
    byte[] red = new byte[256];
    byte[] other = new byte[256];
    red[1] = red[2] = red[255] = other[255] = (byte) 255;
    return new IndexColorModel(8, 256, red, other, other);
  }

  private BufferedImage mask(int width, int height, int... values) {
    BufferedImage mask = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED, PALETTE);
    for (int i = 0; i < width * height; i++) {
      mask.getRaster().setSample(i % width, i / width, 0, values[i % values.length]);
    }
    return mask;
  }

  private Path write(String name, BufferedImage image) throws IOException {
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile());
    return file;
  }

  /** A gray picture of 6 x 9 with a mask. */
  private void pair(String under, String stem, int... values) throws IOException {
    picture(under + "images/" + stem + ".png", stem.length());
    write(under + "masks/" + stem + ".png", mask(6, 9, values));
  }

  private static float[] target(Dataset data, int index) {
    FloatBuffer to = FloatBuffer.allocate((int) data.targetShape().elements());
    data.copyTarget(index, to);
    return to.array();
  }

  @Test
  void masksAreTargets() throws IOException {
    pair("", "b", 0, 1, 2);
    pair("", "deep/a", 0, 1, 255);
    write("masks/without.png", mask(2, 2, 9)); // has no picture
    Files.writeString(
        dir.resolve("classes.txt"), "\ufeffground\r\n disc \r\nsquare\r\nsky\r\n\r\n");
    for (long cache : new long[] {0, 6 * 9 * 4, 1 << 20}) {
      try (ImageFolder folder = ImageFolder.builder(dir).size(new Size(9, 6)).cache(cache).open()) {
        Dataset all = folder.all();
        assertThat(folder.classes()).containsExactly("ground", "disc", "square", "sky");
        assertThat(folder.counts())
            .isEqualTo(Map.of("ground", 2, "disc", 2, "square", 1, "sky", 0));
        assertThat(all.hasTargets()).isTrue();
        assertThat(all.targetShape()).isEqualTo(Shape.of(9, 6));
        assertThat(all.size()).isEqualTo(2);
        assertThat(all.image(0)).isEqualTo(rgb(Image.read(dir.resolve("images/b.png"))));
        assertThat(target(all, 0)).startsWith(0, 1, 2, 0, 1, 2);
        assertThat(target(all, 1)).startsWith(0, 1, -100, 0, 1, -100);
        assertThat(target(all.slice(1, 2), 0)).isEqualTo(target(all, 1));
        assertThat(target(all.subset(new int[] {1, 0}), 1)).isEqualTo(target(all, 0));
        assertThat(all)
            .hasToString("Dataset " + folder.name() + ": 2 images of 3x9x6, targets of 9x6");
        assertThatThrownBy(() -> all.label(0)).isInstanceOf(InvalidArgumentException.class);
        assertThatThrownBy(() -> all.copyTarget(0, FloatBuffer.allocate(53)))
            .isInstanceOf(InvalidArgumentException.class)
            .hasMessageContaining("54 values does not fit");
      }
    }
  }

  private static byte[] rgb(Image grey) {
    byte[] three = new byte[3 * 54];
    for (int i = 0; i < three.length; i++) {
      three[i] = grey.pixels()[i % 54];
    }
    return three;
  }

  /** Pixels of one class become pixels of it, wherever their picture comes to lie. */
  @Test
  void masksAreResizedAsTheirPictures() throws IOException {
    BufferedImage image = new BufferedImage(37, 20, BufferedImage.TYPE_BYTE_GRAY);
    int[] values = new int[37 * 20];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 37 / 12 % 3; // broad stripes
      image.getRaster().setSample(i % 37, i / 37, 0, 60 + 60 * values[i]);
    }
    write("images/1.bmp", image);
    write("masks/1.png", mask(37, 20, values));
    for (Preprocessing.Fit fit : Preprocessing.Fit.values()) {
      for (Size size : List.of(new Size(20, 37), new Size(16, 16), new Size(50, 61))) {
        try (ImageFolder folder = ImageFolder.builder(dir).size(size).fit(fit).open()) {
          byte[] pixels = folder.all().image(0);
          float[] target = target(folder.all(), 0);
          int same = 0;
          for (int i = 0; i < target.length; i++) {
            int value = pixels[i] & 0xff;
            assertThat(target[i] == -100).isEqualTo(value < 30);
            same += Math.round(value / 60.0 - 1) == Math.max(target[i], -1) ? 1 : 0;
          }
          assertThat(same).isGreaterThan(target.length * 9 / 10);
        }
      }
    }
  }

  @Test
  void belowTrainAndTestAndVal() throws IOException {
    pair("train/", "a", 0, 1);
    pair("train/", "b", 0, 1);
    pair("test/", "a", 0, 1, 2);
    pair("val/", "c", 1);
    try (ImageFolder folder = builder().split(0.5, 1).open()) {
      assertThat(folder.train().size()).isEqualTo(2);
      assertThat(folder.test().size()).isEqualTo(1);
      assertThat(folder.validation().size()).isEqualTo(1);
      assertThat(folder.classes()).isEmpty();
      assertThat(folder.counts()).isEmpty();
    }
    picture("val/cat/1.png", 3);
    Files.delete(dir.resolve("val/masks/c.png"));
    Files.delete(dir.resolve("val/masks"));
    assertThatThrownBy(() -> builder().open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("must be in a folder \"images\" beside a folder \"masks\"");
  }

  @Test
  void aRatioHoldsPicturesOut() throws IOException {
    for (int i = 0; i < 10; i++) {
      pair("", "p" + i, 0, 1);
    }
    try (ImageFolder folder = builder().split(0.8, 1).open();
        ImageFolder again = builder().split(0.8, 1).open()) {
      assertThat(folder.train().size()).isEqualTo(8);
      assertThat(folder.test().size()).isEqualTo(2);
      assertThat(images(again.test())).isEqualTo(images(folder.test()));
    }
  }

  /** The folders are no classes, and a list goes before them. */
  @Test
  void aListGoesBeforeMasks() throws IOException {
    pair("", "a", 0, 1);
    Path list = Files.writeString(dir.resolve("l.csv"), "file,label\nimages/a.png,x\n");
    try (ImageFolder folder = builder().labels(list).open()) {
      assertThat(folder.classes()).containsExactly("x");
      assertThat(folder.all().hasTargets()).isFalse();
    }
  }

  @Test
  void brokenMasksAreNamedOrSkipped() throws IOException {
    pair("", "whole", 0, 1, 2);
    pair("", "cut", 0, 1, 2);
    pair("", "size", 0, 1, 2);
    pair("", "range", 0, 1, 2);
    pair("", "rgb", 0, 1, 2);
    picture("images/missing.png", 3);
    Path cut = dir.resolve("masks/cut.png");
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 50));
    write("masks/size.png", mask(9, 6, 0));
    write("masks/range.png", mask(6, 9, 0, 0, 0, 0, 0, 0, 0, 3, 255));
    write("masks/rgb.png", new BufferedImage(6, 9, BufferedImage.TYPE_INT_RGB));
    Files.writeString(dir.resolve("classes.txt"), "a\nb\nc\n");
    assertThatThrownBy(() -> builder().open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(
            "5 of 6 files are broken: " + dir.resolve("images/cut.png") + " (mask ")
        .hasMessageContaining(
            "mask "
                + dir.resolve("masks/range.png")
                + ": class 3 at row 1 and column 1 is outside [0, 3), and 255"
                + " is the only ignored value")
        .hasMessageContaining(
            "mask " + dir.resolve("masks/size.png") + ": 9 x 6 pixels, but the image has 6 x 9")
        .hasMessageContaining(
            "mask " + dir.resolve("masks/missing.png") + ": the file does not exist")
        .hasMessageContaining("mask " + dir.resolve("masks/rgb.png") + ": a mask must have one");
    for (int run = 0; run < 2; run++) { // the second from the cache
      try (ImageFolder folder =
          builder().skipBroken().keptCache(dir.resolve("kept"), 1 << 20).open()) {
        assertThat(folder.all().size()).isEqualTo(1);
        assertThat(folder.broken())
            .hasSize(5)
            .extracting(BrokenFile::path)
            .contains(dir.resolve("images/missing.png"));
        assertThat(folder.counts()).isEqualTo(Map.of("a", 1, "b", 1, "c", 1));
        assertThat(target(folder.all(), 0)).contains(2);
      }
    }
    Files.writeString(dir.resolve("classes.txt"), "a\nb\n");
    try (ImageFolder folder =
        builder()
            .skipBroken()
            .classes(List.of("a", "b"))
            .keptCache(dir.resolve("kept"), 1 << 20)
            .open()) {
      assertThat(folder.all().size()).isZero();
    }
  }

  @Test
  void masksThatTeachNothing() throws IOException {
    pair("", "a", 0, 255);
    pair("", "b", 0);
    assertThatThrownBy(() -> builder().open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("all masks have only class 0")
        .hasMessageContaining("255 is ignored");
  }

  @Test
  void namesOfClasses() throws IOException {
    pair("", "a", 0, 1);
    Path file = dir.resolve("classes.txt");
    for (String text : List.of("", "\n\n", "a\n\nb", "a\na\n")) {
      Files.writeString(file, text);
      assertThatThrownBy(() -> builder().open())
          .isInstanceOf(FormatException.class)
          .hasMessage(
              "image folder: "
                  + file
                  + ": it must have one class per line, without empty or repeated lines");
    }
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 256; i++) {
      many.append(i).append('\n');
    }
    Files.writeString(file, many);
    assertThatThrownBy(() -> builder().open())
        .hasMessageContaining("256 classes exceed the limit of a mask, 255");
    Files.writeString(file, "x\ny\n");
    try (ImageFolder folder = builder().classes(List.of("x", "y")).open()) {
      assertThat(folder.classes()).containsExactly("x", "y");
    }
    assertThatThrownBy(() -> builder().classes(List.of("y", "x")).open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("classes [x, y] must be [y, x]");
  }

  /** A class that the network has not is told of by the sample's number. */
  @Test
  void aClassThatTheNetworkHasNot() throws IOException {
    pair("", "a", 0, 1, 7);
    try (ImageFolder folder = builder().open();
        Trainer trainer =
            Trainer.builder(network(2, SIZE)).preprocessing(folder.preprocessing()).build()) {
      assertThatThrownBy(() -> trainer.fit(folder.train(), 1))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("sample 0 wrote an invalid target: 7.0 at")
          .hasMessageContaining("one of 2 classes");
    }
  }

  private static Network network(int classes, Size size) {
    return Network.builder("n", Shape.of(3, size.height(), size.width()))
        .add(new Conv2d(12, 3).padding(1))
        .add(new BatchNorm2d())
        .add(new Relu())
        .add(new Conv2d(12, 5).padding(2))
        .add(new BatchNorm2d())
        .add(new Relu())
        .add(new Conv2d(12, 5).padding(2))
        .add(new Relu())
        .add("classes", new Conv2d(classes, 1))
        .task(Task.pixelClasses().withLoss(new CrossEntropy()))
        .build();
  }

  /** Masks move with their pictures: what is flipped alone could not be learned. */
  @Test
  void aSmallNetworkLearns() throws IOException {
    draw(60);
    Size size = new Size(32, 32);
    try (ImageFolder folder = ImageFolder.builder(dir).size(size).split(0.8, 1).open();
        Trainer trainer =
            Trainer.builder(network(3, size))
                .preprocessing(folder.preprocessing())
                .optimizer(new AdamW(0.01f))
                .augment(new RandomHorizontalFlip())
                .batch(8)
                .seed(3)
                .build()) {
      trainer.fit(folder.train(), 20);
      assertThat(trainer.evaluate(folder.test()).metric("mean_iou")).isGreaterThan(0.9);
    }
  }

  /** Bright circles on the left and squares on the right, or the other way round. */
  private void draw(int count) throws IOException {
    Random random = new Random(4);
    for (int i = 0; i < count; i++) {
      int side = 40 + random.nextInt(20);
      BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
      BufferedImage mask = mask(side, side, 0);
      int at = random.nextInt(2);
      shapes(image, new Color(200, 80, 60), new Color(60, 90, 200), at, side);
      shapes(mask, 1, 2, at, side);
      write("images/" + i + (i % 2 == 0 ? ".png" : ".jpg"), image);
      write("masks/" + i + ".png", mask);
    }
  }

  private static void shapes(BufferedImage image, Color circle, Color square, int at, int side) {
    Graphics2D g = image.createGraphics();
    g.setColor(circle);
    g.fillOval(at * side / 2 + 2, side / 4, side / 3, side / 3);
    g.setColor(square);
    g.fillRect((1 - at) * side / 2 + 3, side / 3, side / 3, side / 3);
    g.dispose();
  }

  /** The same as indices, which colors would not give: two have the same. */
  private static void shapes(BufferedImage mask, int circle, int square, int at, int side) {
    BufferedImage plain = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    shapes(plain, new Color(circle), new Color(square), at, side);
    for (int i = 0; i < side * side; i++) {
      mask.getRaster().setSample(i % side, i / side, 0, plain.getRGB(i % side, i / side) & 0xff);
    }
  }
}
