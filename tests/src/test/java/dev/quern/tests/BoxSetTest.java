package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Dataset;
import dev.quern.data.Image;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.detect.Box;
import dev.quern.detect.BoxSample;
import dev.quern.detect.BoxSet;
import dev.quern.detect.Detection;
import dev.quern.detect.GroundTruthBox;
import dev.quern.detect.PointLoss;
import dev.quern.detect.PointTargets;
import dev.quern.error.DataException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.ShapeException;
import dev.quern.image.Images;
import dev.quern.io.dataset.BoxFiles;
import dev.quern.layer.Conv2d;
import dev.quern.network.Network;
import dev.quern.optim.Adam;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures with boxes, from YOLO's files to a training step. */
class BoxSetTest {
  private static final String[] CLASSES = ShapePictures.CLASSES.toArray(new String[0]);
  private static final Preprocessing RGB = Preprocessing.of(Normalization.unit(3));

  @TempDir Path folder;
  private Path pictures;
  private Path labels;
  private ShapePictures drawn;

  @BeforeEach
  void write() throws IOException {
    pictures = Files.createDirectory(folder.resolve("images"));
    labels = Files.createDirectory(folder.resolve("labels"));
    drawn = ShapePictures.drawn(4, 5);
    for (int i = 0; i < 4; i++) {
      Path file = pictures.resolve("p" + i + ".png");
      ImageIO.write(Images.toBufferedImage(drawn.images().get(i)), "png", file.toFile());
      StringBuilder text = new StringBuilder();
      for (GroundTruthBox t : drawn.boxes().get(i)) {
        Box b = t.box().scaled(1.0 / 64, 1.0 / 64);
        text.append(
            String.format(
                Locale.ROOT,
                "%d %.8f %.8f %.8f %.8f%n",
                t.classIndex(),
                (b.left() + b.right()) / 2,
                (b.top() + b.bottom()) / 2,
                b.width(),
                b.height()));
      }
      if (i != 2) { // in which there is nothing
        Files.writeString(labels.resolve("p" + i + ".txt"), text + "\n");
      }
    }
    Files.writeString(pictures.resolve("notes.txt"), "no picture");
  }

  @Test
  void yolos() {
    BoxSet set = BoxFiles.yolo(labels, pictures, CLASSES);
    assertThat(set.classes()).containsExactly(CLASSES);
    assertThat(set.samples()).hasSize(4);
    assertThat(set.samples().get(2).boxes()).isEmpty();
    BoxSample first = set.samples().get(0);
    assertThat(first.file()).isEqualTo(pictures.resolve("p0.png"));
    assertThat(first.size()).isEqualTo(new Size(64, 64));
    List<GroundTruthBox> wanted = drawn.boxes().get(0);
    assertThat(first.boxes()).hasSameSizeAs(wanted);
    for (int i = 0; i < wanted.size(); i++) {
      assertThat(first.boxes().get(i).classIndex()).isEqualTo(wanted.get(i).classIndex());
      assertThat(first.boxes().get(i).box().iou(wanted.get(i).box())).isCloseTo(1, within(1e-5));
    }
  }

  @Test
  void yolosThatAreBroken() throws IOException {
    for (String line :
        List.of(
            "0 0.5 0.5 0.5",
            "3 .5 .5 .5 .5",
            "0.5 .5 .5 .5 .5",
            "-1 .5 .5 .5 .5",
            "0 1.5 .5 .5 .5",
            "0 .5 .5 -.5 .5",
            "0 a .5 .5 .5",
            "0 NaN .5 .5 .5",
            "\0")) {
      Files.writeString(labels.resolve("p1.txt"), "0 .5 .5 .5 .5\n" + line);
      assertThatThrownBy(() -> BoxFiles.yolo(labels, pictures, CLASSES))
          .as(line)
          .isInstanceOf(FormatException.class)
          .hasMessageStartingWith("boxes: " + labels.resolve("p1.txt") + ", line 2: ");
    }
    Path none = folder.resolve("none");
    assertThatThrownBy(() -> BoxFiles.yolo(none, pictures)).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> BoxFiles.yolo(labels, none)).isInstanceOf(NotFoundException.class);
  }

  @Test
  void aDatasetHasPicturesAndTargets() {
    Shape input = Shape.of(3, 32, 64);
    Shape output = Shape.of(7, 4, 8);
    BoxSet set = BoxFiles.yolo(labels, pictures, CLASSES);
    for (Preprocessing.Fit fit : Preprocessing.Fit.values()) {
      Preprocessing how = RGB.fit(fit);
      Dataset data = set.dataset(how, input, 8, output);
      assertThat(data.size()).isEqualTo(4);
      assertThat(data.classes()).containsExactly(CLASSES);
      assertThat(data.image(1)).isEqualTo(how.resized(drawn.images().get(1), input).pixels());
      double across = fit == Preprocessing.Fit.FIT ? 0.5 : 1;
      double down = fit == Preprocessing.Fit.CENTER_CROP ? 1 : 0.5;
      double right = fit == Preprocessing.Fit.FIT ? 16 : 0;
      double up = fit == Preprocessing.Fit.CENTER_CROP ? 16 : 0;
      List<GroundTruthBox> moved =
          set.samples().get(1).boxes().stream()
              .map(
                  t ->
                      new GroundTruthBox(
                          moved(t.box().scaled(across, down), right, up), t.classIndex()))
              .toList();
      assertThat(data.target(1)).isEqualTo(PointTargets.of(moved, 8, output));
    }
  }

  private static Box moved(Box b, double right, double up) {
    return new Box(b.left() + right, b.top() - up, b.right() + right, b.bottom() - up);
  }

  @Test
  void trainsANetwork() throws IOException {
    Network network =
        Network.builder("cells", Shape.of(3, 64, 64))
            .add("head", new Conv2d(7, 8).stride(8))
            .build();
    BoxSet set = BoxFiles.yolo(labels, pictures, CLASSES);
    Dataset data = set.dataset(RGB, network.input(), 8, network.output());
    try (Trainer trainer =
        Trainer.builder(network)
            .loss(new PointLoss())
            .optimizer(new Adam(0.01f))
            .batch(2)
            .build()) {
      double first = trainer.fit(data, 1).epochs().get(0).loss();
      assertThat(trainer.fit(data, 30).epochs().get(29).loss()).isLessThan(first);
      // a picture that has changed
      ImageIO.write(
          Images.toBufferedImage(Image.of(Shape.of(1, 2, 2), new byte[4])),
          "png",
          pictures.resolve("p3.png").toFile());
      assertThatThrownBy(() -> trainer.fit(data, 1))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("p3.png has size 2x2, its boxes are for size 64x64");
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    BoxSet set = BoxFiles.yolo(labels, pictures, CLASSES);
    Shape input = Shape.of(3, 64, 64);
    Shape output = Shape.of(7, 8, 8);
    assertThatThrownBy(() -> set.dataset(RGB, input, 8, Shape.of(6, 8, 8)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("box set: output 6x8x8 has 2 classes, the box set has 3");
    assertThatThrownBy(() -> set.dataset(RGB, Shape.of(1, 64, 64), 8, output))
        .isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> set.dataset(RGB, Shape.of(3, Shape.FREE, 64), 8, output))
        .isInstanceOf(ShapeException.class);
    for (Runnable wrong :
        List.<Runnable>of(
            () -> set.dataset(null, input, 8, output),
            () -> set.dataset(RGB, null, 8, output),
            () -> set.dataset(RGB, input, 0, output),
            () -> set.dataset(RGB, input, 8, null),
            () -> set.dataset(RGB, input, 8, output).image(4),
            () -> set.dataset(RGB, input, 8, output).target(-1),
            () -> set.dataset(RGB, input, 8, output).copyBytes(0, null),
            () -> set.slice(1, 5),
            () -> new BoxSet(List.of("one"), set.samples()))) {
      assertThatThrownBy(wrong::run).isInstanceOf(InvalidArgumentException.class);
    }
  }

  @Test
  void framesAreDrawn() {
    Image grey = Image.of(Shape.of(1, 8, 8), new byte[64]);
    Box most = new Box(-1e30, -1e30, 1e30, 1e30);
    Image drawn =
        Images.draw(
            grey,
            List.of(
                new Detection(new Box(2.5, 3, 5.2, 6), 0, "a", 0.9),
                new Detection(most, 1, "b", 0.8),
                new Detection(new Box(9, 9, 9, 9), 2, "c", 0.7)));
    assertThat(drawn.shape()).isEqualTo(Shape.of(3, 8, 8));
    for (int y = 0; y < 7; y++) {
      for (int x = 0; x < 7; x++) {
        boolean frame = x == 0 || y == 0;
        boolean inside = x >= 2 && x <= 5 && y >= 3 && y <= 5;
        frame |= inside && (x == 2 || x == 5 || y == 3 || y == 5);
        int sum = drawn.get(0, y, x) + drawn.get(1, y, x) + drawn.get(2, y, x);
        assertThat(sum > 0).as("%s, %s", x, y).isEqualTo(frame);
      }
    }
    assertThat(Images.draw(drawn, List.of())).isEqualTo(drawn);
    assertThatThrownBy(() -> Images.draw(null, List.of()))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> Images.draw(grey, null)).isInstanceOf(InvalidArgumentException.class);
  }
}
