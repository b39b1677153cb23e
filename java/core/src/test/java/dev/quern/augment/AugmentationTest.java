package dev.quern.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.network.Task;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which augmentations there may be; what they do is tested with the native library. */
class AugmentationTest {
  private static TrainerBuilder trainer() {
    return Trainer.builder(Networks.byName("lenet", Shape.of(1, 28, 32), 10));
  }

  @Test
  void namesAndDefaults() {
    assertThat(new RandomHorizontalFlip()).isEqualTo(new RandomHorizontalFlip(0.5));
    assertThat(new RandomCrop(4)).hasToString("RandomCrop[padding=4, mode=ZERO]");
    assertThatThrownBy(() -> new RandomCrop(4, null))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("random crop: mode is null");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void refusesPadding(int padding) {
    assertThatThrownBy(() -> new RandomCrop(padding))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("random crop: padding " + padding + " must be at least 1");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesProbabilities(double p) {
    assertThatThrownBy(() -> new RandomHorizontalFlip(p))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("random horizontal flip: p " + p + " is outside [0, 1]");
  }

  @Test
  void refusesOtherNumbers() {
    List<Executable> all =
        List.of(
            () -> new RandomVerticalFlip(2),
            () -> new RandomResizedCrop(0, 1),
            () -> new RandomResizedCrop(0.5, 1, 2, 1),
            () -> new RandomResizedCrop(0.5, 1.1),
            () -> new RandomRotation(-1),
            () -> new RandomRotation(1, 1.5),
            () -> new RandomAffine(10, 2),
            () -> new RandomAffine(10, 0, 0, 0, 1, 0, 0),
            () -> new RandomAffine(10, 0, 0, 1, 1, 90, 0),
            () -> new RandomPerspective(1.5),
            () -> new ColorJitter(-1, 0, 0, 0),
            () -> new ColorJitter(0, 0, 0, 0.6),
            () -> new RandomGrayscale(Double.NaN),
            () -> new GaussianBlur(4),
            () -> new GaussianBlur(3, 2, 1),
            () -> new GaussianBlur(3, 1e-9, 1),
            () -> new GaussianNoise(-1),
            () -> new RandomErasing(0.5, 0.1, 0.2, 1, 2, null),
            () -> new RandomErasing(-0.5),
            () -> new Cutout(0),
            () -> new RandAugment(0, 3),
            () -> new RandAugment(1, 31));
    all.forEach(e -> assertThrows(InvalidArgumentException.class, e));
  }

  @Test
  void refusesWhatDoesNotFitTheImage() {
    assertThatThrownBy(() -> trainer().augment(new GaussianBlur(57)).build())
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining(
            "kernel size 57 of gaussian blur must be less than twice the height and width of"
                + " images 1x28x32");
    Network two = Network.of("two", Shape.of(2, 8, 8), new Conv2d(2, 8), new Flatten());
    assertThatThrownBy(() -> Trainer.builder(two).augment(new RandomGrayscale()).build())
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("requires 1 or 3 channels");
    Network row = Network.of("row", Shape.of(3, 1, 8), new Flatten());
    assertThatThrownBy(() -> Trainer.builder(row).augment(new RandomPerspective(0.5)).build())
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("random perspective requires at least 2x2 pixels");
    Augmentation[] many = new Augmentation[257];
    Arrays.fill(many, new RandAugment());
    assertThatThrownBy(() -> trainer().augment(many).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("257 augmentations exceed the maximum of 256");
  }

  @Test
  void refusesWhatDoesNotFitTheNetwork() {
    assertThatThrownBy(() -> trainer().augment(new RandomCrop(28)).build())
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "trainer: padding 28 of random crop must be less than the height and width of images"
                + " 1x28x32");
    Network features = Network.of("features", Shape.of(7), new Linear(2));
    assertThatThrownBy(() -> Trainer.builder(features).augment(new RandomCrop(1)).build())
        .isInstanceOf(ShapeException.class)
        .hasMessage("trainer: augmentation requires images, the network's input is 7");
  }

  @Test
  void refusesTargetsThatWouldNotMoveAlong() {
    Network same =
        Network.of("same", Shape.of(1, 8, 9), new Conv2d(1, 3).padding(1)).withTask(Task.image());
    assertThatThrownBy(() -> Trainer.builder(same).augment(new RandomHorizontalFlip()).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage(
            "trainer: augmentations [RandomHorizontalFlip[p=0.5]] move images of 1x8x9, but not"
                + " the targets of output conv2d1, which has the same height and width: 1x8x9");
  }

  @Test
  void refusesNulls() {
    assertThatThrownBy(() -> trainer().augment((Augmentation[]) null))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> trainer().augment(new RandomCrop(1), null))
        .isInstanceOf(InvalidArgumentException.class);
  }
}
