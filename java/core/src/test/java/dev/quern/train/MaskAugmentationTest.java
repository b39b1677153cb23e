package dev.quern.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.augment.AlternatingFlip;
import dev.quern.augment.Augmentation;
import dev.quern.augment.ColorJitter;
import dev.quern.augment.PaddingMode;
import dev.quern.augment.RandomCrop;
import dev.quern.augment.RandomErasing;
import dev.quern.augment.RandomHorizontalFlip;
import dev.quern.augment.RandomResizedCrop;
import dev.quern.augment.RandomRotation;
import dev.quern.augment.RandomVerticalFlip;
import dev.quern.data.Dataset;
import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Conv2d;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Mse;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.optim.Adam;
import dev.quern.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Classes of pixels move with their images, and pictures show what training sees. */
class MaskAugmentationTest {
  private static final Shape IMAGE = Shape.of(1, 10, 12);
  private static final int SIZE = 24;

  /** Pixels are white or black by their class, in random blocks of 2x2. */
  private static Dataset data() {
    int plane = (int) IMAGE.elements();
    byte[] pixels = new byte[SIZE * plane];
    float[] targets = new float[SIZE * plane];
    Random random = new Random(3);
    for (int i = 0; i < SIZE; i++) {
      int[] blocks = random.ints(30, 0, 2).toArray();
      for (int k = 0; k < plane; k++) {
        int kind = blocks[k / 24 * 6 + k % 12 / 2];
        targets[i * plane + k] = kind;
        pixels[i * plane + k] = (byte) (kind == 1 ? 250 : 5);
      }
    }
    return Dataset.of("blocks", IMAGE, List.of("black", "white"), pixels, new int[SIZE])
        .withTargets(Shape.of(10, 12), FloatBuffer.wrap(targets));
  }

  private static Network network() {
    return Network.of("n", IMAGE, new Conv2d(2, 1)).withTask(Task.pixelClasses());
  }

  static Stream<List<Augmentation>> moves() {
    return Stream.of(
        List.of(new RandomCrop(3), new RandomHorizontalFlip()),
        List.of(new RandomCrop(4, PaddingMode.REFLECT), new AlternatingFlip()),
        List.of(new RandomVerticalFlip(), new RandomCrop(2), new RandomHorizontalFlip()),
        List.of(new RandomResizedCrop(0.5, 1), new RandomRotation(5)),
        List.of(new ColorJitter(0.2, 0, 0, 0), new RandomHorizontalFlip()));
  }

  /** A network that sees a pixel alone knows its class, if both have moved together. */
  @ParameterizedTest
  @MethodSource("moves")
  void classesOfPixelsMoveAlong(List<Augmentation> all) {
    try (Trainer t =
        Trainer.builder(network())
            .loss(new CrossEntropy())
            .batch(8)
            .optimizer(new Adam(0.3f))
            .augment(all.toArray(Augmentation[]::new))
            .build()) {
      History h = t.fit(data(), 12);
      boolean sampled = all.stream().anyMatch(a -> a instanceof RandomRotation);
      assertThat(h.epochs().get(11).loss()).isLessThan(sampled ? 0.45 : 0.1);
    }
  }

  @Test
  void otherNumbersDoNot() {
    Network image = Network.of("i", IMAGE, new Conv2d(1, 1)).withTask(Task.image());
    TrainerBuilder b = Trainer.builder(image).loss(new Mse());
    assertThatThrownBy(() -> b.augment(new RandomVerticalFlip()).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("move images of 1x10x12, but not the targets");
    b.augment(new ColorJitter(0.1, 0, 0, 0), new RandomErasing()).build().close();
  }

  @Test
  void picturesShowWhatTrainingSees() {
    Dataset data = data();
    Image as = AugmentPreview.image(data, 2, data.normalization(), 1, 1);
    assertThat(as.pixels()).isEqualTo(data.image(2));
    Augmentation[] flips = {new AlternatingFlip()};
    Image first = AugmentPreview.image(data, 2, data.normalization(), 1, 1, flips);
    Image second = AugmentPreview.image(data, 2, data.normalization(), 1, 2, flips);
    assertThat(List.of(first.pixels(), second.pixels()))
        .anySatisfy(p -> assertThat(p).isEqualTo(as.pixels()));
    for (int i = 0; i < first.pixels().length; i++) {
      assertThat(second.pixels()[i]).isEqualTo(first.pixels()[i / 12 * 12 + 11 - i % 12]);
    }
    assertThatThrownBy(() -> AugmentPreview.image(data, SIZE, data.normalization(), 1, 1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("image 24 in epoch 1 does not exist: images are 0 to 23");
  }
}
