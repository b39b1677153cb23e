package dev.quern.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.Synthetic;
import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FineTuningTest {
  private static final Dataset DATA = Synthetic.quarters(32, 1);

  private static final ModelData PLAIN =
      ModelData.untrained(
          Network.builder("plain", DATA.shape())
              .add("body", new Conv2d(4, 3))
              .add("relu", new Relu())
              .add("flatten", new Flatten())
              .add("head", new Linear(7))
              .build(),
          1);

  @Test
  void batchNormalizationIsAddedWhereThereIsNone() {
    FineTuning tuning = FineTuning.of(PLAIN, DATA.classes());
    assertThat(tuning.addsBatchNorms()).isTrue();
    try (Trainer t = tuning.trainer(DATA, 1).build()) {
      t.fit(DATA, 1);
      ModelData tuned = t.modelData(Map.of());
      assertThat(tuned.classes()).isEqualTo(DATA.classes());
      assertThat(t.gradients()).containsKeys("head.weight", "body.weight", "body.bn.weight");
    }
  }

  @Test
  void batchNormalizationStays() {
    ModelData model = ModelData.untrained(Networks.byName("resnet20", DATA.shape(), 7), 1);
    FineTuning tuning = FineTuning.of(model, DATA.classes());
    assertThat(tuning.addsBatchNorms()).isFalse();
    assertThat(tuning.head()).isEqualTo("fc");
    try (Trainer t = tuning.trainer(DATA, 1).build()) {
      t.fit(DATA, 1);
      assertThat(t.modelData(Map.of()).weights().keySet()).isEqualTo(model.weights().keySet());
    }
  }

  @Test
  void refuses() {
    assertThatThrownBy(() -> FineTuning.of(null, List.of("a")))
        .isInstanceOf(InvalidArgumentException.class);
    ModelData pool =
        ModelData.untrained(Network.of("pool", Shape.of(1, 4, 4), new MaxPool2d(2)), 1);
    assertThatThrownBy(() -> FineTuning.of(pool, List.of("a", "b")))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("does not end in a linear layer or a convolution");
  }
}
