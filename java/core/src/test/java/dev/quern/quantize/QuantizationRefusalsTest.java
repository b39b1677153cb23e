package dev.quern.quantize;

import static dev.quern.quantize.QuantizationTest.NET;
import static dev.quern.quantize.QuantizationTest.TRAIN;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.error.DataException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.math.Add;
import dev.quern.network.Network;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuantizationRefusalsTest {
  private static final ModelData UNTRAINED = ModelData.untrained(NET, 1);

  private static void refuses(Class<?> type, Runnable call, String... parts) {
    assertThatThrownBy(call::run).isExactlyInstanceOf(type).hasMessageContainingAll(parts);
  }

  @Test
  void refusals() {
    Class<?> bad = InvalidArgumentException.class;
    Quantization how = Quantization.of(UNTRAINED);
    refuses(bad, () -> how.calibrate(TRAIN, 0), "quantize: count 0");
    refuses(bad, () -> how.calibrate(TRAIN.slice(0, 0), 5), "quantize", "quarters", "no images");
    refuses(bad, () -> how.accuracyBound(Double.NaN), "quantize: accuracy bound NaN");
    refuses(bad, () -> Quantization.of(UNTRAINED).accuracyBound(1).calibrate(TRAIN, 5), "held-out");
    refuses(
        bad, () -> Quantization.of(UNTRAINED).keep("wisse").calibrate(TRAIN, 5), "wisse", "wise");
    ModelData made = how.calibrate(TRAIN, 5).data();
    refuses(bad, () -> Quantization.of(made).calibrate(TRAIN, 5), "quantized already");
    Network relu = Network.of("none", Shape.of(1, 12, 12), new Relu());
    refuses(
        bad,
        () -> Quantization.of(ModelData.untrained(relu, 1)).calibrate(TRAIN, 5),
        "none",
        "no convolution");
    Network two =
        Network.builder("two")
            .input("a", Shape.of(1, 12, 12))
            .input("b", Shape.of(1, 12, 12))
            .add("sum", new Add(), "a", "b")
            .add("conv", new Conv2d(1, 1))
            .build();
    refuses(
        bad,
        () -> Quantization.of(ModelData.untrained(two, 1)).calibrate(TRAIN, 5),
        "inputs [a, b]");
  }

  @Test
  void brokenImages() {
    Quantization how = Quantization.of(UNTRAINED);
    float[] values = new float[144];
    values[5] = Float.NaN;
    Dataset nan = Dataset.of("f", Shape.of(1, 12, 12), List.of("a"), values, new int[1]);
    refuses(NumericException.class, () -> how.calibrate(nan, 5), "quantize", "NaN");
    Dataset other = Dataset.of("o", Shape.of(1, 9, 9), List.of("a"), new byte[81], new int[1]);
    refuses(ShapeException.class, () -> how.calibrate(other, 5), "9x9");
    Dataset throwing =
        new Dataset() {
          @Override
          public String name() {
            return "throwing";
          }

          @Override
          public int size() {
            return 3;
          }

          @Override
          public Shape shape() {
            return Shape.of(1, 12, 12);
          }

          @Override
          public List<String> classes() {
            return List.of();
          }

          @Override
          public void copyBytes(int index, ByteBuffer to) {
            throw new IllegalStateException("no disk");
          }
        };
    refuses(
        DataException.class, () -> how.calibrate(throwing, 5), "throwing", "sample 0", "no disk");
  }
}
