package dev.quern.reference.layer.math;

import dev.quern.layer.Layer;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/** Base of elementwise operators with two inputs; axes of size 1 are broadcast. */
final class Pairs {
  private Pairs() {}

  static NdArray forward(List<NdArray> inputs, Shape out, DoubleBinaryOperator f) {
    NdArray output = new NdArray(out);
    NdArray a = inputs.get(0);
    NdArray b = inputs.get(1);
    for (int i = 0; i < output.size(); i++) {
      output.set(
          i, f.applyAsDouble(a.get(place(a.shape(), out, i)), b.get(place(b.shape(), out, i))));
    }
    return output;
  }

  /**
   * Returns the output's gradient times the derivatives {@code toA} and {@code toB}, each summed
   * over broadcast axes.
   */
  static List<NdArray> backward(
      List<NdArray> inputs,
      NdArray gradOutput,
      DoubleBinaryOperator toA,
      DoubleBinaryOperator toB) {
    NdArray a = inputs.get(0);
    NdArray b = inputs.get(1);
    NdArray gradA = new NdArray(a.shape());
    NdArray gradB = new NdArray(b.shape());
    for (int i = 0; i < gradOutput.size(); i++) {
      int j = place(a.shape(), gradOutput.shape(), i);
      int k = place(b.shape(), gradOutput.shape(), i);
      gradA.add(j, gradOutput.get(i) * toA.applyAsDouble(a.get(j), b.get(k)));
      gradB.add(k, gradOutput.get(i) * toB.applyAsDouble(a.get(j), b.get(k)));
    }
    return List.of(gradA, gradB);
  }

  /** Returns the offset of the input element that is broadcast to output element {@code i}. */
  static int place(Shape in, Shape out, int i) {
    int at = 0;
    int stride = 1;
    int rest = i;
    for (int axis = out.rank() - 1; axis >= 0; axis--) {
      int index = (int) (rest % out.dim(axis));
      rest /= (int) out.dim(axis);
      at += in.dim(axis) == 1 ? 0 : index * stride;
      stride *= (int) in.dim(axis);
    }
    return at;
  }

  /** Returns a layer's output shape for these inputs, which have the same batch size. */
  static Shape outputShape(Layer layer, List<NdArray> inputs) {
    List<Shape> samples = inputs.stream().map(x -> x.shape().sample()).toList();
    return layer.outputShape(samples).batch(inputs.get(0).dim(0));
  }
}
