package dev.quern.cli.check;

import dev.quern.layer.Conv2d;
import dev.quern.layer.Quantized;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.QuantizedConv2dReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.util.Map;
import java.util.SplittableRandom;

/** Checks that an int8 convolution is bit-identical to its reference implementation. */
final class QuantizedConv2dCheck {
  private static final FakeQuantize BYTES = new FakeQuantize(0.011f, 113, 0, 255);
  private static final Shape IMAGE = Shape.of(20, 11, 9);

  private QuantizedConv2dCheck() {}

  /**
   * Runs the check.
   *
   * @param implementation name of the implementation, either of depthwise convolutions or of all
   *     others
   */
  static KernelCheck.Result run(String implementation) {
    int groups = implementation.endsWith("depthwise") ? 20 : 1;
    Conv2d conv = new Conv2d(20, 3).padding(1).groups(groups);
    Network network =
        Network.builder("bytes", IMAGE)
            .add("bytes", BYTES)
            .add("conv", new QuantizedConv2d(conv))
            .build();
    ModelData data = ModelData.untrained(network, 1);
    NdArray x = drawn(IMAGE.batch(2));
    NdArray wanted = twin(conv, data.weights(), x);
    try (Model model = Model.of(data);
        Arena arena = new Arena()) {
      float[] made = model.predict(arena.tensor(x.shape(), x.toFloats())).toArray();
      double apart = 0;
      for (int i = 0; i < made.length; i++) {
        apart = Math.max(apart, Math.abs(made[i] - wanted.get(i)));
      }
      boolean ran = model.implementations().byLayer().containsValue(implementation);
      return new KernelCheck.Result(apart, ran ? "1 convolution" : "");
    }
  }

  private static NdArray twin(Conv2d conv, Map<String, float[]> weights, NdArray x) {
    float[] scales = weights.get("conv." + Quantized.SCALE);
    short[] whole =
        Quantized.toIntegers("conv.weight", weights.get("conv.weight"), scales, Quantized.LARGEST);
    NdArray steps = new NdArray(conv.weightShape(IMAGE.dim(0)));
    for (int i = 0; i < whole.length; i++) {
      steps.set(i, whole[i]);
    }
    float[] factors = new float[scales.length];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = (float) ((double) BYTES.scale() * scales[i]);
    }
    return QuantizedConv2dReference.forward(
        conv,
        QuantizedConv2dReference.steps(BYTES, x),
        steps,
        factors,
        weights.get("conv.bias"),
        null,
        Float.NEGATIVE_INFINITY,
        Float.POSITIVE_INFINITY);
  }

  private static NdArray drawn(Shape shape) {
    SplittableRandom random = new SplittableRandom(1);
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return NdArray.of(shape, values);
  }
}
