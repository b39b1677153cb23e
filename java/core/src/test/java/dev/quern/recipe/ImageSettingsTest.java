package dev.quern.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.Synthetic;
import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.train.Trainer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which settings are chosen; what they reach is measured elsewhere. */
class ImageSettingsTest {
  private static final List<String> PETS = List.of("cat", "dog");

  private static ImageSettings of(int images, List<String> classes, Size size) {
    return ImageSettings.of(new ImageFacts(images, classes, size, 3));
  }

  @Test
  void sizeFollowsTheImages() {
    assertThat(of(500, PETS, new Size(28, 28)).size()).isEqualTo(new Size(28, 28));
    assertThat(of(500, PETS, new Size(8, 8)).size()).isEqualTo(Size.of(32));
    assertThat(of(500, PETS, new Size(32, 400)).size()).isEqualTo(Size.of(32));
    assertThat(of(500, PETS, new Size(480, 640)).size()).isEqualTo(Size.of(64));
    assertThat(of(500, PETS, new Size(480, 640)).reasons())
        .contains("input 64x64: images are about 480x640");
  }

  @Test
  void fewImagesAreSeenMoreOftenInSmallerBatches() {
    int epochs = 1000;
    int batch = 0;
    for (int n : new int[] {10, 300, 1000, 5000, 20_000, 100_000}) {
      ImageSettings s = of(n, PETS, Size.of(32));
      assertThat(s.epochs()).isBetween(10, epochs);
      assertThat(s.batch()).isGreaterThanOrEqualTo(batch);
      assertThat(s.validation()).isBetween(0, n / 10);
      epochs = s.epochs();
      batch = s.batch();
    }
    assertThat(of(4999, PETS, Size.of(32)).validation()).isZero();
    assertThat(of(5000, PETS, Size.of(32)).validation()).isEqualTo(500);
  }

  @Test
  void charactersAreNotMirrored() {
    assertThat(of(500, List.of("0", "1", "12"), Size.of(28)).flip()).isFalse();
    assertThat(of(500, List.of("a", "B"), Size.of(28)).flip()).isFalse();
    assertThat(of(500, List.of("a", "dog"), Size.of(28)).flip()).isTrue();
    assertThat(of(500, PETS, Size.of(28)).augmentations()).hasSize(2);
  }

  @Test
  void recipeOfADataSetTrains() {
    Dataset data = Synthetic.quarters(32, 1);
    Recipe recipe = Recipe.forData(data);
    assertThat(recipe.network()).isEqualTo("resnet20");
    assertThat(recipe.epochs()).isEqualTo(60);
    try (Trainer t = recipe.trainer(data, 1).build()) {
      t.fit(data, 1);
      assertThat(recipe.evaluate(t, data).images()).isEqualTo(32);
    }
  }

  @Test
  void refuses() {
    assertThatThrownBy(() -> Recipe.forData(null)).isInstanceOf(InvalidArgumentException.class);
    Dataset row = Dataset.of("row", Shape.of(4), PETS, new byte[8], new int[] {0, 1});
    assertThatThrownBy(() -> Recipe.forData(row))
        .isInstanceOf(ShapeException.class)
        .hasMessage("image facts: samples 4 are not images of 1 or 3 channels");
    assertThatThrownBy(() -> of(0, PETS, Size.of(32)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("expected at least one image, two classes");
  }
}
