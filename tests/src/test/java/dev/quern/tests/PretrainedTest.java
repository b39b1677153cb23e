package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.data.Image;
import dev.quern.data.Preprocessing;
import dev.quern.detect.Detection;
import dev.quern.fixtures.Fixtures;
import dev.quern.io.dataset.DownloadListener;
import dev.quern.io.pretrained.Pretrained;
import dev.quern.io.pretrained.PretrainedCache;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The networks of the catalog whose files are among the fixtures, read by their names. */
class PretrainedTest {
  private static PretrainedCache cache(Pretrained network) {
    Path file = Fixtures.model(network.fileName());
    return PretrainedCache.in(file.toAbsolutePath().getParent());
  }

  private static ModelData data(String name) {
    Pretrained network = Pretrained.of(name);
    return cache(network).data(network);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mobilenet_v2",
        "mobilenet_v2_qdq",
        "cifar10_resnet8",
        "mnist",
        "ultraface",
        "ppocr_cls"
      })
  void theFileIsWhatTheCatalogueSays(String name) {
    Pretrained network = Pretrained.of(name);
    PretrainedCache cache = cache(network);
    assertThat(cache.fetch(network, DownloadListener.NONE))
        .isEqualTo(cache.folder().resolve(network.fileName()));
    ModelData data = cache.data(network);
    Network read = data.network();
    assertThat(read.inputs()).hasSize(1);
    assertThat(read.input()).isEqualTo(network.input());
    assertThat(data.preprocessing().values()).containsExactly(network.preprocessing());
    assertThat(data.provenance()).containsEntry("pretrained", name);
    if (network.detection() == null) {
      assertThat(data.classes()).isEqualTo(network.classes());
      assertThat(read.output().elements()).isEqualTo(network.classes().size());
    } else {
      assertThat(read.detection()).isEqualTo(network.detection());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "mobilenet_v2, cat.png, Egyptian cat",
    "mobilenet_v2, grace_hopper.png, military uniform",
    "mobilenet_v2_qdq, cat.png, Egyptian cat",
    "cifar10_resnet8, cat.png, cat"
  })
  void picturesAreTheirClasses(String name, String picture, String label) {
    try (Model model = Model.of(data(name))) {
      assertThat(model.classify(Fixtures.model(picture)).get(0).label()).isEqualTo(label);
    }
  }

  @Test
  void theFaceIsFound() {
    try (Model model = Model.of(data("ultraface"))) {
      List<Detection> found = model.detect(Fixtures.model("grace_hopper.png"));
      assertThat(found).hasSize(1);
      assertThat(found.get(0).label()).isEqualTo("face");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "mobilenet_v2, 2",
    "mobilenet_v2_qdq, 3",
    "cifar10_resnet8, 2",
    "mnist, 3",
    "ppocr_cls, 3"
  })
  void eachClassifierTakesAHeadOfOtherClasses(String name, int count) {
    List<String> classes = List.of("disc", "bar", "ring").subList(0, count);
    ModelData before = data(name);
    ModelData after = before.forClasses(classes, 1);
    assertThat(after.classes()).isEqualTo(classes);
    assertThat(after.network().output()).isEqualTo(Shape.of(count));
    long changed =
        after.weights().entrySet().stream()
            .filter(e -> before.weights().get(e.getKey()) != e.getValue())
            .count();
    assertThat(changed).as("the head's weight and bias, and scales").isBetween(1L, 3L);
    assertThat(before.withNewHead(count, 1).network().output()).isEqualTo(Shape.of(count));
  }

  /** Both end in a softmax, which the loss leaves out. */
  @ParameterizedTest
  @CsvSource({"mobilenet_v2, 0.01, 6", "cifar10_resnet8, 0.005, 40"})
  void aNewHeadLearns(String name, float rate, int epochs) {
    ModelData body = data(name);
    ModelData data = body.forClasses(List.of("cat", "hopper"), 1);
    Network network = data.network();
    Preprocessing how = data.preprocessing().values().iterator().next();
    Dataset set = two(how, network.input());
    String[] same =
        data.weights().keySet().stream()
            .filter(w -> body.weights().get(w) == data.weights().get(w))
            .toArray(String[]::new);
    try (Trainer trainer =
        Trainer.builder(network)
            .weights(data.weights())
            .preprocessing(how)
            .freeze(same)
            .optimizer(new Sgd(rate, 0.9f))
            .batch(2)
            .build()) {
      double before = trainer.evaluate(set).loss();
      trainer.fit(set, epochs);
      assertThat(trainer.evaluate(set).loss()).isLessThan(before / 2);
      try (Model model = Model.of(trainer.modelData(data.classes(), Map.of()))) {
        assertThat(model.evaluate(set).accuracy()).isEqualTo(1);
        assertThat(model.classify(Fixtures.model("cat.png")).get(0).label()).isEqualTo("cat");
      }
    }
  }

  /** The two pictures in turn, each time darker. */
  private static Dataset two(Preprocessing how, Shape input) {
    int size = (int) input.elements();
    int[] labels = {0, 1, 0, 1};
    byte[] pixels = new byte[labels.length * size];
    for (int i = 0; i < labels.length; i++) {
      String file = labels[i] == 0 ? "cat.png" : "grace_hopper.png";
      byte[] one = how.resized(Image.read(Fixtures.model(file)), input).pixels();
      for (int j = 0; j < size; j++) {
        pixels[i * size + j] = (byte) Math.max(0, (one[j] & 0xff) - 6 * i);
      }
    }
    return Dataset.of("two", input, List.of("cat", "hopper"), pixels, labels);
  }
}
