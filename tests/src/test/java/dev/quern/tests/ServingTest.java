package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.data.Image;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.data.Preprocessing.Fit;
import dev.quern.image.Images;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Serving equals training: a file is the same input whichever way it comes, to the bit. */
class ServingTest {
  private static final Shape INPUT = Shape.of(3, 13, 10);
  private static final List<String> CLASSES = List.of("a", "b");

  @TempDir Path folder;

  /** Writes down what comes to it last. */
  private static final class Witness implements CustomLayer {
    double[] seen;

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public void forward(Forward pass) {
      seen = pass.input().clone();
      System.arraycopy(seen, 0, pass.output(), 0, seen.length);
    }

    @Override
    public void backward(Backward pass) {}
  }

  private Path picture(String format) throws IOException {
    BufferedImage noise = new BufferedImage(31, 22, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(7);
    for (int i = 0; i < 31 * 22; i++) {
      noise.setRGB(i % 31, i / 31, random.nextInt());
    }
    Path file = folder.resolve("picture." + format);
    assertThat(ImageIO.write(noise, format, file.toFile())).isTrue();
    return file;
  }

  @Test
  void aFileIsTheSameInputWhicheverWayItComes() throws IOException {
    Normalization scale =
        new Normalization(new float[] {.485f, .456f, .406f}, new float[] {.229f, .224f, .225f});
    for (String format : List.of("png", "jpg", "bmp", "gif")) {
      for (Fit fit : Fit.values()) {
        check(picture(format), Preprocessing.of(scale).fit(fit));
      }
    }
  }

  private static void check(Path file, Preprocessing how) throws IOException {
    Witness witness = new Witness();
    Network network = Network.of("serving", INPUT, witness, new Flatten(), new Linear(2));
    byte[] pixels = how.resized(Image.read(file), INPUT).pixels();
    Dataset data = Dataset.of("one", INPUT, CLASSES, pixels, new int[1]);
    double[] trained;
    ModelData model;
    try (Trainer trainer =
        Trainer.builder(network).batch(1).normalization(how.normalization()).build()) {
      trainer.fit(data, 1);
      trained = witness.seen;
      model = trainer.modelData(CLASSES, Map.of()).withPreprocessing(how);
      assertThat(new HashSet<>(Arrays.asList(box(trained)))).hasSizeGreaterThan(100);
    }
    Image drawn = Images.of(ImageIO.read(file.toFile()));
    Image streamed;
    try (var in = Files.newInputStream(file)) {
      streamed = Image.read(in);
    }
    List<Image> ways =
        List.of(Image.read(file), Image.read(Files.readAllBytes(file)), streamed, drawn);
    try (Model m = Model.of(model);
        Arena arena = new Arena()) {
      for (Image way : ways) {
        float[] values = how.batch(arena, INPUT, List.of(way)).toArray();
        for (int i = 0; i < values.length; i++) {
          assertThat(values[i]).isEqualTo((float) trained[i]);
        }
        m.classify(way);
        assertThat(Arrays.copyOf(witness.seen, trained.length)).isEqualTo(trained);
      }
      m.classify(file);
      assertThat(Arrays.copyOf(witness.seen, trained.length)).isEqualTo(trained);
      witness.seen = new double[0];
      assertThat(m.predict(file)).isEqualTo(m.predict(drawn));
      assertThat(Arrays.copyOf(witness.seen, trained.length)).isEqualTo(trained);
    }
  }

  private static Double[] box(double[] values) {
    return Arrays.stream(values).boxed().toArray(Double[]::new);
  }
}
