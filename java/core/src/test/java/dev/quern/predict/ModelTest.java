package dev.quern.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.quern.Synthetic;
import dev.quern.data.Dataset;
import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Summary;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ModelTest {
  private static final Dataset DATA = Synthetic.quarters(200, 3);

  private static ModelData trained() {
    Network n =
        Network.of("m", DATA.shape(), new Conv2d(6, 5), new Relu(), new Flatten(), new Linear(4));
    try (Trainer t =
        Trainer.builder(n)
            .normalization(DATA.normalization())
            .optimizer(new Sgd(0.05f, 0.9f))
            .build()) {
      t.fit(DATA, 3, new TrainingListener() {});
      return t.modelData(DATA.classes(), Map.of("seed", "1"));
    }
  }

  private static float[] noise(int n) {
    Random random = new Random(9);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  @Test
  void plansForAsManyImagesAsACallBrings() {
    ModelData data = trained();
    Network network = data.network();
    try (Model model = Model.of(data);
        Arena arena = new Arena()) {
      long weights = model.bytes();
      Tensor all = arena.tensor(network.input().batch(130), noise(130 * 144));
      Tensor one = arena.tensor(network.input().batch(1), noise(144));
      float[] alone = model.predict(one).toArray();
      assertThat(model.bytes() - weights).isEqualTo(Summary.planBytes(network, 1, false));
      float[] several = model.predict(all).toArray(); // in pieces of 64
      assertThat(alone).containsExactly(Arrays.copyOf(several, alone.length), offset(1e-5f));
      long plans = Summary.planBytes(network, 1, false) + Summary.planBytes(network, 64, false);
      assertThat(model.bytes() - weights).isEqualTo(plans);
      model.predict(all);
      assertThat(model.bytes() - weights).as("plans are kept").isEqualTo(plans);
      for (int n : new int[] {2, 3, 4, 5, 33, 63}) {
        Tensor few = arena.tensor(network.input().batch(n), noise(n * 144));
        assertThat(model.predict(few).toArray())
            .as("%s images", n)
            .containsExactly(Arrays.copyOf(several, n * 4), offset(1e-5f));
      }
    }
  }

  @Test
  void evaluatesAsTheTrainerDid() {
    ModelData data = trained();
    try (Model m = Model.of(data)) {
      Evaluation e = m.evaluate(DATA);
      assertThat(e.accuracy()).isGreaterThan(0.95);
      byte[] image = new byte[144];
      DATA.copyBytes(7, java.nio.ByteBuffer.wrap(image));
      List<LabelScore> top = m.classify(image, 3);
      assertThat(top).hasSize(3);
      assertThat(top.get(0).label()).isEqualTo(DATA.classes().get(DATA.label(7)));
      assertThat(top.get(0).probability()).isGreaterThan(top.get(1).probability());
    }
  }

  @Test
  void sixteenThreadsPredictTheSameBitsAsOne() throws Exception {
    try (Model m = Model.of(trained());
        Arena arena = new Arena()) {
      Tensor x = arena.tensor(Shape.of(130, 1, 12, 12), noise(130 * 144));
      float[] alone = m.predict(x).toArray();
      ExecutorService pool = Executors.newFixedThreadPool(16);
      List<Future<float[]>> results = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        results.add(pool.submit(() -> m.predict(x).toArray()));
      }
      for (Future<float[]> r : results) {
        assertThat(r.get()).isEqualTo(alone);
      }
      pool.shutdown();
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    ModelData data = trained();
    try (Model m = Model.of(data);
        Arena arena = new Arena()) {
      assertThatThrownBy(() -> m.predict(arena.tensor(Shape.of(1, 1, 12, 11))))
          .isInstanceOf(ShapeException.class)
          .hasMessage("predict: images 1x1x12x11 do not fit a batch of inputs 1x12x12");
      assertThat(m.predict(arena.tensor(Shape.of(0, 1, 12, 12))).shape()).isEqualTo(Shape.of(0, 4));
      assertThatThrownBy(() -> m.classify(new byte[143], 3)).isInstanceOf(ShapeException.class);
      assertThatThrownBy(() -> m.classify(new byte[144], 0))
          .isInstanceOf(InvalidArgumentException.class);
    }
  }

  @Test
  void modelDataChecksEveryWeight() {
    ModelData good = trained();
    Map<String, float[]> weights = new HashMap<>(good.weights());
    weights.remove("linear1.bias");
    assertThatThrownBy(() -> with(good, weights))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("linear1.bias of network m is missing");
    weights.put("linear1.bias", new float[3]);
    assertThatThrownBy(() -> with(good, weights)).isInstanceOf(ShapeException.class);
    weights.put("linear1.bias", new float[] {0, Float.NaN, 0, 0});
    assertThatThrownBy(() -> with(good, weights))
        .isInstanceOf(NumericException.class)
        .hasMessage("model: weight linear1.bias has NaN at index 1");
    weights.put("linear1.bias", new float[4]);
    weights.put("extra", new float[4]);
    assertThatThrownBy(() -> with(good, weights)).isInstanceOf(InvalidArgumentException.class);
  }

  private static ModelData with(ModelData d, Map<String, float[]> weights) {
    return new ModelData(d.network(), weights, d.normalization(), d.classes(), d.provenance());
  }

  @Test
  void outputsThatAreNoNumbersAreErrors() {
    ModelData good = trained();
    Map<String, float[]> weights = new HashMap<>(good.weights());
    float[] huge = new float[weights.get("linear1.weight").length];
    for (int i = 0; i < huge.length; i++) {
      huge[i] = i % 2 == 0 ? 3e38f : -3e38f;
    }
    weights.put("linear1.weight", huge);
    try (Model m = Model.of(with(good, weights))) {
      assertThatThrownBy(() -> m.evaluate(DATA)).isInstanceOf(NumericException.class);
      assertThatThrownBy(() -> m.classify(DATA.image(0), 3)).isInstanceOf(NumericException.class);
    }
  }

  @Test
  void useAfterCloseIsATypedError() {
    Model m = Model.of(trained());
    m.close();
    m.close();
    assertThatThrownBy(() -> m.evaluate(DATA)).isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> m.classify(new byte[144], 1)).isInstanceOf(ClosedException.class);
  }
}
