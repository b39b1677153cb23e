package dev.quern.cli.check;

import dev.quern.engine.Precision;
import dev.quern.layer.Conv2d;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.reference.network.ReferenceNetwork;
import dev.quern.tensor.Arena;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import java.util.SplittableRandom;

/**
 * Compares products of bfloat16 with the reference implementation, for weights and inputs that are
 * exact in bfloat16.
 */
final class Bf16Check {
  private static final Network NETWORK =
      Network.of("bf16", Shape.of(64, 11, 9), new Conv2d(48, 3).stride(2).padding(1));

  private Bf16Check() {}

  static KernelCheck.Result run() {
    ModelData data = ModelData.untrained(NETWORK, 1).to(DType.BF16);
    SplittableRandom random = new SplittableRandom(1);
    Shape shape = NETWORK.input().batch(3);
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(-255, 256) / 256f;
    }
    try (Model model = Model.of(data, Precision.BF16);
        Arena arena = new Arena()) {
      if (!model.implementations().toString().contains("bf16")) {
        return new KernelCheck.Result(0, "");
      }
      NdArray wanted = ReferenceNetwork.of(data).output(NdArray.of(shape, values));
      return new KernelCheck.Result(
          Conv2dCheck.error(model.predict(arena.tensor(shape, values)), wanted), "a convolution");
    }
  }
}
