package dev.quern.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.quern.data.Image;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.engine.Engine;
import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.QuernException;
import dev.quern.error.ShapeException;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Softmax;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.network.Task;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Explanations of answers; their numbers are PyTorch's, as ExplainGoldenTest says. */
class ExplainerTest {
  private static final Shape INPUT = Shape.of(1, 6, 8);

  /** Class k is the sum of pixels with a weight each. */
  private static ModelData linear(boolean dropout) {
    var b = Network.builder("linear", INPUT).add("flat", new Flatten());
    if (dropout) {
      b.add("drop", new Dropout(0.9f));
    }
    Network n =
        b.add("fc", new Linear(3, false))
            .add("softmax", new Softmax())
            .task(Task.singleLabel())
            .build();
    float[] w = new float[3 * 48];
    for (int i = 0; i < w.length; i++) {
      w[i] = (i % 7 - 3) * 0.25f;
    }
    return new ModelData(n, Map.of("fc.weight", w), Map.of(), Map.of());
  }

  private static Tensor sample(Arena arena) {
    float[] values = new float[48];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 5;
    }
    return arena.tensor(INPUT.batch(1), values);
  }

  /** Of the logits, behind which a softmax would make small numbers; dropout does nothing. */
  @Test
  void saliencyOfASumIsItsWeights() {
    for (boolean dropout : new boolean[] {false, true}) {
      try (Arena arena = new Arena();
          Explainer e = Explainer.of(linear(dropout))) {
        float[] got = e.saliency(sample(arena), 1).values();
        for (int i = 0; i < 48; i++) {
          assertThat(got[i]).isEqualTo(Math.abs(((48 + i) % 7 - 3) * 0.25f));
        }
      }
    }
  }

  @Test
  void occlusionOfASumIsWhatIsHidden() {
    try (Arena arena = new Arena();
        Explainer e = Explainer.of(linear(false))) {
      float[] got = e.occlusion(sample(arena), 0, 1, 1).values();
      for (int i = 0; i < 48; i++) {
        assertThat(got[i]).isEqualTo((i % 7 - 3) * 0.25f * (i % 5), offset(1e-4f));
      }
    }
  }

  private static final Network CONV =
      Network.builder("conv", Shape.of(1, Shape.FREE, Shape.FREE))
          .add("conv", new Conv2d(2, 3).padding(1))
          .add("relu", new Relu())
          .add("pool", new AdaptiveAvgPool2d(1))
          .add("flat", new Flatten())
          .add("fc", new Linear(2))
          .build();

  /** A bright square where the filter is 1 in its middle: the map is hot there alone. */
  @Test
  void gradCamFindsWhatIsThere() {
    Map<String, float[]> weights = new HashMap<>(ModelData.untrained(CONV, 1).weights());
    float[] filters = new float[18];
    filters[4] = 1;
    weights.put("conv.weight", filters);
    weights.put("conv.bias", new float[2]);
    weights.put("fc.weight", new float[] {-1, 0, 1, 0});
    weights.put("fc.bias", new float[2]);
    ModelData model = new ModelData(CONV, weights, Map.of(), Map.of());
    byte[] pixels = new byte[20 * 30];
    for (int y = 4; y < 8; y++) {
      Arrays.fill(pixels, y * 30 + 10, y * 30 + 15, (byte) 255);
    }
    Image picture = Image.of(Shape.of(1, 20, 30), pixels);
    try (Explainer e = Explainer.of(model)) {
      assertThat(e.defaultLayer()).isEqualTo("relu");
      assertThat(e.predictedClass(picture)).isEqualTo(1);
      HeatMap map = e.gradCam(picture, 1);
      assertThat(map.at(5, 12)).isPositive();
      assertThat(map.at(15, 20)).isZero();
      assertThat(e.gradCam(picture, 0).values()).containsOnly(0);
      Image over = map.over(picture);
      assertThat(over.shape()).isEqualTo(Shape.of(3, 20, 30));
      assertThat(over.get(0, 5, 12)).isGreaterThan(over.get(2, 5, 12));
    }
  }

  /** Of a picture that is cut: what the network does not see has no heat. */
  @Test
  void mapsLieOverThePicture() {
    Preprocessing cut = Preprocessing.of(Normalization.unit(1)).fit(Preprocessing.Fit.CENTER_CROP);
    ModelData model = linear(false).withPreprocessing(cut);
    byte[] pixels = new byte[12 * 40];
    Arrays.fill(pixels, (byte) 200);
    try (Explainer e = Explainer.of(model)) {
      HeatMap map = e.saliency(Image.of(Shape.of(1, 12, 40), pixels), 2);
      assertThat(map.height()).isEqualTo(12);
      assertThat(map.width()).isEqualTo(40);
      assertThat(map.at(6, 0)).isZero();
      assertThat(map.at(6, 39)).isZero();
      assertThat(map.at(6, 20)).isPositive();
    }
  }

  @Test
  void builtInNetworksAreExplainedTheSameByAnyNumberOfThreads() {
    for (String name : List.of("lenet", "resnet20")) {
      Network n = Networks.byName(name);
      Random random = new Random(1);
      byte[] pixels = new byte[(int) n.input().elements()];
      random.nextBytes(pixels);
      Image picture = Image.of(n.input(), pixels);
      int usual = Engine.info().threads();
      try (Explainer e = Explainer.of(ModelData.untrained(n, 1))) {
        Engine.setThreads(1);
        float[] cam = e.gradCam(picture, 3).values();
        float[] saliency = e.saliency(picture, 3).values();
        Engine.setThreads(3);
        assertThat(e.gradCam(picture, 3).values()).isEqualTo(cam);
        assertThat(e.saliency(picture, 3).values()).isEqualTo(saliency);
        assertThat(saliency).as(name).isNotEqualTo(new float[saliency.length]);
      } finally {
        Engine.setThreads(usual);
      }
    }
  }

  @Test
  void whatCannotBeExplainedIsRefused() {
    Explainer closed = Explainer.of(linear(false));
    closed.close();
    closed.close();
    try (Arena arena = new Arena();
        Explainer e = Explainer.of(linear(false))) {
      Tensor s = sample(arena);
      assertThatThrownBy(() -> closed.saliency(s, 0)).isInstanceOf(ClosedException.class);
      refused(() -> e.saliency(s, 3), "class 3 is not one of the network's 3");
      refused(() -> e.gradCam(s, -1, "flat"), "class -1");
      refused(() -> e.gradCam(s, 0, "flad"), "unknown layer flad; did you mean flat");
      refused(e::defaultLayer, "no layer of network linear outputs an image");
      refused(() -> e.occlusion(s, 0, 7, 1), "squares of side 7 with a step of 1 do not fit");
      refused(() -> e.occlusion(s, 0, 2, 3), "squares of side 2 with a step of 3");
      assertThatThrownBy(() -> e.gradCam(s, 0, "flat"))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("layer flat is not an image");
      assertThatThrownBy(() -> e.saliency(arena.tensor(Shape.of(2, 1, 6, 8)), 0))
          .isInstanceOf(ShapeException.class);
      Tensor bad = arena.tensor(INPUT.batch(1));
      float[] none = new float[48];
      none[3] = Float.NaN;
      bad.copyFrom(none);
      assertThatThrownBy(() -> e.saliency(bad, 0)).isInstanceOf(NumericException.class);
    }
    Network row = Network.of("row", Shape.of(4), new Linear(2));
    assertThatThrownBy(() -> Explainer.of(ModelData.untrained(row, 1)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("explain: the input 4 is not an image");
    assertThatThrownBy(() -> new HeatMap(2, 2, new float[3])).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> new HeatMap(1, 1, new float[] {Float.NaN}))
        .isInstanceOf(QuernException.class);
  }

  private static void refused(Runnable call, String message) {
    assertThatThrownBy(call::run)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(message);
  }

  /** Numbers of PyTorch's interpolate with align_corners=False. */
  @Test
  void mapsAreResizedAsPyTorchDoes() {
    HeatMap map = new HeatMap(1, 2, new float[] {0, 4}).resized(2, 4);
    assertThat(map.values()).containsExactly(0, 1, 3, 4, 0, 1, 3, 4);
    assertThat(map.resized(2, 4).values()).isEqualTo(map.values());
  }
}
