package dev.quern.reference;

import dev.quern.tensor.Shape;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/** What twins of two inputs share: of one shape, or one value for each plane of the first. */
final class Pairs {
  private Pairs() {}

  static NdArray forward(List<NdArray> inputs, Shape out, DoubleBinaryOperator f) {
    NdArray output = new NdArray(out);
    for (int i = 0; i < output.size(); i++) {
      output.set(i, f.applyAsDouble(inputs.get(0).get(i), inputs.get(1).get(partner(inputs, i))));
    }
    return output;
  }

  /** The output's gradient times each derivative, summed where the second repeats. */
  static List<NdArray> backward(
      List<NdArray> inputs,
      NdArray gradOutput,
      DoubleBinaryOperator toA,
      DoubleBinaryOperator toB) {
    NdArray a = inputs.get(0);
    NdArray b = inputs.get(1);
    NdArray gradA = new NdArray(a.shape());
    NdArray gradB = new NdArray(b.shape());
    for (int i = 0; i < a.size(); i++) {
      int k = partner(inputs, i);
      gradA.set(i, gradOutput.get(i) * toA.applyAsDouble(a.get(i), b.get(k)));
      gradB.add(k, gradOutput.get(i) * toB.applyAsDouble(a.get(i), b.get(k)));
    }
    return List.of(gradA, gradB);
  }

  /** Which element of the second input meets element i of the first: i, or that of its plane. */
  private static int partner(List<NdArray> inputs, int i) {
    return i / (inputs.get(0).size() / inputs.get(1).size());
  }
}
