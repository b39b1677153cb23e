package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.predict.MatchingWeights;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model from a file gets another head and is trained on. */
class FineTuningTest {
  private static final Shape IMAGE = Shape.of(1, 8, 8);

  @TempDir Path folder;

  private static Network network() {
    return Network.builder("whole", IMAGE)
        .add("body.conv", new Conv2d(4, 3))
        .add("body.bn", new BatchNorm2d())
        .add("body.relu", new Relu())
        .add("flat", new Flatten())
        .add("head", new Linear(4))
        .build();
  }

  private static Dataset data(int classes) {
    byte[] pixels = new byte[24 * 64];
    new Random(1).nextBytes(pixels);
    int[] labels = new int[24];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % classes;
    }
    return Dataset.of("d", IMAGE, List.of("a", "b", "c", "d").subList(0, classes), pixels, labels);
  }

  @Test
  void aSavedBodyCarriesAnotherHead() {
    Path file = folder.resolve("model.safetensors");
    ModelFile.save(file, ModelData.untrained(network(), 5));
    ModelData saved = ModelFile.load(file);
    Network small = saved.network().replace("head", new Linear(2));
    MatchingWeights body = saved.matching(small, "body.*");
    assertThat(body.report().isComplete()).isTrue();
    ModelData tuned;
    try (Trainer trainer =
        Trainer.builder(small).batch(8).weights(body.weights()).freeze("body.*").build()) {
      trainer.fit(data(2), 1);
      tuned = trainer.modelData(List.of("a", "b"), Map.of());
    }
    assertThat(tuned.weights().get("body.conv.weight"))
        .isEqualTo(saved.weights().get("body.conv.weight"));
    assertThat(tuned.weights().get("head.weight")).hasSize(2 * 4 * 36);
    ModelFile.save(file, tuned);
    assertThat(ModelFile.load(file).network()).isEqualTo(tuned.network());
  }

  @Test
  void partsAndFeaturesAreFilesToo() {
    Path file = folder.resolve("part.safetensors");
    ModelData whole = ModelData.untrained(network(), 5);
    try (Model model = Model.of(whole);
        Model features = model.features("body.relu")) {
      ModelFile.save(file, features.data());
    }
    ModelData part = ModelFile.load(file);
    assertThat(part.network()).isEqualTo(network().upTo("body.relu"));
    assertThat(part.weights().get("body.bn.bias")).isEqualTo(whole.weights().get("body.bn.bias"));
    ModelData head = whole.part(List.of("body.relu"), List.of());
    ModelFile.save(file, head);
    assertThat(ModelFile.load(file).network().inputs()).containsOnlyKeys("body.relu");
  }
}
