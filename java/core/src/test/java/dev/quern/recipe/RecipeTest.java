package dev.quern.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.metric.Evaluation;
import dev.quern.network.Networks;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Recipes train; what they reach is measured elsewhere. */
class RecipeTest {
  private static final boolean FULL = Boolean.getBoolean("quern.full");

  /** Networks whose recipes train in the short suite, too. */
  private static final Set<String> QUICK = Set.of("speednet", "resnet20");

  /** Noise that is brighter on the side that the label says. */
  private static Dataset images(int count) {
    Random random = new Random(1);
    byte[] pixels = new byte[count * 3 * 32 * 32];
    int[] labels = new int[count];
    for (int i = 0; i < pixels.length; i++) {
      int image = i / (3 * 32 * 32);
      labels[image] = image % 2;
      boolean bright = (i % 1024 < 512) == (image % 2 == 0); // above or below: flips keep it
      pixels[i] = (byte) (random.nextInt(100) + (bright ? 100 : 50));
    }
    return Dataset.of("halves", Shape.of(3, 32, 32), List.of("above", "below"), pixels, labels);
  }

  @Test
  void everyRecipeTrains() {
    Dataset data = images(64);
    for (Recipe recipe : Recipe.all()) {
      assertThat(Recipe.of(recipe.network(), recipe.data())).isSameAs(recipe);
      assertThat(Networks.names()).contains(recipe.network());
      if (!FULL && !QUICK.contains(recipe.network())) {
        continue;
      }
      try (Trainer t = recipe.trainer(data, 1).batch(16).build()) {
        History history = t.fit(data, 3);
        assertThat(history.epochs().get(2).loss()).as("%s", recipe).isLessThan(1);
        Evaluation tested = recipe.evaluate(t, data);
        assertThat(tested.images()).isEqualTo(64);
      }
    }
  }

  @Test
  void speednetBeginsWhiteAndHandsOn() {
    Dataset data = images(64);
    try (Trainer t = Recipe.of("speednet", "cifar10").trainer(data, 1).build()) {
      ModelData first = t.modelData(Map.of());
      float[] filters = first.weights().get("group2.2.conv.weight"); // 256 of 256 channels
      assertThat(filters[4]).isEqualTo(1);
      assertThat(filters[256 * 9 + 9 + 4]).isEqualTo(1);
      assertThat(filters[5]).isZero();
      float[] grown = first.weights().get("group1.1.conv.weight"); // 64 of 24 channels
      assertThat(grown[23 * 24 * 9 + 23 * 9 + 4]).isEqualTo(1);
      assertThat(grown[24 * 24 * 9]).isNotZero();
      t.fit(data, 1);
      assertThat(t.modelData(Map.of()).weights().get("whiten.weight"))
          .isEqualTo(first.weights().get("whiten.weight"));
    }
  }

  @Test
  void refuses() {
    assertThatThrownBy(() -> Recipe.of("lenet", "imagenet"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("lenet on imagenet")
        .hasMessageContaining("speednet on cifar10");
    assertThatThrownBy(() -> Recipe.all().get(0).trainer(null, 1))
        .isInstanceOf(InvalidArgumentException.class);
  }
}
